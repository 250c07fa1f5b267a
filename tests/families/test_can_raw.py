"""CAN_RAW on virtual interfaces: addresses, frames of every kind, which of them arrive where."""

from __future__ import annotations

import errno
import os
import struct
import subprocess
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from can_messages import content, fd_frame, frame
from isolation import ip

Node = Callable[..., Any]


@pytest.fixture
def node(net: ModuleType, closing: Any) -> Node:
    """node("vcan0") is a raw socket bound to an interface."""

    def make(interface: str | None = "vcan0") -> Any:
        sock = closing(net.socket(net.AF_CAN, net.SOCK_RAW, net.CAN_RAW))
        sock.settimeout(10)
        if interface is not None:
            sock.bind((interface,))
        return sock

    return make


@pytest.fixture
def passing_interface() -> Iterator[str]:
    """An interface that a test may take away."""
    name = f"gone{os.getpid() % 100000}"
    ip("link", "add", name, "type", "vcan")
    ip("link", "set", name, "up")
    yield name
    subprocess.run(["ip", "link", "del", name], check=False, stderr=subprocess.DEVNULL)


def errno_of(call: Callable[..., Any], *arguments: Any) -> int | None:
    with pytest.raises(OSError) as caught:
        call(*arguments)
    return caught.value.errno


@pytest.mark.req("FUN-003", "FUN-006", "CON-052", "CON-056", "CON-057", "CON-062", "CON-063")
@pytest.mark.parametrize(
    ("kind", "proto"),
    [("SOCK_RAW", "CAN_RAW"), ("SOCK_DGRAM", "CAN_BCM"), ("SOCK_DGRAM", "CAN_ISOTP"), ("SOCK_DGRAM", "CAN_J1939")],
)
def test_the_kernel_has_every_protocol_of_the_family(net: ModuleType, closing: Any, kind: str, proto: str) -> None:
    sock = closing(net.socket(net.AF_CAN, getattr(net, kind), getattr(net, proto)))
    assert (sock.family, sock.type, sock.proto) == (net.AF_CAN, getattr(net, kind), getattr(net, proto))
    asked = [sock.getsockopt(net.SOL_SOCKET, name) for name in (net.SO_DOMAIN, net.SO_TYPE)]
    assert asked == [net.AF_CAN, getattr(net, kind)]


def test_a_copy_of_a_socket_keeps_the_protocol_that_the_kernel_does_not_tell(
    net: ModuleType, node: Node, closing: Any
) -> None:
    sock = node()
    # The kernel answers 0: only the objects know which addresses the socket has.
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_PROTOCOL) == 0
    copy, again = closing(sock.dup()), closing(net.fromfd(sock.fileno(), net.AF_CAN, net.SOCK_RAW, net.CAN_RAW))
    assert [(other.proto, other.getsockname()) for other in (copy, again)] == [(net.CAN_RAW, ("vcan0",))] * 2
    assert copy.sendto(frame(1), ("vcan1",)) == again.sendto(frame(1), ("vcan1",)) == 16


@pytest.mark.req("FUN-006")
@pytest.mark.parametrize(
    ("kind", "proto", "error"),
    [("SOCK_RAW", "CAN_BCM", errno.EPROTOTYPE), ("SOCK_DGRAM", "CAN_RAW", errno.EPROTOTYPE)],
)
def test_a_protocol_with_the_type_of_another_is_refused(net: ModuleType, kind: str, proto: str, error: int) -> None:
    assert errno_of(net.socket, net.AF_CAN, getattr(net, kind), getattr(net, proto)) == error


@pytest.mark.req("FAM-031")
def test_a_bound_socket_reports_its_interface_as_a_one_item_tuple(node: Node) -> None:
    assert node("vcan0").getsockname() == ("vcan0",)


@pytest.mark.req("FAM-031")
@pytest.mark.parametrize("address", ["vcan0", b"vcan0", 1, None, ["vcan0"], (), (1,), (None,), ("vcan0", 1)])
def test_a_malformed_address_is_a_type_error(node: Node, address: Any) -> None:
    with pytest.raises(TypeError):
        node(None).bind(address)


