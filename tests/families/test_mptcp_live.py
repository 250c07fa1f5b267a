"""Multipath TCP: a connection over two stream sockets of IPPROTO_MPTCP, and what the kernel says of it."""

from __future__ import annotations

import struct
from types import ModuleType
from typing import Any

import pytest

LOOPBACK = {"AF_INET": "127.0.0.1", "AF_INET6": "::1"}
FAMILIES = pytest.mark.parametrize("family", LOOPBACK)

pytestmark = pytest.mark.stdlib_needs("IPPROTO_MPTCP")


def connected(net: ModuleType, closing: Any, family: str, protocol: int) -> tuple[Any, Any]:
    """(client, server side); the client is of another protocol, if one is given."""
    server = closing(net.socket(getattr(net, family), net.SOCK_STREAM, net.IPPROTO_MPTCP))
    client = closing(net.socket(getattr(net, family), net.SOCK_STREAM, protocol))
    server.bind((LOOPBACK[family], 0))
    server.listen()
    client.settimeout(10)
    client.connect(server.getsockname())
    accepted = closing(server.accept()[0])
    accepted.settimeout(10)
    return client, accepted


@FAMILIES
def test_a_connection_carries_data_both_ways(net: ModuleType, closing: Any, family: str) -> None:
    client, server = connected(net, closing, family, net.IPPROTO_MPTCP)
    client.sendall(b"echo")
    server.sendall(server.recv(100).upper())
    assert client.recv(100) == b"ECHO"
    assert client.getpeername() == server.getsockname()
    assert server.getpeername() == client.getsockname()
    client.close()
    assert server.recv(100) == b""


@pytest.mark.stdlib_needs("MPTCP_INFO")
def test_the_kernel_tells_that_both_sides_speak_multipath(net: ModuleType, closing: Any) -> None:
    client, server = connected(net, closing, "AF_INET", net.IPPROTO_MPTCP)
    client.sendall(b"data that ends the handshake")
    server.recv(100)
    # struct mptcp_info begins with seven counters of a byte, a byte of padding, and flags of 32 bits.
    flags = struct.unpack_from("=8xI", client.getsockopt(net.SOL_MPTCP, net.MPTCP_INFO, 200))[0]
    assert flags & net.MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED
    assert not flags & net.MPTCP_INFO_FLAG_FALLBACK


def test_a_listener_takes_plain_tcp_as_well(net: ModuleType, closing: Any) -> None:
    client, server = connected(net, closing, "AF_INET", net.IPPROTO_TCP)
    client.sendall(b"one path")
    assert server.recv(100) == b"one path"
    # Linux answers with a plain TCP socket.
    assert server.getsockopt(net.SOL_SOCKET, net.SO_PROTOCOL) == net.IPPROTO_TCP
