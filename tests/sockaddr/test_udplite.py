"""UDP-Lite: AF_INET and AF_INET6 addresses, and how much of a packet the checksum covers."""

from __future__ import annotations

import errno
from types import ModuleType
from typing import Any

import pytest
from isolation import private_network
from live import has_nothing

LOOPBACK = {"AF_INET": "127.0.0.1", "AF_INET6": "::1"}
IPV4_HEADER = 20


@pytest.fixture
def udplite(net: ModuleType, closing: Any) -> Any:
    """Make a UDP-Lite socket bound to the loopback address of a family."""

    def make(family: str = "AF_INET") -> Any:
        try:
            sock = closing(net.socket(getattr(net, family), net.SOCK_DGRAM, net.IPPROTO_UDPLITE))
        except OSError as error:
            if error.errno != errno.EPROTONOSUPPORT:
                raise
            pytest.skip("the kernel lacks UDP-Lite")
        sock.settimeout(10)
        sock.bind((LOOPBACK[family], 0))
        return sock

    return make


@pytest.mark.req("FAM-059")
@pytest.mark.parametrize("family", LOOPBACK)
def test_a_datagram_travels_with_ordinary_internet_addresses(net: ModuleType, udplite: Any, family: str) -> None:
    receiver, sender = udplite(family), udplite(family)
    assert sender.proto == sender.getsockopt(net.SOL_SOCKET, net.SO_PROTOCOL) == net.IPPROTO_UDPLITE
    assert sender.sendto(b"lite", receiver.getsockname()) == 4
    assert receiver.recvfrom(100) == (b"lite", sender.getsockname())
    assert sender.getsockname()[0] == LOOPBACK[family]


@pytest.mark.req("FAM-060")
@pytest.mark.parametrize("coverage", [8, 16, 4096, 65528])
def test_the_coverage_of_sent_packets_is_set_and_read(net: ModuleType, udplite: Any, coverage: int) -> None:
    sock = udplite()
    sock.setsockopt(net.IPPROTO_UDPLITE, net.UDPLITE_SEND_CSCOV, coverage)
    assert sock.getsockopt(net.IPPROTO_UDPLITE, net.UDPLITE_SEND_CSCOV) == coverage


@pytest.mark.req("FAM-060")
def test_sent_packets_say_how_much_of_them_is_covered(net: ModuleType, udplite: Any, closing: Any) -> None:
    with private_network():
        capture = closing(net.socket(net.AF_INET, net.SOCK_RAW, net.IPPROTO_UDPLITE))
        capture.settimeout(10)
        receiver, sender = udplite(), udplite()
        sender.setsockopt(net.IPPROTO_UDPLITE, net.UDPLITE_SEND_CSCOV, 16)
        sender.sendto(bytes(100), receiver.getsockname())
        header = capture.recv(65536)[IPV4_HEADER:][:8]
    source, target, coverage = (int.from_bytes(header[at : at + 2], "big") for at in (0, 2, 4))
    assert (source, target) == (sender.getsockname()[1], receiver.getsockname()[1])
    assert coverage == 16


@pytest.mark.req("FAM-061")
def test_packets_covered_too_little_are_dropped(net: ModuleType, udplite: Any) -> None:
    receiver, sender = udplite(), udplite()
    receiver.setsockopt(net.IPPROTO_UDPLITE, net.UDPLITE_RECV_CSCOV, 64)
    assert receiver.getsockopt(net.IPPROTO_UDPLITE, net.UDPLITE_RECV_CSCOV) == 64
    sender.setsockopt(net.IPPROTO_UDPLITE, net.UDPLITE_SEND_CSCOV, 8)
    sender.sendto(b"too little".ljust(100), receiver.getsockname())
    sender.setsockopt(net.IPPROTO_UDPLITE, net.UDPLITE_SEND_CSCOV, 80)
    sender.sendto(b"enough".ljust(100), receiver.getsockname())
    assert receiver.recv(100).rstrip() == b"enough"
    assert has_nothing(receiver)