@pytest.mark.parametrize("name", ["nosuch0", "lo"])
def test_an_interface_that_is_no_can_device_is_refused(node: Node, name: str) -> None:
    assert errno_of(node(None).bind, (name,)) == errno.ENODEV


def test_an_interface_name_that_is_too_long_is_refused_without_an_errno(node: Node) -> None:
    with pytest.raises(OSError, match="AF_CAN interface name too long") as caught:
        node(None).bind(("v" * 16,))
    assert caught.value.errno is None


@pytest.mark.req("CON-052", "CON-056", "FAM-031")
def test_a_frame_arrives_with_the_name_of_its_interface(node: Node) -> None:
    left, right = node(), node()
    sent = frame(0x123, b"hello")
    assert left.send(sent) == 16
    assert right.recvfrom(100) == (sent, ("vcan0",))


@pytest.mark.req("FAM-031")
def test_every_way_of_receiving_tells_the_interface(node: Node) -> None:
    left, right = node(), node()
    sent, room = frame(0x321, b"12345678"), bytearray(16)
    for _ in range(4):
        left.sendall(sent)
    assert right.recvfrom_into(room) == (16, ("vcan0",))
    message = right.recvmsg(100)
    assert (message[0], message[1], message[3]) == (sent, [], ("vcan0",))
    assert right.recvmsg_into([room])[::3] == (16, ("vcan0",))
    assert (right.recv(100), bytes(room)) == (sent, sent)


@pytest.mark.req("FAM-031")
@pytest.mark.parametrize("method", ["sendto", "sendmsg"])
def test_an_unbound_socket_sends_to_the_interface_of_the_address(node: Node, method: str) -> None:
    sender, here, there = node(None), node("vcan0"), node("vcan1")
    for interface in ("vcan1", "vcan0"):
        sent = frame(0x100, interface.encode())
        arguments = ([sent], [], 0) if method == "sendmsg" else (sent,)
        assert getattr(sender, method)(*arguments, (interface,)) == 16
    assert content(there.recv(100)) == (0x100, b"vcan1")
    assert content(here.recv(100)) == (0x100, b"vcan0")


def test_an_unbound_socket_cannot_send_without_an_address(node: Node) -> None:
    assert errno_of(node(None).send, frame(1)) == errno.ENXIO


def test_a_raw_socket_has_no_peer(node: Node) -> None:
    sock = node()
    assert (errno_of(sock.connect, ("vcan0",)), errno_of(sock.getpeername)) == (errno.EOPNOTSUPP, errno.EOPNOTSUPP)


@pytest.mark.req("FAM-032")
def test_the_empty_name_receives_from_all_interfaces_and_tells_the_real_one(node: Node) -> None:
    everywhere, here, there = node(""), node("vcan0"), node("vcan1")
    assert everywhere.getsockname() == ("",)
    for number, sender in enumerate([here, there, here]):
        sender.send(frame(number))
    received = [everywhere.recvfrom(100) for _ in range(3)]
    assert received == [(frame(0), ("vcan0",)), (frame(1), ("vcan1",)), (frame(2), ("vcan0",))]


@pytest.mark.req("FAM-032")
def test_frames_of_an_interface_that_has_gone_come_from_the_empty_name(node: Node, passing_interface: str) -> None:
    everywhere, sender = node(""), node(passing_interface)
    sender.send(frame(0x77))
    ip("link", "del", passing_interface)
    assert everywhere.recvfrom(100) == (frame(0x77), ("",))


def test_a_bound_socket_is_told_that_its_interface_has_gone(node: Node, passing_interface: str) -> None:
    sock = node(passing_interface)
    ip("link", "del", passing_interface)
    assert errno_of(sock.recv, 100) == errno.ENODEV


