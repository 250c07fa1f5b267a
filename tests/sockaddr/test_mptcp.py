"""Multipath TCP: stream sockets of protocol IPPROTO_MPTCP with ordinary internet addresses."""

from __future__ import annotations

import errno
from types import ModuleType
from typing import Any

import pytest

LOOPBACK = {"AF_INET": "127.0.0.1", "AF_INET6": "::1"}


@pytest.fixture
def mptcp(net: ModuleType, closing: Any) -> Any:
    """Make a multipath TCP socket."""

    def make(family: str) -> Any:
        try:
            return closing(net.socket(getattr(net, family), net.SOCK_STREAM, net.IPPROTO_MPTCP))
        except OSError as error:
            if error.errno not in (errno.EPROTONOSUPPORT, errno.ENOPROTOOPT):
                raise
            pytest.skip("the kernel lacks MPTCP, or it is off (sysctl net.mptcp.enabled)")

    return make


def kernel_protocol(net: ModuleType, sock: Any) -> int:
    return int(sock.getsockopt(net.SOL_SOCKET, net.SO_PROTOCOL))


@pytest.mark.req("FUN-014")
@pytest.mark.parametrize("family", LOOPBACK)
def test_a_multipath_connection_listens_connects_and_accepts(
    net: ModuleType, mptcp: Any, family: str, closing: Any
) -> None:
    server, client = mptcp(family), mptcp(family)
    server.bind((LOOPBACK[family], 0))
    server.listen()
    client.connect(server.getsockname())
    accepted, address = server.accept()
    closing(accepted)
    assert address == client.getsockname()
    assert [sock.proto for sock in (server, client, accepted)] == [262] * 3
    assert [kernel_protocol(net, sock) for sock in (server, client, accepted)] == [net.IPPROTO_MPTCP] * 3
    client.sendall(b"both ways")
    assert accepted.recv(100) == b"both ways"


@pytest.mark.req("FUN-014")
def test_the_protocol_is_read_from_a_descriptor(net: ModuleType, mptcp: Any, closing: Any) -> None:
    sock = closing(net.socket(fileno=mptcp("AF_INET").detach()))
    assert (sock.type, sock.proto) == (net.SOCK_STREAM, net.IPPROTO_MPTCP)


@pytest.mark.req("FUN-014")
def test_a_multipath_client_reaches_a_plain_server(net: ModuleType, mptcp: Any, listener: Any, closing: Any) -> None:
    client = mptcp("AF_INET")
    client.connect(listener.getsockname())
    accepted, _ = listener.accept()
    closing(accepted).sendall(b"plain")
    assert client.recv(100) == b"plain"
