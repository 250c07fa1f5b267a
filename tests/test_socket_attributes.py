"""The names that a socket object has, and its read-only attributes family, type and proto."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

DOCUMENTED = """
    accept bind close connect connect_ex detach dup fileno get_inheritable getblocking getpeername getsockname
    getsockopt gettimeout listen makefile recv recv_into recvfrom recvfrom_into recvmsg recvmsg_into send sendall
    sendfile sendmsg sendmsg_afalg sendto set_inheritable setblocking setsockopt settimeout shutdown
"""
METHODS = DOCUMENTED.split()
ATTRIBUTES = ["family", "proto", "timeout", "type"]


@pytest.mark.req("MET-001")
def test_public_names_of_a_socket_are_the_documented_methods_and_attributes(net: ModuleType) -> None:
    public = {name for name in dir(net.socket) if not name.startswith("_")}
    assert public == {*METHODS, *ATTRIBUTES}


@pytest.mark.req("MET-001")
@pytest.mark.parametrize("name", [*METHODS, "__enter__", "__exit__"])
def test_every_documented_method_can_be_called(net: ModuleType, name: str) -> None:
    assert callable(getattr(net.socket, name))


@pytest.mark.req("ATT-001")
def test_family_is_the_family_given_to_the_constructor(net: ModuleType, closing: Callable[[Any], Any]) -> None:
    sock = closing(net.socket(net.AF_UNIX, net.SOCK_STREAM))
    assert sock.family is net.AddressFamily.AF_UNIX


@pytest.mark.req("ATT-001")
def test_unknown_family_is_a_plain_int(net: ModuleType) -> None:
    with net.socket() as sock, net.socket(0x7ABC, net.SOCK_STREAM, 0, fileno=sock.detach()) as stranger:
        assert stranger.family == 0x7ABC
        assert type(stranger.family) is int


@pytest.mark.req("ATT-002")
def test_type_is_the_socket_type_given_to_the_constructor(net: ModuleType, closing: Callable[[Any], Any]) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_DGRAM))
    assert sock.type is net.SocketKind.SOCK_DGRAM


@pytest.mark.req("ATT-002")
@pytest.mark.parametrize("flags", ["SOCK_CLOEXEC", "SOCK_NONBLOCK"])
def test_type_does_not_show_the_flag_bits_of_the_constructor(
    net: ModuleType, closing: Callable[[Any], Any], flags: str
) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM | getattr(net, flags)))
    assert sock.type is net.SocketKind.SOCK_STREAM


@pytest.mark.req("ATT-002")
def test_unknown_type_is_a_plain_int(net: ModuleType) -> None:
    with net.socket() as sock, net.socket(net.AF_INET, 99, 0, fileno=sock.detach()) as stranger:
        assert stranger.type == 99
        assert type(stranger.type) is int


@pytest.mark.req("ATT-003")
@pytest.mark.parametrize("number", [0, 6])
def test_proto_is_the_protocol_given_to_the_constructor(
    net: ModuleType, closing: Callable[[Any], Any], number: int
) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM, number))
    assert sock.proto == number
    assert type(sock.proto) is int


@pytest.mark.req("ATT-001", "ATT-002", "ATT-003")
@pytest.mark.parametrize("name", ATTRIBUTES)
def test_attributes_cannot_be_set(net: ModuleType, closing: Callable[[Any], Any], name: str) -> None:
    sock = closing(net.socket())
    before = getattr(sock, name)
    with pytest.raises(AttributeError):
        setattr(sock, name, 2)
    assert getattr(sock, name) == before


@pytest.mark.req("ATT-001", "ATT-002", "ATT-003")
def test_attributes_survive_close(net: ModuleType) -> None:
    sock = net.socket(net.AF_INET, net.SOCK_DGRAM, 17)
    sock.close()
    assert (sock.family, sock.type, sock.proto) == (net.AF_INET, net.SOCK_DGRAM, 17)