def test_a_received_frame_longer_than_the_buffer_is_marked_as_truncated(net: ModuleType, node: Node) -> None:
    left, right = node(), node()
    left.send(frame(0x123, b"hello"))
    data, _, flags, _ = right.recvmsg(10)
    assert data == frame(0x123, b"hello")[:10]
    assert flags & net.MSG_TRUNC


@pytest.mark.parametrize("size", [0, 15, 17, 71, 73])
def test_only_whole_frames_can_be_sent(node: Node, size: int) -> None:
    assert errno_of(node().send, bytes(size)) == errno.EINVAL


def test_extended_and_remote_frames_keep_their_flags(net: ModuleType, node: Node) -> None:
    left, right = node(), node()
    extended = (0x18DA00F1 & net.CAN_EFF_MASK) | net.CAN_EFF_FLAG
    remote = (0x7FF & net.CAN_SFF_MASK) | net.CAN_RTR_FLAG
    for can_id in (extended, remote, extended | net.CAN_RTR_FLAG):
        left.send(frame(can_id))
    assert [content(right.recv(16))[0] for _ in range(3)] == [extended, remote, extended | net.CAN_RTR_FLAG]


@pytest.mark.req("CON-060")
def test_fd_frames_are_off_by_default(net: ModuleType, node: Node) -> None:
    sock = node()
    assert sock.getsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FD_FRAMES) == 0
    assert errno_of(sock.send, fd_frame(1, bytes(64))) == errno.EINVAL


@pytest.mark.req("CON-060")
def test_fd_frames_travel_beside_classic_ones_once_they_are_on(net: ModuleType, node: Node) -> None:
    left, right = node(), node()
    for sock in (left, right):
        sock.setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FD_FRAMES, 1)
        assert sock.getsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FD_FRAMES) == 1
    assert left.send(fd_frame(0x55, bytes(range(64)))) == 72
    assert left.send(frame(0x56, b"classic")) == 16
    received = [right.recv(100) for _ in range(2)]
    assert [len(raw) for raw in received] == [72, 16]
    assert list(map(content, received)) == [(0x55, bytes(range(64))), (0x56, b"classic")]


@pytest.mark.req("CON-060")
def test_a_socket_without_the_option_does_not_see_fd_frames(net: ModuleType, node: Node) -> None:
    left, right = node(), node()
    left.setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FD_FRAMES, 1)
    left.send(fd_frame(0x55, b"unseen"))
    left.send(frame(0x56))
    assert content(right.recv(100)) == (0x56, b"")


def test_a_socket_hears_its_own_frames_only_if_it_asks(net: ModuleType, node: Node) -> None:
    sock, other = node(), node()
    sock.send(frame(1))
    sock.setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_RECV_OWN_MSGS, 1)
    sock.send(frame(2))
    data, _, flags, _ = sock.recvmsg(16)
    # The kernel marks frames of this host, and among them those of the receiving socket itself.
    assert (content(data)[0], flags & net.MSG_DONTROUTE, flags & net.MSG_CONFIRM) == (
        2,
        net.MSG_DONTROUTE,
        net.MSG_CONFIRM,
    )
    assert [other.recvmsg(16)[2] & net.MSG_CONFIRM for _ in range(2)] == [0, 0]


def test_without_loopback_no_socket_of_this_host_sees_a_frame(net: ModuleType, node: Node) -> None:
    left, right = node(), node()
    left.setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_LOOPBACK, 0)
    left.send(frame(1))
    left.setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_LOOPBACK, 1)
    left.send(frame(2))
    assert content(right.recv(16))[0] == 2


def test_the_kernel_adds_the_time_of_arrival_on_request(net: ModuleType, node: Node) -> None:
    left, right = node(), node()
    right.setsockopt(net.SOL_SOCKET, 29, 1)  # SO_TIMESTAMP of asm-generic/socket.h
    left.send(frame(1))
    _, [(level, kind, stamp)], _, address = right.recvmsg(16, net.CMSG_SPACE(16))
    assert (level, kind, address) == (net.SOL_SOCKET, 29, ("vcan0",))
    assert struct.unpack("@2l", stamp)[0] > 0
