"""CAN_ISOTP: messages longer than a frame between two identifiers."""

from __future__ import annotations

import errno
import struct
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from can_messages import content

ECU, TESTER = 0x7E8, 0x7E0
EXTENDED_ECU, EXTENDED_TESTER = 0x18DA00F1, 0x18DAF100
# linux/can/isotp.h
OPTS, EXTEND_ADDR, TX_PADDING = 1, 0x02, 0x04

Node = Callable[[int, int], Any]


@pytest.fixture
def node(net: ModuleType, closing: Any) -> Node:
    """node(rx, tx) is a transport socket bound to vcan0."""

    def make(rx: int, tx: int) -> Any:
        sock = closing(net.socket(net.AF_CAN, net.SOCK_DGRAM, net.CAN_ISOTP))
        sock.settimeout(20)
        sock.bind(("vcan0", rx, tx))
        return sock

    return make


@pytest.fixture
def bus(net: ModuleType, closing: Any) -> Any:
    """A raw socket that sees the frames that messages are made of."""
    sock = closing(net.socket(net.AF_CAN, net.SOCK_RAW, net.CAN_RAW))
    sock.settimeout(10)
    sock.bind(("vcan0",))
    return sock


def extended(net: ModuleType) -> tuple[int, int]:
    return EXTENDED_ECU | net.CAN_EFF_FLAG, EXTENDED_TESTER | net.CAN_EFF_FLAG


