"""UDP-Lite on the wire: how much of a packet is covered stands in its header, and decides what is received."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

LOOPBACK = {"AF_INET": "127.0.0.1", "AF_INET6": "::1"}
FAMILIES = pytest.mark.parametrize("family", LOOPBACK)
# What a raw socket shows before the UDP-Lite header: the header of IPv4, but not that of IPv6.
BEFORE = {"AF_INET": 20, "AF_INET6": 0}

pytestmark = pytest.mark.stdlib_needs("IPPROTO_UDPLITE")


def lite(net: ModuleType, closing: Any, family: str, kind: str = "SOCK_DGRAM") -> Any:
    sock = closing(net.socket(getattr(net, family), getattr(net, kind), net.IPPROTO_UDPLITE))
    sock.settimeout(10)
    sock.bind((LOOPBACK[family], 0))
    return sock


@FAMILIES
@pytest.mark.req("FAM-059")
def test_datagrams_travel_both_ways(net: ModuleType, closing: Any, family: str) -> None:
    left, right = (lite(net, closing, family) for _ in range(2))
    left.sendto(b"lite", right.getsockname())
    assert right.recvfrom(100) == (b"lite", left.getsockname())
    right.sendto(b"back", left.getsockname())
    assert left.recvfrom(100) == (b"back", right.getsockname())


@FAMILIES
@pytest.mark.parametrize(("covered", "shown"), [(8, 8), (16, 16), (104, 104), (65528, 0)])
@pytest.mark.req("FAM-060")
def test_the_header_says_how_much_is_covered(
    net: ModuleType, closing: Any, family: str, covered: int, shown: int
) -> None:
    capture = lite(net, closing, family, "SOCK_RAW")
    receiver, sender = (lite(net, closing, family) for _ in range(2))
    sender.setsockopt(net.IPPROTO_UDPLITE, net.UDPLITE_SEND_CSCOV, covered)
    sender.sendto(bytes(200), receiver.getsockname())
    header = capture.recv(1000)[BEFORE[family] :]
    source, target, coverage = (int.from_bytes(header[at : at + 2], "big") for at in (0, 2, 4))
    assert (source, target) == (sender.getsockname()[1], receiver.getsockname()[1])
    # 0, or the length of the packet, is all of it.
    assert coverage in (shown, shown or 208)


@FAMILIES
@pytest.mark.req("FAM-061")
def test_packets_covered_too_little_do_not_arrive(net: ModuleType, closing: Any, family: str) -> None:
    sender, receiver = (lite(net, closing, family) for _ in range(2))
    receiver.setsockopt(net.IPPROTO_UDPLITE, net.UDPLITE_RECV_CSCOV, 64)
    for covered in (8, 80):
        sender.setsockopt(net.IPPROTO_UDPLITE, net.UDPLITE_SEND_CSCOV, covered)
        sender.sendto(bytes([covered]) * 100, receiver.getsockname())
    assert receiver.recv(200) == bytes([80]) * 100
    receiver.setblocking(False)
    with pytest.raises(BlockingIOError):
        receiver.recv(200)
