"""from_stdlib() and to_stdlib(): what moves with a socket, what keeps it from moving, and that nothing leaks."""

from __future__ import annotations

import json
import select
import selectors
import socket as stdlib
import ssl
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

import berkeley

Mover = Callable[[Any], Any]
WAYS = {"from_stdlib": (stdlib, berkeley.from_stdlib, berkeley), "to_stdlib": (berkeley, berkeley.to_stdlib, stdlib)}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> tuple[Any, Mover, Any]:
    """(module of the socket to be moved, function, module of the result)."""
    return WAYS[request.param]


@pytest.mark.parametrize("timeout", [None, 0.0, 2.5])
def test_descriptor_family_type_proto_and_timeout_move(way: Any, timeout: float | None, closing: Any) -> None:
    module, move, target = way
    old = module.socket(module.AF_INET, module.SOCK_DGRAM, module.IPPROTO_UDP)
    old.settimeout(timeout)
    fd = old.fileno()
    new = closing(move(old))
    assert type(new) is target.socket
    assert (new.fileno(), new.family, new.type, new.proto) == (fd, stdlib.AF_INET, stdlib.SOCK_DGRAM, 17)
    assert new.gettimeout() == timeout
    assert old.fileno() == -1


def test_data_that_waits_is_read_by_the_new_object(way: Any, closing: Any) -> None:
    module, move, _ = way
    left, right = module.socketpair()
    left.sendall(b"before")
    new = closing(move(right))
    left.sendall(b" and after")
    assert new.recv(100) == b"before and after"
    left.close()


def test_no_descriptor_is_made_or_left(way: Any, open_descriptors: Callable[[], set[int]]) -> None:
    module, move, _ = way
    before = open_descriptors()
    old = module.socket()
    during = open_descriptors()
    new = move(old)
    assert open_descriptors() == during
    new.close()
    old.close()
    assert open_descriptors() == before


def test_a_socket_that_is_there_already_is_returned_as_it_is(way: Any, closing: Any) -> None:
    _, move, target = way
    sock = closing(target.socket())
    assert move(sock) is sock


def test_there_and_back_gives_an_equal_socket(closing: Any) -> None:
    sock = berkeley.socket()
    fd = sock.fileno()
    back = closing(berkeley.from_stdlib(berkeley.to_stdlib(sock)))
    assert (back.fileno(), type(back)) == (fd, berkeley.socket)


def test_the_default_timeout_of_the_other_module_plays_no_part(way: Any, closing: Any) -> None:
    module, move, target = way
    before = target.getdefaulttimeout()
    target.setdefaulttimeout(3)
    try:
        new = closing(move(module.socket()))
    finally:
        target.setdefaulttimeout(before)
    assert new.gettimeout() is None
    assert new.getblocking()


def test_a_closed_socket_does_not_move(way: Any) -> None:
    module, move, _ = way
    sock = module.socket()
    sock.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        move(sock)


def test_a_socket_with_open_files_does_not_move(way: Any, closing: Any) -> None:
    module, move, _ = way
    sock = closing(module.socket())
    with sock.makefile("rb"), pytest.raises(ValueError, match="makefile"):
        move(sock)
    assert sock.fileno() >= 0


def test_tls_does_not_move(closing: Any) -> None:
    left, right = stdlib.socketpair()
    closing(right)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with (
        context.wrap_socket(left, do_handshake_on_connect=False, server_hostname="x") as wrapped,
        pytest.raises(ValueError, match="unwrap"),
    ):
        berkeley.from_stdlib(wrapped)


@pytest.mark.parametrize("thing", [3, "socket", None, object()])
def test_what_is_no_socket_is_a_type_error(way: Any, thing: object) -> None:
    _, move, _ = way
    with pytest.raises(TypeError, match="a socket object is required"):
        move(thing)


INSTALLED = """
import berkeley, json, sys
berkeley.install()
import socket
sock = socket.socket()
theirs = berkeley.to_stdlib(sock)
names = [type(theirs).__module__, sys.modules["socket"].__name__, isinstance(theirs, berkeley.SocketType)]
names += [type(berkeley.from_stdlib(theirs)) is socket.socket, theirs.fileno(), sock.fileno()]
print(json.dumps(names))
"""


def test_both_ways_are_open_while_berkeley_is_installed() -> None:
    done = subprocess.run([sys.executable, "-c", INSTALLED], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["socket", "berkeley", False, True, -1, -1]


def test_a_socket_is_taken_by_what_waits_for_descriptors(closing: Any) -> None:
    left, right = map(closing, berkeley.socketpair())
    left.send(b"x")
    assert select.select([right], [], [], 1)[0] == [right]
    poller = select.poll()
    poller.register(right, select.POLLIN)
    assert poller.poll(1000) == [(right.fileno(), select.POLLIN)]
    with selectors.DefaultSelector() as selector:
        selector.register(right, selectors.EVENT_READ)
        assert [key.fileobj for key, _ in selector.select(1)] == [right]


def test_a_socket_is_taken_by_subprocess(closing: Any) -> None:
    left, right = map(closing, berkeley.socketpair())
    subprocess.run([sys.executable, "-c", "print('over the socket')"], stdout=right, check=True)
    assert left.recv(100) == b"over the socket\n"


def test_a_socket_is_taken_by_asyncio_of_the_interpreters_module(closing: Any) -> None:
    import asyncio

    left, right = berkeley.socketpair()
    closing(left)
    right.setblocking(False)

    async def echo() -> bytes:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(right, (await loop.sock_recv(right, 10)).upper())
        reader, writer = await asyncio.open_connection(sock=right)
        line = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return line

    left.sendall(b"word")
    left.sendall(b"")
    assert asyncio.run(_with_line(echo, left)) == b"line\n"


async def _with_line(echo: Any, left: Any) -> bytes:
    import asyncio

    task = asyncio.create_task(echo())
    assert await asyncio.to_thread(left.recv, 10) == b"WORD"
    left.sendall(b"line\n")
    return bytes(await task)
