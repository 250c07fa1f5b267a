"""AF_NETLINK: what the routing part of the kernel lists and tells its groups, and messages between programs."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from isolation import ip, private_network

# linux/netlink.h, linux/rtnetlink.h, linux/if_link.h
NLM_F_REQUEST, NLM_F_DUMP = 0x1, 0x300
NLMSG_DONE = 3
RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_NEWROUTE, RTM_GETROUTE = 16, 17, 18, 24, 26
RTMGRP_LINK, RTNLGRP_LINK = 1, 1
IFLA_IFNAME, RTA_DST = 3, 1
IFINFOMSG, RTMSG = 16, 12


@pytest.fixture(autouse=True)
def network() -> Iterator[None]:
    """A network where nothing else happens."""
    with private_network():
        yield


def routing(net: ModuleType, closing: Any, groups: int = 0) -> Any:
    sock = closing(net.socket(net.AF_NETLINK, net.SOCK_RAW, net.NETLINK_ROUTE))
    sock.settimeout(10)
    sock.bind((0, groups))
    return sock


def messages(packet: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, content) of each message in a datagram."""
    while packet:
        length, kind = struct.unpack_from("=IH", packet)
        yield kind, packet[16:length]
        packet = packet[(length + 3) & ~3 :]


def attributes(content: bytes) -> dict[int, bytes]:
    found = {}
    while len(content) >= 4:
        length, kind = struct.unpack_from("=HH", content)
        found[kind] = content[4:length]
        content = content[(length + 3) & ~3 :]
    return found


def dump(sock: Any, kind: int, body: bytes) -> list[tuple[int, bytes]]:
    """All messages of an answer in several parts."""
    sock.sendto(struct.pack("=IHHII", 16 + len(body), kind, NLM_F_REQUEST | NLM_F_DUMP, 7, 0) + body, (0, 0))
    found: list[tuple[int, bytes]] = []
    while not found or found[-1][0] != NLMSG_DONE:
        found += messages(sock.recv(65536))
    return found[:-1]


def link_name(sock: Any, kind: int) -> str:
    """The name in the next message of that type."""
    while True:
        for found, content in messages(sock.recv(65536)):
            if found == kind:
                return attributes(content[IFINFOMSG:])[IFLA_IFNAME].rstrip(b"\0").decode()


def test_the_routes_of_the_loopback_device_are_listed(net: ModuleType, closing: Any) -> None:
    found = dump(routing(net, closing), RTM_GETROUTE, struct.pack("=B11x", net.AF_INET))
    assert {kind for kind, _ in found} == {RTM_NEWROUTE}
    targets = [attributes(content[RTMSG:]).get(RTA_DST) for _, content in found]
    assert net.inet_aton("127.0.0.1") in targets


def test_the_interfaces_are_listed(net: ModuleType, closing: Any) -> None:
    ip("link", "add", "dummy7", "type", "dummy")
    found = dump(routing(net, closing), RTM_GETLINK, bytes(IFINFOMSG))
    names = {attributes(content[IFINFOMSG:])[IFLA_IFNAME].rstrip(b"\0").decode() for _, content in found}
    assert names == {"lo", "dummy7"} == {name for _, name in net.if_nameindex()}


def test_a_group_hears_of_a_new_interface(net: ModuleType, closing: Any) -> None:
    listener, other = routing(net, closing, RTMGRP_LINK), routing(net, closing)
    ip("link", "add", "dummy8", "type", "dummy")
    packet, address = listener.recvfrom(65536)
    assert address == (0, RTMGRP_LINK)
    kind, content = next(messages(packet))
    assert kind == RTM_NEWLINK
    assert attributes(content[IFINFOMSG:])[IFLA_IFNAME] == b"dummy8\0"
    other.setblocking(False)
    with pytest.raises(BlockingIOError):
        other.recv(65536)


@pytest.mark.stdlib_needs("NETLINK_ADD_MEMBERSHIP")
def test_a_group_is_joined_and_left_by_option(net: ModuleType, closing: Any) -> None:
    sock = routing(net, closing)
    sock.setsockopt(net.SOL_NETLINK, net.NETLINK_ADD_MEMBERSHIP, RTNLGRP_LINK)
    assert sock.getsockname()[1] == RTMGRP_LINK
    ip("link", "add", "dummy9", "type", "dummy")
    ip("link", "delete", "dummy9")
    assert link_name(sock, RTM_DELLINK) == "dummy9"
    sock.setsockopt(net.SOL_NETLINK, net.NETLINK_DROP_MEMBERSHIP, RTNLGRP_LINK)
    assert sock.getsockname()[1] == 0


def test_two_sockets_of_programs_exchange_messages(net: ModuleType, closing: Any) -> None:
    left, right = (closing(net.socket(net.AF_NETLINK, net.SOCK_DGRAM, net.NETLINK_USERSOCK)) for _ in range(2))
    for sock in (left, right):
        sock.settimeout(10)
        sock.bind((0, 0))
    assert left.getsockname()[0] != right.getsockname()[0]
    left.sendto(b"to a port", right.getsockname())
    assert right.recvfrom(100) == (b"to a port", left.getsockname())


def test_a_group_of_programs_hears_one_of_them(net: ModuleType, closing: Any) -> None:
    members = [closing(net.socket(net.AF_NETLINK, net.SOCK_DGRAM, net.NETLINK_USERSOCK)) for _ in range(2)]
    for sock in members:
        sock.settimeout(10)
        sock.bind((0, 0b100))
    with net.socket(net.AF_NETLINK, net.SOCK_DGRAM, net.NETLINK_USERSOCK) as sender:
        sender.bind((0, 0))
        # The kernel wants a port of somebody beside the group.
        sender.sendto(b"to all", (members[0].getsockname()[0], 0b100))
        expected = (b"to all", (sender.getsockname()[0], 0b100))
    assert [sock.recvfrom(100) for sock in members] == [expected, expected]
