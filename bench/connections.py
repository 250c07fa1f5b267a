"""Connections over TCP on loopback: made, accepted and closed; and create_connection() to a numeric host."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import struct
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from bench import compiled
from bench.bounds import faster, within
from bench.measure import Comparison, Contender, clock, interleave, share

TITLE = "TCP connections on loopback"
ROUNDS = 51  # of 101
NUMBER = 32  # in a round
TO_C = within(1.20)
# The accepting end is closed first, and with a reset: no port stays behind in TIME_WAIT.
RESET = struct.pack("ii", 1, 0)


def whole(module: ModuleType, listener: Any, address: Any) -> Contender:
    """Rounds of connect, accept and close."""

    def run() -> float:
        begin = clock()
        for _ in range(NUMBER):
            near = module.socket(module.AF_INET, module.SOCK_STREAM)
            near.connect(address)
            far, _ = listener.accept()
            far.close()
            near.close()
        return (clock() - begin) / NUMBER

    return run


def created(module: ModuleType, listener: socket.socket, address: Any) -> Contender:
    """Rounds of create_connection() alone."""

    def run() -> float:
        made = []
        begin = clock()
        for _ in range(NUMBER):
            made.append(module.create_connection(address))
        seconds = (clock() - begin) / NUMBER
        drain(listener)
        for sock in made:
            sock.close()
        return seconds

    return run


def drain(listener: socket.socket) -> None:
    """Accept and reset what a round has left in the queue."""
    for _ in range(NUMBER):
        listener.accept()[0].close()


def whole_in_c(listener: socket.socket) -> Contender | None:
    connections = compiled.function("connections", "connections", ctypes.c_int, ctypes.c_int, ctypes.c_int)
    port = listener.getsockname()[1]
    if connections is None:
        return None
    return lambda: checked(connections(listener.fileno(), port, NUMBER))


def created_in_c(listener: socket.socket) -> Contender | None:
    connects = compiled.function("connections", "connects", ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
    port = listener.getsockname()[1]
    descriptors = (ctypes.c_int * NUMBER)()
    if connects is None:
        return None

    def run() -> float:
        seconds = checked(connects(port, NUMBER, descriptors))
        drain(listener)
        for fd in descriptors:
            os.close(fd)
        return seconds

    return run


def checked(nanoseconds: int) -> float:
    if nanoseconds < 0:
        raise RuntimeError("the C loop could not connect")
    return nanoseconds / 1e9 / NUMBER


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """All contenders on one listening descriptor."""
    del trips
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=2 * NUMBER))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        address, fd = listener.getsockname(), listener.fileno()
        servers = {name: stack.enter_context(each.socket(fileno=os.dup(fd))) for name, each in modules.items()}
        wholes = {name: whole(module, servers[name], address) for name, module in modules.items()}
        creations = {name: created(module, listener, address) for name, module in modules.items()}
        for contenders, in_c in ((wholes, whole_in_c(listener)), (creations, created_in_c(listener))):
            if in_c:
                contenders["c"] = in_c
        found = interleave(wholes, share(rounds, ROUNDS))
        yield Comparison("connect, accept, close", "blocking", found, (faster(1.12), TO_C))
        found = interleave(creations, share(rounds, ROUNDS))
        yield Comparison("create_connection", "numeric host", found, (faster(1.3), TO_C))
