"""What CPython's own tests ask of the two modules beyond their documented names."""

from __future__ import annotations

import _socket
import enum
import gc
import re
import socket
from typing import Any

import pytest

GROUPS = {
    "AddressFamily": r"AF_[A-Z0-9_]+",
    "SocketKind": r"SOCK_[A-Z0-9_]+",
    "MsgFlag": r"MSG_[A-Z0-9_]+",
    "AddressInfo": r"AI_[A-Z0-9_]+",
}


def test_the_native_module_is_importable_and_holds_the_base_type() -> None:
    assert socket.SocketType is _socket.socket
    assert _socket.SocketType is _socket.socket
    assert socket.socket.__base__ is _socket.socket


@pytest.mark.stdlib_since("3.12")
def test_the_base_type_is_tracked_by_the_collector() -> None:
    assert gc.is_tracked(_socket.socket)


def test_attributes_of_the_base_type_are_immutable() -> None:
    for name in ("connect", "anything"):
        with pytest.raises(TypeError):
            setattr(_socket.socket, name, None)


@pytest.mark.parametrize("name", ["family", "type", "proto", "timeout"])
def test_what_a_base_object_was_made_with_is_read_only(closing: Any, name: str) -> None:
    sock = closing(_socket.socket())
    with pytest.raises(AttributeError):
        setattr(sock, name, 1)


def test_the_base_object_shows_plain_numbers(closing: Any) -> None:
    sock = closing(_socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    assert repr(sock) == f"<socket object, fd={sock.fileno()}, family=1, type=2, proto=0>"
    assert type(sock.family) is type(sock.type) is int


@pytest.mark.parametrize("group", GROUPS)
def test_the_enumerations_are_made_of_the_names_of_the_native_module(group: str) -> None:
    members = getattr(socket, group).__members__
    names = {name for name in dir(_socket) if re.fullmatch(GROUPS[group], name)}
    assert names == set(members)
    for name in names:
        plain = getattr(_socket, name)
        assert type(plain) is int
        assert members[name] == plain
        assert getattr(socket, name) is members[name]


def test_the_enumerations_are_of_the_kinds_of_the_enum_module() -> None:
    assert issubclass(socket.AddressFamily, enum.IntEnum)
    assert issubclass(socket.SocketKind, enum.IntEnum)
    assert issubclass(socket.MsgFlag, enum.IntFlag)
    assert issubclass(socket.AddressInfo, enum.IntFlag)


def test_every_plain_constant_is_the_same_in_both_modules() -> None:
    grouped = re.compile("|".join(GROUPS.values()))
    names = [name for name in dir(_socket) if name.isupper() and name != "CAPI" and not grouped.fullmatch(name)]
    assert len(names) > 200
    assert [name for name in names if getattr(socket, name) is not getattr(_socket, name)] == []


def test_functions_and_errors_are_the_same_in_both_modules() -> None:
    names = ["htons", "inet_aton", "if_nameindex", "gethostbyname", "getnameinfo", "close", "CMSG_LEN", "CAPI"]
    names += ["error", "herror", "gaierror", "timeout", "setdefaulttimeout", "has_ipv6"]
    assert [name for name in names if getattr(socket, name) is not getattr(_socket, name)] == []


def test_the_native_functions_give_plain_numbers_and_base_objects(closing: Any) -> None:
    family, kind, *_ = _socket.getaddrinfo("127.0.0.1", 80, 0, socket.SOCK_STREAM)[0]
    assert type(family) is type(kind) is int
    for sock in map(closing, _socket.socketpair()):
        assert type(sock) is _socket.socket
    number = _socket.dup(closing(_socket.socket()).fileno())
    assert type(number) is int
    _socket.close(number)


@pytest.mark.stdlib_since("3.12")
def test_the_private_names_of_its_tests_are_there(closing: Any) -> None:
    assert (socket._LOCALHOST, socket._LOCALHOST_V6) == ("127.0.0.1", "::1")
    assert issubclass(socket._GiveupOnSendfile, Exception)


@pytest.mark.stdlib_since("3.13")
def test_the_fallback_of_socketpair_connects_two_sockets(closing: Any) -> None:
    left, right = map(closing, socket._fallback_socketpair())
    assert (type(left), left.family) == (socket.socket, socket.AF_INET)
    assert left.getpeername() == right.getsockname()
    left.sendall(b"over TCP")
    assert right.recv(100) == b"over TCP"


def test_the_fallback_of_sendfile_is_chosen_by_that_exception(tcp_pair: Any, tmp_path: Any) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"copied")

    class Counting(socket.socket):
        given_up = 0

        def _sendfile_use_sendfile(self, *args: Any) -> int:
            Counting.given_up += 1
            raise socket._GiveupOnSendfile("not here")

    with Counting(fileno=tcp_pair[0].detach()) as sock, path.open("rb") as file:
        assert sock.sendfile(file) == 6
    assert (Counting.given_up, tcp_pair[1].recv(100)) == (1, b"copied")


@pytest.mark.stdlib_since("3.13")
def test_the_fallback_of_socketpair_refuses_a_stranger_who_was_quicker(
    net: Any, monkeypatch: pytest.MonkeyPatch, closing: Any
) -> None:
    plain = socket.socket

    class Overtaken(plain):  # type: ignore[misc,valid-type]
        def listen(self, *backlog: int) -> None:
            super().listen(*backlog)
            closing(plain()).connect(self.getsockname())

        def accept(self) -> tuple[Any, Any]:
            stranger, address = super().accept()
            closing(super().accept()[0])
            return stranger, address

    monkeypatch.setattr(net, "socket", Overtaken)
    with pytest.raises(ConnectionError, match="Unexpected peer connection"):
        socket._fallback_socketpair()
