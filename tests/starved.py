"""Lets every allocation of a call fail in turn, and tells which descriptors were leaked and which messages lost."""

from __future__ import annotations

import gc
import os
import tempfile
from _testcapi import remove_mem_hooks, set_nomemory  # type: ignore[import-not-found]
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from typing import Any

Starve = Callable[[Callable[[], Any]], tuple[bool, Any]]
Step = Callable[[Starve], bool]

MESSAGES = (b"short message", b"long message" * 400)
ROOM = 8000
ENOUGH = 500


def sweep(step: Step) -> int:
    """Run `step(starve)` with one more allocation let through each time; how many of the attempts failed."""
    failures = 0
    for lasting in (False, True):
        successes = 0
        for start in count():
            failed = step(partial(attempt, start, 0 if lasting else start + 1))
            failures += failed
            successes = 0 if failed else successes + 1
            if successes == 5:
                break
            assert start < ENOUGH, "the call needs more allocations than anybody would think"
    return failures


def attempt(start: int, stop: int, call: Callable[[], Any]) -> tuple[bool, Any]:
    """(failed for want of memory, result): the allocations from number `start` up to `stop` (0: all) fail."""
    value = None
    failed = False
    set_nomemory(start, stop)
    try:
        value = call()
    except MemoryError:
        failed = True
    finally:
        remove_mem_hooks()
    return failed, value


def descriptors() -> int:
    """How many descriptors this process has open."""
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


def accept_all(server: Any) -> None:
    server.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
    server.settimeout(5)


@contextmanager
def surroundings(net: Any) -> Iterator[tuple[Any, Any]]:
    """A listening server and one socket, both closed afterwards."""
    with net.create_server(("127.0.0.1", 0)) as server, net.socket(net.AF_UNIX) as sock:
        server.settimeout(5)
        yield server, sock


MAKERS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "socket": lambda net, server, sock: net.socket(),
    "socketpair": lambda net, server, sock: net.socketpair(),
    "dup": lambda net, server, sock: sock.dup(),
    "fromfd": lambda net, server, sock: net.fromfd(sock.fileno(), net.AF_UNIX, net.SOCK_STREAM),
    "accept": lambda net, server, sock: server.accept(),
    "create_connection": lambda net, server, sock: net.create_connection(server.getsockname()),
    "create_server": lambda net, server, sock: net.create_server(("127.0.0.1", 0)),
}


def making(net: Any, name: str) -> tuple[int, int]:
    """(failed attempts, leaked descriptors) of a call that makes sockets."""
    leaked = 0
    with surroundings(net) as (server, sock):

        def step(starve: Starve) -> bool:
            nonlocal leaked
            client = net.create_connection(server.getsockname()) if name == "accept" else None
            before = descriptors()
            failed, made = starve(lambda: MAKERS[name](net, server, sock))
            for each in made if isinstance(made, tuple) else (made,):
                if hasattr(each, "close"):
                    each.close()
            accept_all(server)
            leaked += descriptors() - before
            if client:
                client.close()
            return failed

        return sweep(step), leaked


@contextmanager
def stream(net: Any) -> Iterator[tuple[Any, Any, Any]]:
    left, right = net.socketpair()
    with left, right:
        yield left, right, None


@contextmanager
def unnamed(net: Any) -> Iterator[tuple[Any, Any, Any]]:
    left, right = net.socketpair(net.AF_UNIX, net.SOCK_DGRAM)
    with left, right:
        yield left, right, None


@contextmanager
def udp(net: Any) -> Iterator[tuple[Any, Any, Any]]:
    with net.socket(type=net.SOCK_DGRAM) as left, net.socket(type=net.SOCK_DGRAM) as right:
        left.bind(("127.0.0.1", 0))
        right.bind(("127.0.0.1", 0))
        right.connect(left.getsockname())
        yield left, right, right.getsockname()


@contextmanager
def named(net: Any) -> Iterator[tuple[Any, Any, Any]]:
    with tempfile.TemporaryDirectory() as folder, unnamed(net) as (left, right, _):
        right.bind(f"{folder}/sender")
        yield left, right, right.getsockname()


