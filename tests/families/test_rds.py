"""AF_RDS: reliable datagrams, on the loopback transport and over TCP between two network namespaces."""

from __future__ import annotations

import errno
import itertools
import os
import struct
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from isolation import ip, private_namespace

LOOPBACK = "127.0.0.1"
NETWORKS = itertools.count()

Bound = Callable[..., Any]


@pytest.fixture
def bound(net: ModuleType, closing: Any) -> Bound:
    """bound(host, port) is a new socket of that address."""

    def make(host: str = LOOPBACK, port: int = 0) -> Any:
        sock = closing(net.socket(net.AF_RDS, net.SOCK_SEQPACKET, 0))
        sock.settimeout(20)
        sock.bind((host, port))
        return sock

    return make


@pytest.fixture
def pair(bound: Bound) -> tuple[Any, Any]:
    return bound(), bound()


@pytest.fixture
def neighbours(bound: Bound) -> Iterator[tuple[Any, Any]]:
    """Sockets of two namespaces with a wire between them, so that their messages travel over TCP."""
    # The kernel keeps a connection to an address when its namespace has gone, so the next one needs other addresses.
    number = next(NETWORKS)
    here, there = f"10.86.{number}.1", f"10.86.{number}.2"
    try:
        with private_namespace("net"):
            ip("link", "add", "far", "type", "veth", "peer", "name", "near", "netns", "1")
            ip("addr", "add", f"{there}/24", "dev", "far")
            ip("link", "set", "far", "up")
            far = bound(there)
        ip("addr", "add", f"{here}/24", "dev", "near")
        ip("link", "set", "near", "up")
        yield bound(here), far
    finally:
        if os.path.exists("/sys/class/net/near"):
            ip("link", "delete", "near")


@pytest.mark.req("FAM-065", "FUN-003", "CON-074")
def test_datagrams_travel_with_internet_addresses(pair: tuple[Any, Any]) -> None:
    left, right = pair
    assert left.sendto(b"ping", right.getsockname()) == 4
    assert right.recvfrom(100) == (b"ping", left.getsockname())
    right.sendto(b"pong", left.getsockname())
    assert left.recvfrom(100) == (b"pong", right.getsockname())


@pytest.mark.req("FAM-065")
def test_the_address_is_a_host_and_a_port(bound: Bound) -> None:
    host, port = bound(LOOPBACK, 18888).getsockname()
    assert (host, port) == (LOOPBACK, 18888)


@pytest.mark.req("FAM-065")
def test_a_host_may_be_a_name(bound: Bound) -> None:
    assert bound("localhost").getsockname()[0] == LOOPBACK


@pytest.mark.req("FAM-065")
def test_port_0_lets_the_kernel_choose(bound: Bound) -> None:
    ports = {bound().getsockname()[1] for _ in range(3)}
    assert len(ports) == 3
    assert 0 not in ports


def test_an_address_belongs_to_one_socket(net: ModuleType, bound: Bound) -> None:
    taken = bound().getsockname()
    with net.socket(net.AF_RDS, net.SOCK_SEQPACKET) as other, pytest.raises(OSError) as caught:
        other.bind(taken)
    assert caught.value.errno == errno.EADDRINUSE


def test_a_foreign_host_cannot_be_bound(net: ModuleType) -> None:
    with net.socket(net.AF_RDS, net.SOCK_SEQPACKET) as sock, pytest.raises(OSError) as caught:
        sock.bind(("192.0.2.1", 0))
    assert caught.value.errno == errno.EADDRNOTAVAIL


def test_messages_stay_whole_and_in_order(pair: tuple[Any, Any]) -> None:
    left, right = pair
    messages = [bytes([number]) * (1000 * number) for number in range(1, 6)]
    for message in messages:
        left.sendto(message, right.getsockname())
    assert [right.recv(10000) for _ in messages] == messages


def test_a_connected_socket_sends_without_an_address(net: ModuleType, pair: tuple[Any, Any]) -> None:
    left, right = pair
    left.connect(right.getsockname())
    assert left.getpeername() == right.getsockname()
    assert left.send(b"connected") == 9
    assert right.recv(100, net.MSG_PEEK) == right.recv(100) == b"connected"


def test_sendmsg_and_recvmsg_carry_the_address(pair: tuple[Any, Any]) -> None:
    left, right = pair
    left.sendmsg([b"in ", b"parts"], [], 0, right.getsockname())
    data, ancillary, _, address = right.recvmsg(100)
    assert (data, ancillary, address) == (b"in parts", [], left.getsockname())


