"""UDP receives that tell the sender, with the real calls."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import socket
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from bench import compiled, transports
from bench.bounds import faster, within
from bench.measure import Comparison, Contender, clock, interleave, share

TITLE = "UDP receive with the sender's address, real calls"
ROUNDS = 51  # of 101
BURST = 100  # datagrams in the queue, received one by one
MESSAGE = bytes(64)
ROOM = 2048
TIMEOUTS = {"blocking": None, "timeout": 5.0, "non-blocking": 0.0}
BOUNDS = (faster(1.5), within(1.25))


def bursts(sender: socket.socket, receive: Callable[[], float]) -> Contender:
    """Rounds of one contender: `receive` takes a burst, and tells the seconds of that."""

    def run() -> float:
        for _ in range(BURST):
            sender.send(MESSAGE)
        return receive() / BURST

    return run


def in_python(sock: Any, method: str, mode: str) -> Callable[[], float]:
    call = getattr(sock, method)
    argument = ROOM if method == "recvfrom" else bytearray(ROOM)

    def receive() -> float:
        sock.settimeout(TIMEOUTS[mode])
        begin = clock()
        for _ in itertools.repeat(None, BURST):
            call(argument)
        return clock() - begin

    return receive


def in_c(fd: int, mode: str) -> Callable[[], float] | None:
    numbers = (ctypes.c_int, ctypes.c_int, ctypes.c_size_t, ctypes.c_int)
    receive_from = compiled.function("receives", "receive_from", *numbers)
    if receive_from is None:
        return None

    def receive() -> float:
        os.set_blocking(fd, mode == "blocking")
        return float(receive_from(fd, BURST, ROOM, socket.MSG_DONTWAIT if mode == "timeout" else 0)) / 1e9

    return receive


def compare(modules: dict[str, ModuleType], method: str, mode: str, rounds: int) -> Comparison:
    """All contenders receive from one queue, which is filled for each."""
    with contextlib.ExitStack() as stack:
        near, far = (stack.enter_context(sock) for sock in transports.udp())
        transports.make_room([near, far])
        takes = {}
        for name, module in modules.items():
            takes[name] = in_python(stack.enter_context(module.socket(fileno=os.dup(far.fileno()))), method, mode)
        if take := in_c(far.fileno(), mode):
            takes["c"] = take
        contenders = {name: bursts(near, take) for name, take in takes.items()}
        return Comparison(method, mode, interleave(contenders, rounds), BOUNDS)


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """Both methods in each mode."""
    del trips  # as many as a queue holds
    for method, mode in itertools.product(("recvfrom", "recvfrom_into"), TIMEOUTS):
        yield compare(modules, method, mode, share(rounds, ROUNDS))