WIRES = (stream, unnamed, udp, named)
# A message that is handed over late may say that its control data, if it had any, is gone.
MSG_CTRUNC = 8
# The call that receives, and what a message (data, sender) must have come to.
RECEIVES: dict[str, tuple[Callable[[Any, bytearray], Any], Callable[[bytes, Any], Any]]] = {
    "recv": (lambda sock, buffer: sock.recv(ROOM), lambda data, sender: data),
    "recv with much room": (lambda sock, buffer: sock.recv(262144), lambda data, sender: data),
    "recvfrom": (lambda sock, buffer: sock.recvfrom(ROOM), lambda data, sender: (data, sender)),
    "recv_into": (lambda sock, buffer: sock.recv_into(buffer), lambda data, sender: len(data)),
    "recvfrom_into": (lambda sock, buffer: sock.recvfrom_into(buffer), lambda data, sender: (len(data), sender)),
    "recvmsg": (lambda sock, buffer: sock.recvmsg(ROOM, 100), lambda data, sender: (data, [], 0, sender)),
    "recvmsg_into": (
        lambda sock, buffer: sock.recvmsg_into([buffer], 100),
        lambda data, sender: (len(data), [], 0, sender),
    ),
}


def receiving(net: Any, name: str, later: str) -> tuple[int, list[Any]]:
    """(failed attempts, what was not received as it should) of `name`, with `later` called after a failed attempt."""
    wrong: list[Any] = []
    failures = 0
    for wire in WIRES:
        for message in MESSAGES:
            with wire(net) as (sock, peer, sender):
                arrival = (sock, peer, sender, message)
                failures += sweep(partial(received, *arrival, name, later, wrong))
                if not nothing_left(sock):
                    wrong.append([wire.__name__, "came twice"])
    return failures, wrong


def received(
    sock: Any, peer: Any, sender: Any, message: bytes, name: str, later: str, wrong: list[Any], starve: Starve
) -> bool:
    buffer = bytearray(ROOM)
    peer.send(message)
    failed, value = starve(lambda: RECEIVES[name][0](sock, buffer))
    if failed:
        buffer = bytearray(ROOM)
        sock.settimeout(0.05)
        with suppress(TimeoutError):
            value = RECEIVES[later][0](sock, buffer)
        sock.settimeout(None)
    used = later if failed else name
    if failed and used.startswith("recvmsg") and value:
        value = (*value[:2], value[2] & ~MSG_CTRUNC, value[3])
    in_place = "into" not in used or bytes(buffer[: len(message)]) == message
    if value != RECEIVES[used][1](message, sender) or not in_place:
        wrong.append([used, repr(value)[:60]])
    return bool(failed)


def nothing_left(sock: Any) -> bool:
    sock.setblocking(False)
    try:
        sock.recv(1)
    except BlockingIOError:
        return True
    return False


DESCRIPTOR_RECEIVES: dict[str, Callable[[Any, Any], Any]] = {
    "recv_fds": lambda net, sock: net.recv_fds(sock, 100, 4),
    "recvmsg": lambda net, sock: sock.recvmsg(100, net.CMSG_SPACE(16)),
    "recvmsg_into": lambda net, sock: sock.recvmsg_into([bytearray(4)], net.CMSG_SPACE(16)),
}


def close_received(found: list[Any]) -> None:
    """Close the descriptors of recv_fds, or those in the ancillary data of recvmsg."""
    received = array("i")
    for item in found:
        if isinstance(item, tuple):
            received.frombytes(item[2])
        else:
            received.append(item)
    for fd in received:
        os.close(fd)


def receiving_descriptors(net: Any, name: str) -> tuple[int, int, int]:
    """(failed attempts, leaked descriptors, lost messages) of a call that receives two descriptors with a message."""
    leaked = lost = 0
    with stream(net) as (sock, peer, _):

        def step(starve: Starve) -> bool:
            nonlocal leaked, lost
            net.send_fds(peer, [b"data"], [sock.fileno(), peer.fileno()])
            before = descriptors()
            failed, result = starve(lambda: DESCRIPTOR_RECEIVES[name](net, sock))
            if failed:
                leaked += descriptors() - before
                sock.settimeout(0.05)
                with suppress(TimeoutError):
                    result = DESCRIPTOR_RECEIVES[name](net, sock)
                sock.settimeout(None)
            lost += result is None or result[0] not in (b"data", 4)
            close_received(result[1] if result else [])
            return failed

        return sweep(step), leaked, lost