def test_a_socket_without_an_address_cannot_send(net: ModuleType, bound: Bound) -> None:
    receiver = bound()
    with net.socket(net.AF_RDS, net.SOCK_SEQPACKET) as sock, pytest.raises(OSError) as caught:
        sock.sendto(b"whose?", receiver.getsockname())
    assert caught.value.errno == errno.ENOTCONN


@pytest.mark.req("FAM-065")
def test_datagrams_travel_over_tcp_to_another_network(neighbours: tuple[Any, Any]) -> None:
    near, far = neighbours
    assert near.getsockname()[0] != far.getsockname()[0]
    far.sendto(b"over the wire" * 1000, near.getsockname())
    assert near.recvfrom(20000) == (b"over the wire" * 1000, far.getsockname())
    near.sendto(b"and back", far.getsockname())
    assert far.recvfrom(100) == (b"and back", near.getsockname())


@pytest.mark.req("CON-076", "CON-077")
@pytest.mark.stdlib_needs("RDS_RECVERR")
def test_error_reports_are_switched_on_and_off(net: ModuleType, bound: Bound) -> None:
    sock = bound()
    assert sock.getsockopt(net.SOL_RDS, net.RDS_RECVERR) == 0
    sock.setsockopt(net.SOL_RDS, net.RDS_RECVERR, 1)
    assert sock.getsockopt(net.SOL_RDS, net.RDS_RECVERR) == 1


@pytest.mark.req("CON-077")
@pytest.mark.stdlib_needs("RDS_CONG_MONITOR")
def test_the_congestion_monitor_is_an_option_of_its_own(net: ModuleType, bound: Bound) -> None:
    sock = bound()
    sock.setsockopt(net.SOL_RDS, net.RDS_CONG_MONITOR, 1)
    with pytest.raises(OSError) as caught:
        sock.setsockopt(net.SOL_RDS, net.RDS_CONG_MONITOR, b"\1")
    assert caught.value.errno == errno.EINVAL


@pytest.mark.req("CON-077")
@pytest.mark.stdlib_needs("RDS_CANCEL_SENT_TO")
def test_messages_to_one_address_are_cancelled(net: ModuleType, pair: tuple[Any, Any]) -> None:
    left, right = pair
    host, port = right.getsockname()
    address = struct.pack("=H", net.AF_INET) + struct.pack("!H4s8x", port, net.inet_aton(host))
    left.setsockopt(net.SOL_RDS, net.RDS_CANCEL_SENT_TO, address)
    with pytest.raises(OSError) as caught:
        left.setsockopt(net.SOL_RDS, net.RDS_CANCEL_SENT_TO, address[:8])
    assert caught.value.errno == errno.EINVAL


@pytest.mark.req("CON-077")
@pytest.mark.stdlib_needs("SO_RDS_TRANSPORT")
def test_a_socket_is_given_to_the_transport_over_tcp(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket(net.AF_RDS, net.SOCK_SEQPACKET))
    assert sock.getsockopt(net.SOL_RDS, net.SO_RDS_TRANSPORT) & 0xFFFFFFFF == net.RDS_TRANS_NONE & 0xFFFFFFFF
    sock.setsockopt(net.SOL_RDS, net.SO_RDS_TRANSPORT, net.RDS_TRANS_TCP)
    assert sock.getsockopt(net.SOL_RDS, net.SO_RDS_TRANSPORT) == net.RDS_TRANS_TCP


@pytest.mark.req("CON-077")
@pytest.mark.stdlib_needs("RDS_INFO_SOCKETS")
def test_the_kernel_lists_its_sockets(net: ModuleType, bound: Bound) -> None:
    host, port = bound().getsockname()
    listed = bound().getsockopt(net.SOL_RDS, net.RDS_INFO_SOCKETS, 1024)
    # struct rds_info_socket: sndbuf, the two addresses, the two ports, rcvbuf, inode.
    found = [struct.unpack_from("=I4s4s2s2sIQ", listed, at) for at in range(0, len(listed) - 27, 28)]
    assert (net.inet_aton(host), port.to_bytes(2, "big")) in [(row[1], row[3]) for row in found]


@pytest.mark.berkeley_only("CPython encodes AF_RDS addresses of IPv4 alone")
def test_datagrams_travel_over_ipv6_too(net: ModuleType, closing: Any) -> None:
    left, right = (closing(net.socket(net.AF_RDS, net.SOCK_SEQPACKET)) for _ in range(2))
    for sock in (left, right):
        sock.settimeout(20)
        sock.bind(("::1", 0, 0, 0))
    left.sendto(b"six", right.getsockname())
    assert right.recvfrom(100) == (b"six", left.getsockname())
    assert left.getsockname()[0] == "::1"
