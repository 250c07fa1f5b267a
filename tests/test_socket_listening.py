"""listen and accept: the backlog, and the socket that a connection gets."""

from __future__ import annotations

import errno
import struct
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Closing = Callable[[Any], Any]
# struct tcp_info of linux/tcp.h: for a listening socket tcpi_unacked is the queue and tcpi_sacked its limit.
TCPI_SACKED = 28


def backlog_of(net: ModuleType, listener: Any) -> int:
    info = listener.getsockopt(net.IPPROTO_TCP, net.TCP_INFO, TCPI_SACKED + 4)
    (backlog,) = struct.unpack_from("=I", info, TCPI_SACKED)
    return int(backlog)


@pytest.mark.req("MET-003")
def test_accept_returns_a_new_tcp_socket_and_the_address_of_the_peer(
    net: ModuleType, listener: Any, closing: Closing
) -> None:
    client = closing(net.socket())
    client.connect(listener.getsockname())
    conn, address = listener.accept()
    assert closing(conn) is not listener
    assert conn.fileno() != listener.fileno()
    assert address == client.getsockname()
    assert conn.getpeername() == address


@pytest.mark.req("MET-003")
def test_accept_returns_an_empty_address_for_an_unnamed_unix_peer(
    net: ModuleType, unix_listener: Any, closing: Closing
) -> None:
    client = closing(net.socket(net.AF_UNIX))
    client.connect(unix_listener.getsockname())
    conn, address = unix_listener.accept()
    closing(conn).sendall(b"hello")
    assert address == ""
    assert client.recv(16) == b"hello"


@pytest.mark.req("MET-003")
def test_accept_takes_connections_in_their_order(net: ModuleType, listener: Any, closing: Closing) -> None:
    clients = [closing(net.socket()) for _ in range(3)]
    for client in clients:
        client.connect(listener.getsockname())
    for client in clients:
        conn, address = listener.accept()
        closing(conn)
        assert address == client.getsockname()


@pytest.mark.req("MET-003")
@pytest.mark.parametrize("bound", [False, True])
def test_accept_on_a_socket_that_does_not_listen_is_invalid(net: ModuleType, closing: Closing, bound: bool) -> None:
    sock = closing(net.socket())
    if bound:
        sock.bind(("127.0.0.1", 0))
    with pytest.raises(OSError) as caught:
        sock.accept()
    assert caught.value.errno == errno.EINVAL


@pytest.mark.req("MET-003")
def test_accept_on_a_datagram_socket_is_not_supported(net: ModuleType, udp_pair: tuple[Any, Any]) -> None:
    with pytest.raises(OSError) as caught:
        udp_pair[0].accept()
    assert caught.value.errno == errno.EOPNOTSUPP


@pytest.mark.req("MET-004")
def test_accepted_socket_is_not_inheritable(net: ModuleType, listener: Any, closing: Closing) -> None:
    listener.set_inheritable(True)
    closing(net.socket()).connect(listener.getsockname())
    assert closing(listener.accept()[0]).get_inheritable() is False


@pytest.mark.req("MET-006")
@pytest.mark.parametrize("proto", [0, 6])
def test_accepted_socket_has_family_type_and_proto_of_the_listener(
    net: ModuleType, closing: Closing, proto: int
) -> None:
    server = closing(net.socket(net.AF_INET, net.SOCK_STREAM, proto))
    server.bind(("127.0.0.1", 0))
    server.listen()
    closing(net.socket()).connect(server.getsockname())
    conn = closing(server.accept()[0])
    assert (conn.family, conn.type, conn.proto) == (server.family, server.type, proto)


@pytest.mark.req("MET-006")
def test_accepted_unix_seqpacket_socket_has_the_type_of_the_listener(
    net: ModuleType, closing: Closing, tmp_path: Path
) -> None:
    server = closing(net.socket(net.AF_UNIX, net.SOCK_SEQPACKET))
    server.bind(str(tmp_path / "s"))
    server.listen()
    closing(net.socket(net.AF_UNIX, net.SOCK_SEQPACKET)).connect(server.getsockname())
    conn = closing(server.accept()[0])
    assert (conn.family, conn.type) == (net.AF_UNIX, net.SOCK_SEQPACKET)


@pytest.mark.req("MET-006")
def test_accepted_socket_is_a_plain_socket_even_for_a_subclass(net: ModuleType, closing: Closing) -> None:
    class Special(net.socket):  # type: ignore[name-defined,misc]
        pass

    server = closing(Special())
    server.bind(("127.0.0.1", 0))
    server.listen()
    closing(net.socket()).connect(server.getsockname())
    assert type(closing(server.accept()[0])) is net.socket


@pytest.mark.req("MET-043")
def test_listen_without_an_argument_takes_a_reasonable_backlog(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket())
    assert sock.listen() is None
    ceiling = int(Path("/proc/sys/net/core/somaxconn").read_text())
    assert backlog_of(net, sock) == min(net.SOMAXCONN, 128, ceiling)


@pytest.mark.req("MET-044")
def test_negative_backlog_counts_as_zero(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket())
    sock.listen(-5)
    assert backlog_of(net, sock) == 0


@pytest.mark.req("MET-044")
def test_backlog_limits_the_connections_not_yet_accepted(net: ModuleType, unix_listener: Any, closing: Closing) -> None:
    unix_listener.listen(2)
    outcomes = []
    for _ in range(5):
        client = closing(net.socket(net.AF_UNIX))
        client.setblocking(False)
        outcomes.append(client.connect_ex(unix_listener.getsockname()))
    # unix_stream_connect() refuses once the queue is longer than the backlog, so one more than asked for fits.
    assert outcomes == [0, 0, 0, errno.EAGAIN, errno.EAGAIN]


@pytest.mark.req("MET-045")
@pytest.mark.parametrize("backlog", [1, 5])
def test_listen_with_the_backlog_of_old_programs(net: ModuleType, closing: Closing, backlog: int) -> None:
    sock = closing(net.socket())
    sock.listen(backlog)
    assert backlog_of(net, sock) == backlog
    closing(net.socket()).connect(("127.0.0.1", sock.getsockname()[1]))
    closing(sock.accept()[0])


@pytest.mark.req("MET-044")
@pytest.mark.parametrize(("backlog", "kind"), [("1", TypeError), (1.0, TypeError), (2**31, OverflowError)])
def test_backlog_must_be_a_c_int(net: ModuleType, closing: Closing, backlog: object, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        closing(net.socket()).listen(backlog)
