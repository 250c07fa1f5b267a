"""Messages there and back between two sockets of one thread: what a call costs that never has to wait."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import socket
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from bench import compiled, transports
from bench.bounds import Bound, faster, within
from bench.measure import Comparison, Contender, clock, interleave
from bench.threads import alive

TITLE = "ping-pong on a connected pair, in one thread"
TIMEOUTS = {"timeout": 5.0, "blocking": None, "non-blocking": 0.0}
THREADS = {"": 0, "other threads alive": 3}
SMALL = 64
LARGE = {"unix": 1 << 16, "udp": 65507, "tcp": 1 << 16}  # a UDP datagram holds no more
SHARE_OF_LARGE = 10  # their round has so many times fewer trips

# How many times as fast as the interpreter's module: in timeout mode, and in the others.
TIMED = {"unix": 1.8, "udp": 1.5, "tcp": 1.35}
OTHERWISE = {"unix": 1.15, "udp": 1.08, "tcp": 1.06}
BESIDE_THREADS = (faster(1.03), within(1.25))
OF_LARGE = (faster(1.0), within(1.10))


def bounds(transport: str, mode: str, size: int, threads: str) -> tuple[Bound, ...]:
    if size > SMALL:
        return OF_LARGE
    if THREADS[threads]:
        return BESIDE_THREADS
    return faster((TIMED if mode == "timeout" else OTHERWISE)[transport]), within(1.15)


def _rest(source: Any, target: Any, message: bytes, sent: int, received: int) -> None:
    """Finish a message of which only a part could be sent or received at once."""
    size = len(message)
    while received < size:
        with contextlib.suppress(BlockingIOError):
            sent += source.send(message[sent:]) if sent < size else 0
        with contextlib.suppress(BlockingIOError):
            received += len(target.recv(size - received))


def _trips(left: Any, right: Any, message: bytes, trips: int) -> None:
    left_send, left_recv, right_send, right_recv = left.send, left.recv, right.send, right.recv
    size = len(message)
    for _ in itertools.repeat(None, trips):
        sent = left_send(message)
        received = len(right_recv(size))
        if received != size:
            _rest(left, right, message, sent, received)
        sent = right_send(message)
        received = len(left_recv(size))
        if received != size:
            _rest(right, left, message, sent, received)


def python_contender(left: Any, right: Any, mode: str, size: int, trips: int) -> Contender:
    """Rounds of a module's own socket objects."""
    message = bytes(size)

    def run() -> float:
        for sock in (left, right):
            sock.settimeout(TIMEOUTS[mode])
        begin = clock()
        _trips(left, right, message, trips)
        return (clock() - begin) / trips

    return run


def c_contender(left: int, right: int, mode: str, size: int, trips: int) -> Contender | None:
    """Rounds of the same loop in C, or None without a compiler."""
    numbers = (ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_size_t, ctypes.c_long)
    ping_pong = compiled.function("pingpong", "ping_pong", *numbers)
    if ping_pong is None:
        return None

    def run() -> float:
        for fd in (left, right):
            os.set_blocking(fd, mode == "blocking")
        nanoseconds = ping_pong(left, right, socket.MSG_DONTWAIT if mode == "timeout" else 0, size, trips)
        if nanoseconds < 0:
            raise RuntimeError("the C loop lost a message")
        return float(nanoseconds) / 1e9 / trips

    return run


def measured(
    modules: dict[str, ModuleType], transport: str, mode: str, size: int, trips: int, rounds: int
) -> dict[str, list[float]]:
    """The seconds of a trip with each module, and with C, on one connection."""
    with contextlib.ExitStack() as stack:
        pair = [stack.enter_context(sock) for sock in transports.TRANSPORTS[transport]()]
        transports.make_room(pair)
        contenders = {}
        for name, module in modules.items():
            left, right = (stack.enter_context(module.socket(fileno=os.dup(sock.fileno()))) for sock in pair)
            contenders[name] = python_contender(left, right, mode, size, trips)
        in_c = c_contender(pair[0].fileno(), pair[1].fileno(), mode, size, trips)
        if in_c:
            contenders["c"] = in_c
        return interleave(contenders, rounds)


def compare(
    modules: dict[str, ModuleType], transport: str, mode: str, size: int, threads: str, trips: int, rounds: int
) -> Comparison:
    with alive(THREADS[threads]):
        found = measured(modules, transport, mode, size, trips, rounds)
    condition = f"{mode}, {threads}" if threads else mode
    kind = "64 B" if size == SMALL else "64 KiB"
    return Comparison(f"{kind} over {transport}", condition, found, bounds(transport, mode, size, threads))


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """Small messages alone and beside other threads, then large ones; in each mode over each transport."""
    for threads, transport, mode in itertools.product(THREADS, LARGE, TIMEOUTS):
        yield compare(modules, transport, mode, SMALL, threads, trips, rounds)
    for transport, mode in itertools.product(LARGE, TIMEOUTS):
        yield compare(modules, transport, mode, LARGE[transport], "", max(1, trips // SHARE_OF_LARGE), rounds)