def text(size: int) -> bytes:
    return bytes(range(250)) * (size // 250) + bytes(size % 250)


def bind_error(net: ModuleType, address: Any) -> BaseException:
    with net.socket(net.AF_CAN, net.SOCK_DGRAM, net.CAN_ISOTP) as sock, pytest.raises(Exception) as caught:
        sock.bind(address)
    return caught.value


@pytest.mark.req("FAM-033", "CON-062")
@pytest.mark.parametrize("size", [1, 7, 8, 100, 4000])
def test_messages_arrive_whole_in_both_directions(node: Node, size: int) -> None:
    ecu, tester = node(ECU, TESTER), node(TESTER, ECU)
    assert tester.send(text(size)) == size
    assert ecu.recv(5000) == text(size)
    assert ecu.send(text(size)[::-1]) == size
    assert tester.recv(5000) == text(size)[::-1]


@pytest.mark.req("FAM-034", "CON-062")
@pytest.mark.parametrize("size", [100, 4000])
def test_messages_travel_between_extended_identifiers(net: ModuleType, node: Node, size: int) -> None:
    ecu_id, tester_id = extended(net)
    ecu, tester = node(ecu_id, tester_id), node(tester_id, ecu_id)
    tester.send(text(size))
    assert ecu.recv(5000) == text(size)
    ecu.send(b"ok")
    assert tester.recv(5000) == b"ok"


@pytest.mark.req("FAM-033")
def test_a_bound_socket_reports_interface_and_both_identifiers(node: Node) -> None:
    assert node(0x123, 0x321).getsockname() == ("vcan0", 0x123, 0x321)


@pytest.mark.req("FAM-034")
def test_extended_identifiers_keep_their_flag(net: ModuleType, node: Node) -> None:
    ecu_id, tester_id = extended(net)
    assert ecu_id > 0x80000000
    assert node(ecu_id, tester_id).getsockname() == ("vcan0", ecu_id, tester_id)
    assert node(0x123, tester_id).getsockname() == ("vcan0", 0x123, tester_id)


@pytest.mark.req("FAM-033")
def test_the_sender_of_a_message_is_known_by_interface_alone(node: Node) -> None:
    ecu, tester = node(ECU, TESTER), node(TESTER, ECU)
    tester.send(b"hello")
    assert ecu.recvfrom(100) == (b"hello", ("vcan0", 0, 0))


@pytest.mark.req("FAM-033")
def test_each_message_is_received_by_itself(net: ModuleType, node: Node) -> None:
    ecu, tester = node(ECU, TESTER), node(TESTER, ECU)
    tester.send(b"first message")
    assert ecu.recvmsg(5)[::2] == (b"first", net.MSG_TRUNC)
    tester.send(b"second")
    assert ecu.recv(100) == b"second"


@pytest.mark.req("FAM-033")
def test_a_long_message_waits_for_flow_control_on_the_bus(node: Node, bus: Any) -> None:
    ecu, tester = node(ECU, TESTER), node(TESTER, ECU)
    tester.send(text(20))
    assert ecu.recv(100) == text(20)
    seen = [content(bus.recv(16)) for _ in range(4)]
    assert [can_id for can_id, _ in seen] == [ECU, TESTER, ECU, ECU]
    # The first nibble tells the kind of frame: first (1, with the length), flow control (3), consecutive (2).
    assert [data[0] >> 4 for _, data in seen] == [1, 3, 2, 2]
    assert seen[0][1] == b"\x10\x14" + text(20)[:6]


@pytest.mark.req("FAM-033")
def test_a_message_nobody_accepts_is_an_error_of_the_sender(net: ModuleType, node: Node) -> None:
    tester = node(TESTER, ECU)
    tester.send(text(20))
    with pytest.raises(OSError) as caught:
        tester.recv(100)
    # No flow control came within a second.
    assert caught.value.errno == errno.ECOMM


@pytest.mark.req("FAM-033")
def test_options_of_the_transport_shape_the_frames(net: ModuleType, node: Node, bus: Any, closing: Any) -> None:
    sock = closing(net.socket(net.AF_CAN, net.SOCK_DGRAM, net.CAN_ISOTP))
    # struct can_isotp_options: flags, frame_txtime, ext_address, txpad_content, rxpad_content, rx_ext_address.
    chosen = struct.pack("=2I4B", EXTEND_ADDR | TX_PADDING, 0, 0x55, 0xCC, 0xCC, 0)
    level = net.SOL_CAN_BASE + net.CAN_ISOTP
    sock.setsockopt(level, OPTS, chosen)
    assert sock.getsockopt(level, OPTS, 12)[:4] == chosen[:4]
    sock.bind(("vcan0", ECU, TESTER))
    sock.send(b"abc")
    assert content(bus.recv(16)) == (TESTER, b"\x55\x03abc" + b"\xcc" * 3)


@pytest.mark.req("FAM-033")
@pytest.mark.parametrize("address", [("vcan0",), ("vcan0", 1), ("vcan0", 1, 2, 3), ("vcan0", "1", 2), (1, 1, 2)])
def test_a_malformed_address_is_a_type_error(net: ModuleType, address: Any) -> None:
    assert isinstance(bind_error(net, address), TypeError)


@pytest.mark.berkeley_only("the interpreter's module raises SystemError")
@pytest.mark.parametrize("address", ["vcan0", ["vcan0", 1, 2], None])
def test_an_address_that_is_no_tuple_is_a_type_error(net: ModuleType, address: Any) -> None:
    assert isinstance(bind_error(net, address), TypeError)


@pytest.mark.berkeley_only("decision: nothing outside 32 bits is silently cut")
@pytest.mark.parametrize("address", [("vcan0", 1 << 32, 2), ("vcan0", 1, (1 << 40) + 5), ("vcan0", -1, 2)])
def test_an_identifier_outside_32_bits_overflows(net: ModuleType, address: Any) -> None:
    assert isinstance(bind_error(net, address), OverflowError)


def test_the_kernel_needs_two_different_identifiers_on_a_real_interface(net: ModuleType) -> None:
    found = [bind_error(net, address) for address in (("vcan0", 1, 1), ("nosuch0", 1, 2), ("", 1, 2))]
    assert [getattr(error, "errno", None) for error in found] == [errno.EADDRNOTAVAIL, errno.ENODEV, errno.ENODEV]


def test_an_unbound_socket_cannot_send(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket(net.AF_CAN, net.SOCK_DGRAM, net.CAN_ISOTP))
    with pytest.raises(OSError) as caught:
        sock.send(b"x")
    assert caught.value.errno == errno.EADDRNOTAVAIL
