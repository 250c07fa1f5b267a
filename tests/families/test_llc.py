"""AF_LLC: IEEE 802.2 between service access points on the two ends of a wire, with and without a connection."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from wires import End, wire

pytestmark = pytest.mark.stdlib_needs("LLC_SAP_NULL")

ANY = bytes(6)
ETHERNET = 1  # ARPHRD_ETHER
LEFT_SAP, RIGHT_SAP = 0x20, 0x24


@pytest.fixture(scope="module")
def ends() -> Iterator[tuple[End, End]]:
    with wire() as both:
        yield both


@pytest.fixture
def pair(net: ModuleType, closing: Any, ends: tuple[End, End]) -> tuple[Any, Any]:
    """Datagram sockets at both ends."""
    left, right = (llc(net, closing) for _ in range(2))
    left.bind((ends[0].mac, LEFT_SAP))
    right.bind((ends[1].mac, RIGHT_SAP))
    return left, right


def llc(net: ModuleType, closing: Any, kind: str = "SOCK_DGRAM") -> Any:
    sock = closing(net.socket(net.AF_LLC, getattr(net, kind)))
    sock.settimeout(10)
    return sock


def test_datagrams_travel_between_access_points(pair: tuple[Any, Any], ends: tuple[End, End]) -> None:
    left, right = pair
    assert left.sendto(b"to the right", (ends[1].mac, RIGHT_SAP)) == 12
    data, (mac, sap, kind, *_) = right.recvfrom(100)
    assert (data, mac, sap, kind) == (b"to the right", ends[0].mac, LEFT_SAP, ETHERNET)


def test_the_address_of_a_sender_is_good_for_an_answer(pair: tuple[Any, Any]) -> None:
    left, right = pair
    left.sendto(b"question", right.getsockname())
    right.sendto(b"answer", right.recvfrom(100)[1])
    assert left.recv(100) == b"answer"


def test_the_name_has_all_six_items(pair: tuple[Any, Any], ends: tuple[End, End]) -> None:
    assert pair[0].getsockname() == (ends[0].mac, LEFT_SAP, ETHERNET, 0, 0, 0)


def test_access_point_0_lets_the_kernel_choose(net: ModuleType, closing: Any, ends: tuple[End, End]) -> None:
    names = []
    for _ in range(2):
        sock = llc(net, closing)
        sock.bind((ends[0].mac, 0))
        names.append(sock.getsockname())
    assert names[0][1] != names[1][1]
    assert 0 not in (names[0][1], names[1][1])


def test_a_device_given_by_option_needs_no_hardware_address(
    net: ModuleType, closing: Any, ends: tuple[End, End]
) -> None:
    sock = llc(net, closing)
    sock.setsockopt(net.SOL_SOCKET, net.SO_BINDTODEVICE, ends[0].name.encode())
    sock.bind((ANY, LEFT_SAP))
    assert sock.getsockname()[:2] == (ends[0].mac, LEFT_SAP)


def test_a_hardware_address_of_nobody_cannot_be_bound(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        llc(net, closing).bind((bytes.fromhex("020000000099"), LEFT_SAP))
    assert caught.value.errno == errno.ENODEV


def test_a_test_frame_is_answered_by_the_kernel(pair: tuple[Any, Any], ends: tuple[End, End]) -> None:
    left, right = pair
    # The other side sends the data back, and neither program sees it.
    left.sendto(b"are you there", (ends[1].mac, RIGHT_SAP, ETHERNET, 1))
    right.sendto(b"ordinary", (ends[0].mac, LEFT_SAP))
    assert left.recv(100) == b"ordinary"


def test_a_connection_carries_data_both_ways(
    net: ModuleType, closing: Any, in_thread: Any, ends: tuple[End, End]
) -> None:
    server, client = llc(net, closing, "SOCK_STREAM"), llc(net, closing, "SOCK_STREAM")
    server.bind((ends[1].mac, RIGHT_SAP))
    server.listen()
    client.bind((ends[0].mac, LEFT_SAP))
    in_thread(echo_once, server)
    client.connect((ends[1].mac, RIGHT_SAP))
    assert client.getpeername()[:2] == (ends[1].mac, RIGHT_SAP)
    client.sendall(b"echo")
    assert client.recv(100) == b"ECHO"


def echo_once(server: Any) -> None:
    accepted, _ = server.accept()
    with accepted:
        accepted.sendall(accepted.recv(100).upper())


@pytest.mark.parametrize(("name", "value"), [("LLC_OPT_RETRY", 7), ("LLC_OPT_SIZE", 300), ("LLC_OPT_TX_WIN", 3)])
def test_options_are_set_and_read(net: ModuleType, closing: Any, name: str, value: int) -> None:
    sock = llc(net, closing, "SOCK_STREAM")
    sock.setsockopt(net.SOL_LLC, getattr(net, name), value)
    assert sock.getsockopt(net.SOL_LLC, getattr(net, name)) == value


def test_control_data_tell_where_a_datagram_came_in(
    net: ModuleType, pair: tuple[Any, Any], ends: tuple[End, End]
) -> None:
    left, right = pair
    right.setsockopt(net.SOL_LLC, net.LLC_OPT_PKTINFO, 1)
    left.sendto(b"where", right.getsockname())
    _, ancillary, _, _ = right.recvmsg(100, 100)
    ((level, kind, content),) = ancillary
    # struct llc_pktinfo: interface, access point and hardware address.
    assert (level, kind) == (net.SOL_LLC, net.LLC_OPT_PKTINFO)
    assert int.from_bytes(content[:4], "little") == ends[1].index
    assert content[4] == RIGHT_SAP
    assert content[5:11] == ends[1].mac
