"""CAN_J1939: addresses, claimed names, messages of one frame and of many."""

from __future__ import annotations

import errno
import struct
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from can_messages import content

PGN, OTHER_PGN = 0x12300, 0x12400
NAME, OTHER_NAME = 0x11223344_55667788, 0x01020304_05060708
HERE, THERE, THIRD = 0x20, 0x30, 0x40

# asm-generic/socket.h
SO_TIMESTAMPING, SCM_TIMESTAMPING_OPT_STATS = 37, 54
# linux/errqueue.h: who speaks, and of what.
ORIGIN_TIMESTAMPING, ACKNOWLEDGED = 4, 2
# linux/net_tstamp.h: software, with an id, of acknowledgements, without the data.
REPORT_ACKNOWLEDGEMENTS = 1 << 4 | 1 << 7 | 1 << 9 | 1 << 11

Node = Callable[..., Any]


@pytest.fixture
def node(net: ModuleType, closing: Any, vcan: str) -> Node:
    """node(0x20) is a socket with that address on an interface of the test's own."""

    def make(addr: int | None = None, name: int = 0, pgn: int | None = None) -> Any:
        sock = closing(net.socket(net.AF_CAN, net.SOCK_DGRAM, net.CAN_J1939))
        sock.settimeout(10)
        sock.setsockopt(net.SOL_SOCKET, net.SO_BROADCAST, 1)
        if addr is not None:
            sock.bind((vcan, name, net.J1939_NO_PGN if pgn is None else pgn, addr))
        return sock

    return make


@pytest.fixture
def bus(net: ModuleType, closing: Any, vcan: str) -> Any:
    """A raw socket that sees the frames that messages are made of."""
    sock = closing(net.socket(net.AF_CAN, net.SOCK_RAW, net.CAN_RAW))
    sock.settimeout(10)
    sock.bind((vcan,))
    return sock


def level(net: ModuleType) -> int:
    """SOL_CAN_J1939, which the interpreter's module does not name."""
    return int(net.SOL_CAN_BASE + net.CAN_J1939)


def claim(net: ModuleType, sock: Any, vcan: str, name: int) -> None:
    """Tell everybody that this name has the address of the socket; it counts a quarter of a second later."""
    everybody = (vcan, net.J1939_NO_NAME, net.J1939_PGN_ADDRESS_CLAIMED, net.J1939_NO_ADDR)
    assert sock.sendto(name.to_bytes(8, "little"), everybody) == 8
    time.sleep(0.3)


def bind_error(net: ModuleType, address: Any) -> BaseException:
    with net.socket(net.AF_CAN, net.SOCK_DGRAM, net.CAN_J1939) as sock, pytest.raises(Exception) as caught:
        sock.bind(address)
    return caught.value


@pytest.mark.req("FAM-035", "CON-063")
def test_a_bound_socket_reports_all_four_items(net: ModuleType, node: Node, vcan: str) -> None:
    assert node(HERE).getsockname() == (vcan, net.J1939_NO_NAME, net.J1939_NO_PGN, HERE)
    named = node(THERE, NAME)
    assert named.getsockname() == (vcan, NAME, net.J1939_NO_PGN, THERE)
    named.connect((vcan, net.J1939_NO_NAME, PGN, HERE))
    assert named.getsockname() == (vcan, NAME, PGN, THERE)


@pytest.mark.req("FAM-035", "CON-063")
def test_a_message_tells_name_group_and_address_of_its_sender(net: ModuleType, node: Node, vcan: str) -> None:
    here, there = node(HERE), node(THERE)
    assert here.sendto(b"hello", (vcan, net.J1939_NO_NAME, PGN, THERE)) == 5
    assert there.recvfrom(100) == (b"hello", (vcan, net.J1939_NO_NAME, PGN, HERE))


@pytest.mark.req("FAM-035")
def test_a_message_is_one_extended_frame_on_the_bus(net: ModuleType, node: Node, vcan: str, bus: Any) -> None:
    here, _ = node(HERE), node(THERE)
    here.sendto(b"hello", (vcan, net.J1939_NO_NAME, PGN, THERE))
    # Priority 6, the group with the destination in its lowest byte, the source.
    assert content(bus.recv(16)) == (net.CAN_EFF_FLAG | 6 << 26 | PGN << 8 | THERE << 8 | HERE, b"hello")


@pytest.mark.req("FAM-035")
def test_a_connected_socket_sends_to_its_peer(net: ModuleType, node: Node, vcan: str) -> None:
    here, there = node(HERE), node(THERE)
    peer = (vcan, net.J1939_NO_NAME, PGN, THERE)
    here.connect(peer)
    assert here.getpeername() == peer
    assert here.send(b"hello") == 5
    assert there.recvfrom(100) == (b"hello", (vcan, net.J1939_NO_NAME, PGN, HERE))


