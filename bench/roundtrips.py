"""Round trips of one small message to an echo process: the answer is not there yet, so a call has to wait for it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from bench import compiled, transports
from bench.bounds import faster
from bench.measure import Comparison, Contender, interleave, share

TITLE = "round trips of 64 bytes to another process on the same CPU"
BOUNDS = (faster(0.95),)
ROUNDS = 41  # of 101
TIMEOUTS = {"blocking": None, "timeout": 5.0, "non-blocking": 0.0}


def _ready(sock: Any, mode: str) -> Any:
    """In non-blocking mode an event loop would poll before it receives; the other modes wait inside recv()."""
    if mode != "non-blocking":
        return None
    poller = select.poll()
    poller.register(sock, select.POLLIN)
    return poller.poll


def _receive_rest(sock: Any, missing: int) -> None:
    while missing:
        data = sock.recv(missing)
        if not data:
            raise RuntimeError("the echo peer ended")
        missing -= len(data)


def _trips(sock: Any, message: bytes, trips: int) -> None:
    send, recv, size = sock.send, sock.recv, len(message)
    for _ in range(trips):
        send(message)
        missing = size - len(recv(size))
        if missing:
            _receive_rest(sock, missing)


def _polled_trips(sock: Any, message: bytes, trips: int, poll: Any) -> None:
    send, recv, size = sock.send, sock.recv, len(message)
    for _ in range(trips):
        send(message)
        poll()
        missing = size - len(recv(size))
        if missing:
            _receive_rest(sock, missing)


def python_contender(sock: Any, mode: str, size: int, trips: int) -> Contender:
    """Rounds of a module's own socket object."""
    message = bytes(size)
    poll = _ready(sock, mode)

    def run() -> float:
        sock.settimeout(TIMEOUTS[mode])
        begin = time.perf_counter()
        if poll:
            _polled_trips(sock, message, trips, poll)
        else:
            _trips(sock, message, trips)
        return (time.perf_counter() - begin) / trips

    return run


def c_contender(fd: int, mode: str, size: int, trips: int) -> Contender | None:
    """Rounds of the same loop in C, or None without a compiler."""
    round_trips = compiled.function(
        "roundtrips", "round_trips", ctypes.c_int, ctypes.c_int, ctypes.c_size_t, ctypes.c_long
    )
    if round_trips is None:
        return None

    def run() -> float:
        os.set_blocking(fd, mode == "blocking")
        nanoseconds = round_trips(fd, list(TIMEOUTS).index(mode), size, trips)
        if nanoseconds < 0:
            raise RuntimeError("the C loop lost its echo")
        return float(nanoseconds) / 1e9 / trips

    return run


def compare(
    modules: dict[str, ModuleType], transport: str, mode: str, *, size: int = 64, trips: int, rounds: int
) -> Comparison:
    """Time round trips with each module, and with C, on one connection."""
    with transports.echoing(transport) as fd, contextlib.ExitStack() as stack:
        contenders = {}
        for name, module in modules.items():
            sock = stack.enter_context(module.socket(fileno=os.dup(fd)))
            contenders[name] = python_contender(sock, mode, size, trips)
        in_c = c_contender(fd, mode, size, trips)
        if in_c:
            contenders["c"] = in_c
        return Comparison(transport, mode, interleave(contenders, rounds), BOUNDS)


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """64 bytes over AF_UNIX and TCP, in each mode."""
    for transport in ("unix", "tcp"):
        for mode in TIMEOUTS:
            yield compare(modules, transport, mode, trips=trips, rounds=share(rounds, ROUNDS))
