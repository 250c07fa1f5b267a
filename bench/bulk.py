"""Much data at once: sendall, recv and sendfile, which have nothing to gain and must not lose."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import itertools
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from bench import compiled, transports
from bench.bounds import faster, within
from bench.measure import Comparison, Contender, clock, interleave, share

TITLE = "bulk transfers, blocking"
ROUNDS = 51  # of 101
PASSES = 4  # in a round
MEBIBYTE = 1 << 20
RECEIVED = (64, 128, 256)  # KiB
BOUNDS = (faster(0.97), within(1 / 0.95))
SINK = "import os, sys\nwhile os.read(int(sys.argv[1]), 1 << 18): pass"

# Does one transfer, and tells its seconds; the second argument is a file.
Transfer = Callable[[Any, Any], float]


@contextlib.contextmanager
def draining(transport: str) -> Iterator[socket.socket]:
    """A socket, connected to a process that reads everything."""
    near, far = transports.TRANSPORTS[transport]()
    program = compiled.program("sink")
    command = [str(program)] if program else [sys.executable, "-S", "-c", SINK]
    with near:
        with far:
            process = subprocess.Popen([*command, str(far.fileno())], pass_fds=[far.fileno()])
        try:
            yield near
        finally:
            process.terminate()
            process.wait()


def timed(call: Callable[[], object]) -> float:
    begin = clock()
    call()
    return clock() - begin


def passing(transfer: Callable[[], float]) -> Contender:
    """Rounds of several transfers."""
    return lambda: sum(transfer() for _ in range(PASSES)) / PASSES


def send_all(sock: Any, file: Any) -> float:
    del file
    return timed(lambda: sock.sendall(PAYLOAD))


def send_file(sock: Any, file: Any) -> float:
    return timed(lambda: sock.sendfile(file, 0))


PAYLOAD = bytes(MEBIBYTE)
IN_PYTHON: dict[str, Transfer] = {"sendall": send_all, "sendfile": send_file}


def in_c(operation: str, fd: int, file: int) -> Contender | None:
    """The same in C, or None without a compiler."""
    size = ctypes.c_size_t
    if operation == "sendall":
        function = compiled.function("bulk", "send_all", ctypes.c_int, size)
        arguments: tuple[int, ...] = (fd, MEBIBYTE)
    else:
        function = compiled.function("bulk", "send_file", ctypes.c_int, ctypes.c_int, size)
        arguments = (fd, file, MEBIBYTE)
    return passing(lambda: float(function(*arguments)) / 1e9) if function else None


def sending(modules: dict[str, ModuleType], operation: str, transport: str, rounds: int) -> Comparison:
    """One MiB to a process that drains it: the processor time of the sender."""
    with draining(transport) as near, tempfile.TemporaryFile() as file, contextlib.ExitStack() as stack:
        file.write(PAYLOAD)
        file.flush()
        contenders: dict[str, Contender] = {}
        for name, module in modules.items():
            sock = stack.enter_context(module.socket(fileno=os.dup(near.fileno())))
            contenders[name] = passing(functools.partial(IN_PYTHON[operation], sock, file))
        if c := in_c(operation, near.fileno(), file.fileno()):
            contenders["c"] = c
        return Comparison(
            f"{operation}, 1 MiB", f"{transport}, to another process", interleave(contenders, rounds), BOUNDS
        )


def filled(near: socket.socket, size: int, receive: Callable[[], float]) -> Contender:
    """Rounds of a receive of what was sent before."""

    def once() -> float:
        near.sendall(PAYLOAD[:size])
        return receive()

    return passing(once)


def receive_all(sock: Any, size: int) -> float:
    recv = sock.recv
    begin = clock()
    missing = size
    while missing:
        missing -= len(recv(missing))
    return clock() - begin


def receiving(modules: dict[str, ModuleType], size: int, rounds: int) -> Comparison:
    """Data that are all there."""
    with contextlib.ExitStack() as stack:
        near, far = (stack.enter_context(sock) for sock in socket.socketpair())
        transports.make_room([near, far])
        takes: dict[str, Callable[[], float]] = {}
        for name, module in modules.items():
            sock = stack.enter_context(module.socket(fileno=os.dup(far.fileno())))
            takes[name] = functools.partial(receive_all, sock, size)
        function = compiled.function("bulk", "receive_all", ctypes.c_int, ctypes.c_size_t)
        if function:
            takes["c"] = lambda: float(function(far.fileno(), size)) / 1e9
        contenders = {name: filled(near, size, take) for name, take in takes.items()}
        return Comparison(f"recv, {size >> 10} KiB", "unix, data there", interleave(contenders, rounds), BOUNDS)


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """Sends over two transports, and receives of three sizes."""
    del trips
    for operation, transport in itertools.product(IN_PYTHON, ("unix", "tcp")):
        yield sending(modules, operation, transport, share(rounds, ROUNDS))
    for size in RECEIVED:
        yield receiving(modules, size << 10, share(rounds, ROUNDS))