@pytest.mark.req("FAM-035")
def test_an_unconnected_socket_has_no_peer(node: Node) -> None:
    with pytest.raises(OSError) as caught:
        node(HERE).getpeername()
    assert caught.value.errno == errno.EADDRNOTAVAIL


@pytest.mark.req("FAM-035")
def test_a_bound_group_is_all_that_a_socket_hears(net: ModuleType, node: Node, vcan: str) -> None:
    here, there = node(HERE), node(THERE, pgn=OTHER_PGN)
    for pgn in (PGN, OTHER_PGN):
        here.sendto(pgn.to_bytes(4, "little"), (vcan, net.J1939_NO_NAME, pgn, net.J1939_NO_ADDR))
    assert there.recvfrom(100) == (OTHER_PGN.to_bytes(4, "little"), (vcan, net.J1939_NO_NAME, OTHER_PGN, HERE))


@pytest.mark.req("FAM-035")
def test_a_broadcast_reaches_everybody_if_the_socket_may_send_it(net: ModuleType, node: Node, vcan: str) -> None:
    here, there, third = node(HERE), node(THERE), node(THIRD)
    everybody = (vcan, net.J1939_NO_NAME, PGN, net.J1939_NO_ADDR)
    here.setsockopt(net.SOL_SOCKET, net.SO_BROADCAST, 0)
    with pytest.raises(PermissionError):
        here.sendto(b"all", everybody)
    here.setsockopt(net.SOL_SOCKET, net.SO_BROADCAST, 1)
    here.sendto(b"all", everybody)
    sender = (vcan, net.J1939_NO_NAME, PGN, HERE)
    assert [sock.recvfrom(100) for sock in (there, third)] == [(b"all", sender)] * 2


@pytest.mark.req("FAM-035")
def test_a_claimed_name_stands_for_its_address(net: ModuleType, node: Node, vcan: str) -> None:
    here, there = node(HERE, NAME), node(THERE)
    claim(net, here, vcan, NAME)
    claimed = (vcan, NAME, net.J1939_PGN_ADDRESS_CLAIMED, HERE)
    assert there.recvfrom(100) == (NAME.to_bytes(8, "little"), claimed)
    assert there.sendto(b"by name", (vcan, NAME, PGN, net.J1939_NO_ADDR)) == 7
    assert here.recvfrom(100) == (b"by name", (vcan, net.J1939_NO_NAME, PGN, THERE))
    here.sendto(b"named", (vcan, net.J1939_NO_NAME, PGN, THERE))
    assert there.recvfrom(100) == (b"named", (vcan, NAME, PGN, HERE))


@pytest.mark.req("FAM-035")
def test_a_name_that_nobody_has_claimed_cannot_be_reached(net: ModuleType, node: Node, vcan: str) -> None:
    with pytest.raises(OSError) as caught:
        node(HERE).sendto(b"x", (vcan, OTHER_NAME, PGN, net.J1939_NO_ADDR))
    assert caught.value.errno == errno.EADDRNOTAVAIL


@pytest.mark.req("FAM-035")
def test_a_long_message_arrives_whole(net: ModuleType, node: Node, vcan: str, bus: Any) -> None:
    here, there = node(HERE), node(THERE)
    message = bytes(range(250)) * 4
    assert here.sendto(message, (vcan, net.J1939_NO_NAME, PGN, THERE)) == 1000
    data, (_, *sender) = there.recvfrom(2000)
    assert (data, sender) == (message, [net.J1939_NO_NAME, PGN, HERE])
    _, request = content(bus.recv(16))
    # The transport protocol's request to send (16): size, number of packets, and the group at the end.
    assert request[:4] == struct.pack("<BHB", 16, 1000, 143)
    assert request[5:] == PGN.to_bytes(3, "little")


@pytest.mark.req("FAM-035")
def test_a_long_message_to_everybody_is_announced(net: ModuleType, node: Node, vcan: str, bus: Any) -> None:
    here, there, third = node(HERE), node(THERE), node(THIRD)
    here.sendto(b"0123456789", (vcan, net.J1939_NO_NAME, PGN, net.J1939_NO_ADDR))
    for sock in (there, third):
        # Linux 6.1 does not say on which interface a message of several frames came.
        data, (interface, *sender) = sock.recvfrom(100)
        assert (data, sender) == (b"0123456789", [net.J1939_NO_NAME, PGN, HERE])
        assert interface in ("", vcan)
    # The broadcast announce message (32).
    assert content(bus.recv(16))[1][:4] == struct.pack("<BHB", 32, 10, 2)


