"""AF_PACKET on a wire: SOCK_RAW with the link header, SOCK_DGRAM without it, and the types of packets."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from wires import End, wire

EXPERIMENTAL = 0x88B5  # IEEE 802: local experimental Ethertype
ETHERNET = 1  # ARPHRD_ETHER
MESSAGE = b"forty-six bytes are the least that a frame has."
BROADCAST, MULTICAST, STRANGER = bytes([255] * 6), bytes.fromhex("01005e000001"), bytes.fromhex("020000000099")
KINDS = pytest.mark.parametrize("kind", ["SOCK_RAW", "SOCK_DGRAM"])


@pytest.fixture(scope="module")
def ends() -> Iterator[tuple[End, End]]:
    with wire() as both:
        yield both


def packets(net: ModuleType, closing: Any, kind: str, end: End, protocol: int = EXPERIMENTAL) -> Any:
    sock = closing(net.socket(net.AF_PACKET, getattr(net, kind), net.htons(protocol)))
    sock.settimeout(10)
    sock.bind((end.name, protocol))
    return sock


def frame(target: bytes, source: End) -> bytes:
    return target + source.mac + struct.pack("!H", EXPERIMENTAL) + MESSAGE


def to(end: End, target: bytes) -> tuple[str, int, int, int, bytes]:
    """The address for a socket without link headers: the interface to send from, and for whom."""
    return end.name, EXPERIMENTAL, 0, ETHERNET, target


@pytest.mark.req("FAM-051", "FAM-053", "FAM-054", "FAM-056", "FAM-057", "FUN-003")
def test_a_raw_socket_sends_and_receives_whole_frames(net: ModuleType, closing: Any, ends: tuple[End, End]) -> None:
    left, right = ends
    sender, receiver = (packets(net, closing, "SOCK_RAW", end) for end in ends)
    sender.send(frame(right.mac, left))
    expected = (right.name, EXPERIMENTAL, net.PACKET_HOST, ETHERNET, left.mac)
    assert receiver.recvfrom(2000) == (frame(right.mac, left), expected)


@pytest.mark.req("FAM-056", "FAM-057")
def test_the_kernel_makes_the_header_for_a_datagram_socket(
    net: ModuleType, closing: Any, ends: tuple[End, End]
) -> None:
    left, right = ends
    sender, receiver = packets(net, closing, "SOCK_DGRAM", left), packets(net, closing, "SOCK_RAW", right)
    sender.sendto(MESSAGE, to(left, right.mac))
    assert receiver.recv(2000) == frame(right.mac, left)


@pytest.mark.req("FAM-056", "FAM-057")
def test_a_datagram_socket_receives_what_follows_the_header(
    net: ModuleType, closing: Any, ends: tuple[End, End]
) -> None:
    left, right = ends
    sender, receiver = packets(net, closing, "SOCK_RAW", left), packets(net, closing, "SOCK_DGRAM", right)
    sender.send(frame(right.mac, left))
    data, address = receiver.recvfrom(2000)
    assert data == MESSAGE
    assert address[4] == left.mac
    receiver.sendto(b"back".ljust(46, b"\0"), address)
    assert sender.recv(2000).startswith(left.mac + right.mac)


@KINDS
@pytest.mark.parametrize(
    ("target", "name"),
    [
        pytest.param(None, "PACKET_HOST", marks=pytest.mark.req("CON-068")),
        pytest.param(BROADCAST, "PACKET_BROADCAST", marks=pytest.mark.req("CON-069")),
        pytest.param(MULTICAST, "PACKET_MULTICAST", marks=pytest.mark.req("CON-070")),
        pytest.param(STRANGER, "PACKET_OTHERHOST", marks=pytest.mark.req("CON-071")),
    ],
)
@pytest.mark.req("FAM-055")
def test_the_packet_type_tells_whom_a_packet_was_meant_for(
    net: ModuleType, closing: Any, ends: tuple[End, End], kind: str, target: bytes | None, name: str
) -> None:
    left, right = ends
    sender, receiver = packets(net, closing, "SOCK_DGRAM", left), packets(net, closing, kind, right)
    promiscuous(net, receiver, right)
    sender.sendto(MESSAGE, to(left, target or right.mac))
    data, address = receiver.recvfrom(2000)
    assert data.endswith(MESSAGE)
    assert address == (right.name, EXPERIMENTAL, getattr(net, name), ETHERNET, left.mac)


def promiscuous(net: ModuleType, sock: Any, end: End) -> None:
    """Receive what is meant for others, too: struct packet_mreq, PACKET_MR_PROMISC (linux/if_packet.h)."""
    level, option = getattr(net, "SOL_PACKET", 263), getattr(net, "PACKET_ADD_MEMBERSHIP", 1)
    sock.setsockopt(level, option, struct.pack("=iHH8x", end.index, 1, 0))


@KINDS
@pytest.mark.req("FAM-055", "CON-072", "CON-073")
@pytest.mark.stdlib_needs("ETH_P_ALL")
def test_what_this_host_sends_comes_back_as_outgoing(
    net: ModuleType, closing: Any, ends: tuple[End, End], kind: str
) -> None:
    left, right = ends
    observer = packets(net, closing, kind, left, net.ETH_P_ALL)
    packets(net, closing, "SOCK_RAW", left).send(frame(right.mac, left))
    data, address = observer.recvfrom(2000)
    assert data == frame(right.mac, left)[0 if kind == "SOCK_RAW" else 14 :]
    assert address == (left.name, EXPERIMENTAL, net.PACKET_OUTGOING, ETHERNET, left.mac)


@pytest.mark.req("CON-067")
@pytest.mark.stdlib_needs("PACKET_STATISTICS")
def test_packets_are_counted(net: ModuleType, closing: Any, ends: tuple[End, End]) -> None:
    left, right = ends
    sender, receiver = (packets(net, closing, "SOCK_RAW", end) for end in ends)
    for _ in range(3):
        sender.send(frame(right.mac, left))
        receiver.recv(2000)
    counted = receiver.getsockopt(net.SOL_PACKET, net.PACKET_STATISTICS, 8)
    assert struct.unpack("=II", counted) == (3, 0)
