"""AF_SMC: shared memory communications, which without such hardware are TCP connections underneath."""

from __future__ import annotations

import os
import struct
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.stdlib_needs("AF_SMC")

LOOPBACK = {"SMCPROTO_SMC": "127.0.0.1", "SMCPROTO_SMC6": "::1"}
PROTOCOLS = pytest.mark.parametrize("protocol", LOOPBACK)


def smc(net: ModuleType, closing: Any, protocol: str) -> Any:
    sock = closing(net.socket(net.AF_SMC, net.SOCK_STREAM, getattr(net, protocol)))
    sock.settimeout(10)
    return sock


def listening(net: ModuleType, closing: Any, protocol: str) -> Any:
    server = smc(net, closing, protocol)
    server.bind((LOOPBACK[protocol], 0))
    server.listen()
    return server


def connected(net: ModuleType, closing: Any, protocol: str) -> tuple[Any, Any]:
    server, client = listening(net, closing, protocol), smc(net, closing, protocol)
    client.connect(server.getsockname())
    accepted = closing(server.accept()[0])
    accepted.settimeout(10)
    return client, accepted


@PROTOCOLS
def test_a_connection_carries_data_both_ways(net: ModuleType, closing: Any, protocol: str) -> None:
    client, server = connected(net, closing, protocol)
    client.sendall(b"echo")
    server.sendall(server.recv(100).upper())
    assert client.recv(100) == b"ECHO"
    client.shutdown(net.SHUT_WR)
    assert server.recv(100) == b""


@PROTOCOLS
def test_much_data_arrives_as_it_was_sent(net: ModuleType, closing: Any, in_thread: Any, protocol: str) -> None:
    client, server = connected(net, closing, protocol)
    content = bytes(range(256)) * 2000
    in_thread(client.sendall, content)
    received = bytearray()
    while len(received) < len(content):
        received += server.recv(65536)
    assert received == content


@PROTOCOLS
def test_the_protocol_decides_on_the_addresses(net: ModuleType, closing: Any, protocol: str) -> None:
    server, client = listening(net, closing, protocol), smc(net, closing, protocol)
    client.connect(server.getsockname())
    accepted, peer = server.accept()
    closing(accepted)
    assert client.getpeername() == server.getsockname() == accepted.getsockname()
    assert peer == accepted.getpeername() == client.getsockname()
    assert len(peer) == (2 if protocol == "SMCPROTO_SMC" else 4)
    assert peer[0] == LOOPBACK[protocol]


@PROTOCOLS
def test_an_accepted_socket_is_of_the_family_of_its_listener(net: ModuleType, closing: Any, protocol: str) -> None:
    _, server = connected(net, closing, protocol)
    assert (server.family, server.type, server.proto) == (net.AF_SMC, net.SOCK_STREAM, getattr(net, protocol))
    copy = closing(server.dup())
    assert copy.getpeername() == server.getpeername()


def test_a_port_without_a_listener_refuses(net: ModuleType, closing: Any) -> None:
    vacant = smc(net, closing, "SMCPROTO_SMC")
    vacant.bind(("127.0.0.1", 0))
    with pytest.raises(ConnectionRefusedError):
        smc(net, closing, "SMCPROTO_SMC").connect(vacant.getsockname())


def test_options_of_tcp_are_those_of_the_connection_underneath(net: ModuleType, closing: Any) -> None:
    client, _ = connected(net, closing, "SMCPROTO_SMC")
    client.setsockopt(net.IPPROTO_TCP, net.TCP_NODELAY, 1)
    assert client.getsockopt(net.IPPROTO_TCP, net.TCP_NODELAY) == 1
    state = struct.unpack_from("=B", client.getsockopt(net.IPPROTO_TCP, net.TCP_INFO, 104))[0]
    assert state == 1  # TCP_ESTABLISHED, linux/tcp.h


@PROTOCOLS
@pytest.mark.berkeley_only("the interpreter's own module takes the family of the address, which is that of TCP")
def test_the_family_of_an_adopted_descriptor_is_that_of_the_socket(
    net: ModuleType, closing: Any, protocol: str
) -> None:
    found = closing(net.socket(fileno=os.dup(listening(net, closing, protocol).fileno())))
    assert found.family == net.AF_SMC