@pytest.mark.req("FAM-035")
def test_ancillary_data_tell_destination_and_priority(net: ModuleType, node: Node, vcan: str) -> None:
    here, there = node(HERE, NAME), node(THERE, OTHER_NAME)
    here.setsockopt(level(net), net.SO_J1939_SEND_PRIO, 3)
    assert here.getsockopt(level(net), net.SO_J1939_SEND_PRIO) == 3
    claim(net, here, vcan, NAME)
    claim(net, there, vcan, OTHER_NAME)
    here.sendto(b"urgent", (vcan, OTHER_NAME, PGN, net.J1939_NO_ADDR))
    while (message := there.recvmsg(100, 256))[0] != b"urgent":
        pass
    assert message[3] == (vcan, NAME, PGN, HERE)
    assert sorted(message[1]) == [
        (level(net), net.SCM_J1939_DEST_ADDR, bytes([THERE])),
        (level(net), net.SCM_J1939_DEST_NAME, OTHER_NAME.to_bytes(8, "little")),
        (level(net), net.SCM_J1939_PRIO, b"\3"),
    ]


@pytest.mark.req("FAM-035")
def test_a_promiscuous_socket_hears_what_others_are_sent(net: ModuleType, node: Node, vcan: str) -> None:
    here, _, third = node(HERE), node(THERE), node(THIRD)
    third.setsockopt(level(net), net.SO_J1939_PROMISC, 1)
    here.sendto(b"private", (vcan, net.J1939_NO_NAME, PGN, THERE))
    assert third.recvfrom(100) == (b"private", (vcan, net.J1939_NO_NAME, PGN, HERE))


@pytest.mark.req("FAM-035")
def test_filters_choose_by_group(net: ModuleType, node: Node, vcan: str) -> None:
    here, there = node(HERE), node(THERE)
    # struct j1939_filter: name, name_mask, pgn, pgn_mask, addr, addr_mask.
    chosen = struct.pack("=2Q2I2B6x", 0, 0, OTHER_PGN, net.J1939_PGN_MAX, 0, 0)
    there.setsockopt(level(net), net.SO_J1939_FILTER, chosen)
    for pgn in (PGN, OTHER_PGN):
        here.sendto(b"x", (vcan, net.J1939_NO_NAME, pgn, THERE))
    assert there.recvfrom(100)[1] == (vcan, net.J1939_NO_NAME, OTHER_PGN, HERE)


@pytest.mark.req("FAM-035")
def test_progress_of_a_transfer_comes_through_the_error_queue(net: ModuleType, node: Node, vcan: str) -> None:
    here, there = node(HERE), node(THERE)
    here.setsockopt(level(net), net.SO_J1939_ERRQUEUE, 1)
    here.setsockopt(net.SOL_SOCKET, SO_TIMESTAMPING, REPORT_ACKNOWLEDGEMENTS)
    here.sendto(bytes(100), (vcan, net.J1939_NO_NAME, PGN, THERE))
    assert len(there.recv(200)) == 100
    error, statistics = acknowledgement(net, here)
    assert error[:2] == (errno.ENOMSG, ORIGIN_TIMESTAMPING)
    assert statistics == struct.pack("=2HI", 8, net.J1939_NLA_BYTES_ACKED, 100)


def acknowledgement(net: ModuleType, sock: Any) -> tuple[tuple[Any, ...], bytes]:
    """(struct sock_extended_err, statistics) of the last message that the error queue has about a transfer."""
    while True:
        _, items, flags, _ = sock.recvmsg(0, 512, net.MSG_ERRQUEUE)
        assert flags & net.MSG_ERRQUEUE
        found = {(where, kind): data for where, kind, data in items}
        error = struct.unpack("=I4B2I", found[level(net), net.SCM_J1939_ERRQUEUE])
        if error[5] == ACKNOWLEDGED:
            return error, found[net.SOL_SOCKET, SCM_TIMESTAMPING_OPT_STATS]


@pytest.mark.req("FAM-035")
@pytest.mark.parametrize(
    "address", [("vcan0",), ("vcan0", 0, 0), ("vcan0", 0, 0, 0, 0), ("vcan0", "0", 0, 0), (1, 0, 0, 0)]
)
def test_a_malformed_address_is_a_type_error(net: ModuleType, address: Any) -> None:
    assert isinstance(bind_error(net, address), TypeError)


@pytest.mark.berkeley_only("decision: the address of a node is 8 bits, its name 64, its group 32, and nothing is cut")
@pytest.mark.parametrize(
    "address", [("vcan0", 0, 0, 0x1FF), ("vcan0", 0, 0, -1), ("vcan0", 1 << 64, 0, 1), ("vcan0", 0, 1 << 32, 1)]
)
def test_an_integer_that_does_not_fit_overflows(net: ModuleType, address: Any) -> None:
    assert isinstance(bind_error(net, address), OverflowError)


def test_the_kernel_needs_a_can_interface(net: ModuleType) -> None:
    addresses = (("lo", 0, 0, 1), ("nosuch0", 0, 0, 1))
    assert [getattr(bind_error(net, address), "errno", None) for address in addresses] == [errno.ENODEV, errno.ENODEV]
