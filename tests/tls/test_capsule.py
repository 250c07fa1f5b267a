"""What ssl reads of a socket: the capsule with type and exceptions, and the state at the front of the object."""

from __future__ import annotations

import _socket
import ctypes
import socket
import struct
import weakref
from typing import Any

import pytest

OBJECT_HEADER = object.__basicsize__
STATE = struct.Struct("@iiii P q")  # fd, family, type, proto, error handler, timeout in nanoseconds


def api_of_capsules(name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(ctypes.pythonapi, name)
    function.restype, function.argtypes = result, arguments
    return function


def state_of(sock: Any) -> tuple[int, ...]:
    """(fd, family, type, proto, error handler, timeout), read as C code reads it: from the memory of the object."""
    return STATE.unpack(ctypes.string_at(id(sock) + OBJECT_HEADER, STATE.size))


def test_the_capsule_has_the_name_that_ssl_asks_for() -> None:
    valid = api_of_capsules("PyCapsule_IsValid", ctypes.c_int, ctypes.py_object, ctypes.c_char_p)
    assert valid(_socket.CAPI, b"_socket.CAPI") == 1


def test_the_capsule_holds_the_type_and_the_two_exceptions() -> None:
    pointer = api_of_capsules("PyCapsule_GetPointer", ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)
    address = pointer(_socket.CAPI, b"_socket.CAPI")
    held = (ctypes.c_void_p * 3).from_address(address)
    assert list(held) == [id(_socket.socket), id(OSError), id(TimeoutError)]


def test_the_capsule_serves_the_module_that_is_installed() -> None:
    assert socket.CAPI is _socket.CAPI
    assert _socket.socket is socket.SocketType
    assert socket.socket.__bases__ == (_socket.socket,)


@pytest.mark.parametrize("cls", ["socket", "SocketType"])
def test_the_object_begins_with_descriptor_family_type_and_protocol(closing: Any, cls: str) -> None:
    sock = closing(getattr(socket, cls)(socket.AF_INET6, socket.SOCK_DGRAM, socket.IPPROTO_UDP))
    assert state_of(sock)[:4] == (sock.fileno(), socket.AF_INET6, socket.SOCK_DGRAM, socket.IPPROTO_UDP)


@pytest.mark.parametrize(
    ("timeout", "nanoseconds"), [(0, 0), (2.5, 2_500_000_000), (1e-9, 1), (86400 * 365, 31_536 * 10**12)]
)
def test_the_timeout_is_read_in_nanoseconds(closing: Any, timeout: float, nanoseconds: int) -> None:
    sock = closing(socket.socket())
    sock.settimeout(timeout)
    assert state_of(sock)[5] == nanoseconds


def test_a_blocking_socket_has_a_timeout_below_zero(closing: Any) -> None:
    sock = closing(socket.socket())
    assert state_of(sock)[5] < 0
    sock.setblocking(False)
    assert state_of(sock)[5] == 0
    sock.settimeout(None)
    assert state_of(sock)[5] < 0


@pytest.mark.parametrize("end", ["close", "detach"])
def test_the_descriptor_of_an_ended_socket_is_read_as_minus_one(end: str) -> None:
    sock = socket.socket()
    number = getattr(sock, end)()
    assert state_of(sock)[0] == -1
    if end == "detach":
        socket.close(number)


def test_a_tls_socket_begins_with_the_same_state(tls_pair: Any) -> None:
    client = tls_pair[0]
    client.settimeout(1.5)
    assert state_of(client)[:4] == (client.fileno(), socket.AF_INET, socket.SOCK_STREAM, client.proto)
    assert state_of(client)[5] == 1_500_000_000


def test_the_native_half_refers_to_its_socket_weakly(contexts: Any, tcp_pair: Any) -> None:
    tls = contexts.client.wrap_socket(tcp_pair[0], server_hostname="localhost", do_handshake_on_connect=False)
    native, gone = tls._sslobj, weakref.ref(tls)
    assert native.owner is tls
    number = tls.detach()
    del tls
    assert gone() is None
    assert native.owner is None
    socket.close(number)
