"""AF_BLUETOOTH on a virtual controller: HCI and its channels, and sockets of L2CAP, RFCOMM and SCO."""

from __future__ import annotations

import errno
import fcntl
import struct
from types import ModuleType
from typing import Any

import controller as hci
import pytest
from controller import Controller

pytestmark = pytest.mark.stdlib_needs("AF_BLUETOOTH")

# Packet types and channels, bluetooth/hci.h and hci_sock.h of BlueZ; HCIDEVDOWN is _IOW('H', 202, int).
COMMAND_PACKET, EVENT_PACKET = 1, 4
RAW_CHANNEL, USER_CHANNEL, MONITOR_CHANNEL, CONTROL_CHANNEL = 0, 1, 2, 3
NO_DEVICE = 0xFFFF
HCIDEVDOWN = 0x400448CA
SOL_HCI = 0
# lap, length in units of 1.28 s, number of answers.
INQUIRE = hci.LAP + bytes([1, 1])
ANYBODY = "00:00:00:00:00:00"
BREDR, LE_PUBLIC, LE_RANDOM = 0, 1, 2
ATTRIBUTES = 4  # the fixed channel of the attribute protocol
newer = pytest.mark.stdlib_since("3.14")


def bluetooth(net: ModuleType, closing: Any, kind: str, protocol: str) -> Any:
    sock = closing(net.socket(net.AF_BLUETOOTH, getattr(net, kind), getattr(net, protocol)))
    sock.settimeout(10)
    return sock


def raw(net: ModuleType, closing: Any) -> Any:
    return bluetooth(net, closing, "SOCK_RAW", "BTPROTO_HCI")


def l2cap(net: ModuleType, closing: Any, kind: str = "SOCK_SEQPACKET") -> Any:
    return bluetooth(net, closing, kind, "BTPROTO_L2CAP")


def rfcomm(net: ModuleType, closing: Any) -> Any:
    return bluetooth(net, closing, "SOCK_STREAM", "BTPROTO_RFCOMM")


def sco(net: ModuleType, closing: Any) -> Any:
    return bluetooth(net, closing, "SOCK_SEQPACKET", "BTPROTO_SCO")


def command(opcode: int, parameters: bytes) -> bytes:
    return struct.pack("<BHB", COMMAND_PACKET, opcode, len(parameters)) + parameters


def everything(net: ModuleType, sock: Any) -> Any:
    """Let all events through: struct hci_filter is a mask of packet types, one of events, and an opcode."""
    sock.setsockopt(SOL_HCI, net.HCI_FILTER, struct.pack("=IIIH2x", 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))
    return sock


def events(sock: Any, last: int) -> dict[int, bytes]:
    """What arrives until an event of that code, by code."""
    found: dict[int, bytes] = {}
    while last not in found:
        packet = sock.recv(300)
        if packet[0] == EVENT_PACKET:
            found[packet[1]] = packet[3:]
    return found


@pytest.mark.req("FAM-040", "CON-103", "CON-106", "CON-108")
def test_an_inquiry_reports_what_is_near(net: ModuleType, closing: Any, controller: Controller) -> None:
    sock = raw(net, closing)
    sock.bind((controller.index,))
    everything(net, sock).send(command(hci.INQUIRY, INQUIRE))
    found = events(sock, hci.INQUIRY_COMPLETE)
    assert hci.Command(hci.INQUIRY, INQUIRE) in controller.commands
    assert found[hci.INQUIRY_RESULT][1:7] == hci.packed(hci.NEIGHBOUR)


@pytest.mark.req("FAM-040")
@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda index: (index,), id="tuple"),
        pytest.param(lambda index: index, id="bare", marks=newer),
        pytest.param(lambda index: (index, RAW_CHANNEL), id="channel", marks=newer),
    ],
)
def test_a_device_is_bound_by_its_number_in_every_form(
    net: ModuleType, closing: Any, controller: Controller, form: Any
) -> None:
    sock = raw(net, closing)
    sock.bind(form(controller.index))
    assert sock.getsockname() == controller.index
    sock.send(command(hci.READ_ADDRESS, b""))


@newer
@pytest.mark.req("FAM-040")
def test_the_name_of_a_raw_socket_can_be_bound_again(net: ModuleType, closing: Any, controller: Controller) -> None:
    first, second = raw(net, closing), raw(net, closing)
    first.bind((controller.index,))
    second.bind(first.getsockname())
    assert second.getsockname() == first.getsockname()


@pytest.mark.req("FAM-040")
def test_a_device_that_is_not_there_cannot_be_bound(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        raw(net, closing).bind((0x7FFF,))
    assert caught.value.errno == errno.ENODEV


@pytest.mark.req("CON-108")
def test_the_filter_of_a_raw_socket_is_set_and_read(net: ModuleType, closing: Any, controller: Controller) -> None:
    sock = raw(net, closing)
    sock.bind((controller.index,))
    wish = struct.pack("=IIIH2x", 1 << EVENT_PACKET, 1 << hci.COMMAND_COMPLETE, 0, hci.READ_ADDRESS)
    sock.setsockopt(SOL_HCI, net.HCI_FILTER, wish)
    assert sock.getsockopt(SOL_HCI, net.HCI_FILTER, 100)[:14] == wish[:14]


@pytest.mark.req("CON-108")
def test_the_filter_keeps_other_events_away(net: ModuleType, closing: Any, controller: Controller) -> None:
    sock = raw(net, closing)
    sock.bind((controller.index,))
    sock.setsockopt(SOL_HCI, net.HCI_FILTER, struct.pack("=IIIH2x", 1 << EVENT_PACKET, 1 << hci.INQUIRY_RESULT, 0, 0))
    sock.send(command(hci.INQUIRY, INQUIRE))
    assert sock.recv(300)[1] == hci.INQUIRY_RESULT


@pytest.mark.req("CON-109", "CON-110")
@pytest.mark.parametrize("name", ["HCI_DATA_DIR", "HCI_TIME_STAMP"])
def test_control_data_are_switched_on(net: ModuleType, closing: Any, controller: Controller, name: str) -> None:
    sock = raw(net, closing)
    option = getattr(net, name)
    assert sock.getsockopt(SOL_HCI, option) == 0
    sock.setsockopt(SOL_HCI, option, 1)
    assert sock.getsockopt(SOL_HCI, option) == 1


@pytest.mark.req("CON-109", "CON-110")
def test_control_data_tell_direction_and_time(net: ModuleType, closing: Any, controller: Controller) -> None:
    sock = everything(net, raw(net, closing))
    sock.bind((controller.index,))
    sock.setsockopt(SOL_HCI, net.HCI_DATA_DIR, 1)
    sock.setsockopt(SOL_HCI, net.HCI_TIME_STAMP, 1)
    controller.event(hci.INQUIRY_COMPLETE, bytes([hci.SUCCESS]))
    _, ancillary, _, _ = sock.recvmsg(300, 200)
    found = {kind: content for level, kind, content in ancillary if level == SOL_HCI}
    # HCI_CMSG_DIR and HCI_CMSG_TSTAMP: 1 is from the controller.
    assert struct.unpack("=i", found[1]) == (1,)
    assert struct.unpack_from("=q", found[2])[0] > 0


@newer
@pytest.mark.req("FAM-040")
def test_the_user_channel_has_the_controller_for_itself(net: ModuleType, closing: Any, controller: Controller) -> None:
    control = raw(net, closing)
    fcntl.ioctl(control.fileno(), HCIDEVDOWN, controller.index)
    sock = raw(net, closing)
    sock.bind((controller.index, USER_CHANNEL))
    sock.send(command(hci.INQUIRY, INQUIRE))
    found = events(sock, hci.INQUIRY_COMPLETE)
    assert found[hci.INQUIRY_RESULT][1:7] == hci.packed(hci.NEIGHBOUR)
    # The kernel reports no channel.
    assert sock.getsockname() == controller.index


@newer
@pytest.mark.req("FAM-040")
def test_the_user_channel_is_refused_while_the_device_is_up(
    net: ModuleType, closing: Any, controller: Controller
) -> None:
    with pytest.raises(OSError) as caught:
        raw(net, closing).bind((controller.index, USER_CHANNEL))
    assert caught.value.errno == errno.EBUSY


@newer
@pytest.mark.req("FAM-040")
@pytest.mark.parametrize("device", [NO_DEVICE, -1])
def test_the_control_channel_answers_without_a_device(net: ModuleType, closing: Any, device: int) -> None:
    sock = raw(net, closing)
    if device == -1 and net.__name__ == "socket":
        device = NO_DEVICE
    sock.bind((device, CONTROL_CHANNEL))
    # MGMT_OP_READ_VERSION: opcode, controller, length of parameters.
    sock.send(struct.pack("<HHH", 0x0001, NO_DEVICE, 0))
    event, index, _, opcode, status, version = struct.unpack_from("<HHHHBB", sock.recv(300))
    assert (event, index, opcode, status, version) == (1, NO_DEVICE, 0x0001, hci.SUCCESS, 1)


@newer
@pytest.mark.req("FAM-040")
def test_the_control_channel_lists_the_controller(net: ModuleType, closing: Any, controller: Controller) -> None:
    sock = raw(net, closing)
    sock.bind((NO_DEVICE, CONTROL_CHANNEL))
    # MGMT_OP_READ_INFO
    sock.send(struct.pack("<HHH", 0x0004, controller.index, 0))
    while True:
        answer = sock.recv(400)
        event, index, _, opcode, status = struct.unpack_from("<HHHHB", answer)
        if (event, opcode) == (1, 0x0004):
            break
    assert (index, status) == (controller.index, hci.SUCCESS)
    assert answer[9:15] == hci.packed(controller.address)


@newer
@pytest.mark.req("FAM-040")
def test_the_monitor_channel_sees_the_commands_of_others(
    net: ModuleType, closing: Any, controller: Controller
) -> None:
    monitor, sock = raw(net, closing), raw(net, closing)
    monitor.bind((NO_DEVICE, MONITOR_CHANNEL))
    sock.bind((controller.index,))
    sent = command(hci.INQUIRY, INQUIRE)
    sock.send(sent)
    seen = b""
    # struct hci_mon_hdr: kind, controller, length; what follows a command (2) has no packet type.
    while seen[:4] != struct.pack("<HH", 2, controller.index) or seen[6:] != sent[1:]:
        seen = monitor.recv(1000)


@pytest.mark.req("FAM-038", "CON-104")
def test_a_socket_of_l2cap_is_bound_and_listens(net: ModuleType, closing: Any, controller: Controller) -> None:
    sock = l2cap(net, closing)
    sock.bind((ANYBODY, 0x1001))
    sock.listen()
    assert sock.getsockname() == (ANYBODY, 0x1001)
    sock.setblocking(False)
    with pytest.raises(BlockingIOError):
        sock.accept()


@pytest.mark.req("FAM-038")
def test_the_address_of_a_controller_is_bound(net: ModuleType, closing: Any, controller: Controller) -> None:
    sock = l2cap(net, closing)
    sock.bind((controller.address.lower(), 0x1003))
    assert sock.getsockname() == (controller.address.upper(), 0x1003)


@pytest.mark.req("FAM-038")
def test_a_port_of_l2cap_belongs_to_one_socket(net: ModuleType, closing: Any, controller: Controller) -> None:
    l2cap_bound = l2cap(net, closing)
    l2cap_bound.bind((controller.address, 0x1005))
    with pytest.raises(OSError) as caught:
        l2cap(net, closing).bind((controller.address, 0x1005))
    assert caught.value.errno == errno.EADDRINUSE


@pytest.mark.req("FAM-038")
def test_a_port_of_l2cap_has_to_be_odd(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        l2cap(net, closing).bind((ANYBODY, 0x1002))
    assert caught.value.errno == errno.EINVAL


@newer
@pytest.mark.req("FAM-038")
@pytest.mark.parametrize("kind", [LE_PUBLIC, LE_RANDOM])
def test_a_channel_of_low_energy_is_bound_with_its_type(
    net: ModuleType, closing: Any, controller: Controller, kind: int
) -> None:
    address = (controller.address if kind == LE_PUBLIC else "C2:00:00:00:00:01", 0, ATTRIBUTES, kind)
    sock = l2cap(net, closing)
    sock.bind(address)
    assert sock.getsockname() == address


@newer
@pytest.mark.req("FAM-038")
def test_default_items_are_left_out_of_the_name(net: ModuleType, closing: Any) -> None:
    sock = l2cap(net, closing)
    sock.bind((ANYBODY, 0x1007, 0, BREDR))
    assert sock.getsockname() == (ANYBODY, 0x1007)


@newer
@pytest.mark.req("FAM-038")
def test_a_port_and_a_channel_at_once_are_refused(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        l2cap(net, closing).bind((ANYBODY, 0x1009, ATTRIBUTES))
    assert caught.value.errno == errno.EINVAL


@pytest.mark.req("FAM-038")
def test_connecting_asks_the_controller_for_the_device(net: ModuleType, closing: Any, controller: Controller) -> None:
    with pytest.raises(OSError) as caught:
        l2cap(net, closing).connect((hci.NEIGHBOUR, 0x1001))
    assert caught.value.errno == errno.EHOSTDOWN
    asked = [one.parameters[:6] for one in controller.commands if one.opcode == hci.CREATE_CONNECTION]
    assert asked == [hci.packed(hci.NEIGHBOUR)]


@pytest.mark.req("FAM-039", "CON-105", "CON-101")
def test_a_socket_of_rfcomm_is_bound_and_listens(net: ModuleType, closing: Any, controller: Controller) -> None:
    sock = rfcomm(net, closing)
    sock.bind((net.BDADDR_ANY, 5))
    sock.listen()
    assert sock.getsockname() == (ANYBODY, 5)
    sock.setblocking(False)
    with pytest.raises(BlockingIOError):
        sock.accept()


@pytest.mark.req("FAM-039", "CON-101")
def test_channel_0_of_rfcomm_lets_the_kernel_choose(net: ModuleType, closing: Any, controller: Controller) -> None:
    first, second = rfcomm(net, closing), rfcomm(net, closing)
    for sock in (first, second):
        sock.bind((net.BDADDR_ANY, 0))
        sock.listen()
    channels = [sock.getsockname()[1] for sock in (first, second)]
    assert 0 not in channels and channels[0] != channels[1]


@pytest.mark.req("FAM-039")
def test_the_address_of_a_controller_is_bound_to_a_channel(
    net: ModuleType, closing: Any, controller: Controller
) -> None:
    sock = rfcomm(net, closing)
    sock.bind((controller.address, 7))
    assert sock.getsockname() == (controller.address, 7)
    with pytest.raises(OSError) as caught:
        rfcomm(net, closing).bind((controller.address, 7))
    assert caught.value.errno == errno.EADDRINUSE


@pytest.mark.req("FAM-039")
def test_rfcomm_asks_the_controller_for_the_device(net: ModuleType, closing: Any, controller: Controller) -> None:
    with pytest.raises(OSError) as caught:
        rfcomm(net, closing).connect((hci.NEIGHBOUR, 1))
    assert caught.value.errno == errno.EHOSTDOWN
    asked = [one.parameters[:6] for one in controller.commands if one.opcode == hci.CREATE_CONNECTION]
    assert asked == [hci.packed(hci.NEIGHBOUR)]


@pytest.mark.req("FAM-042", "CON-107")
def test_a_socket_of_sco_is_bound_and_listens(net: ModuleType, closing: Any, controller: Controller) -> None:
    sock = sco(net, closing)
    sock.bind(ANYBODY.encode())
    sock.listen()
    assert sock.getsockname() == ANYBODY
    sock.setblocking(False)
    with pytest.raises(BlockingIOError):
        sock.accept()


@pytest.mark.req("FAM-042")
@pytest.mark.parametrize("form", [pytest.param(str.encode, id="bytes"), pytest.param(str, id="str", marks=newer)])
def test_the_device_of_sco_is_given_in_every_form(
    net: ModuleType, closing: Any, controller: Controller, form: Any
) -> None:
    sock = sco(net, closing)
    sock.bind(form(controller.address))
    assert sock.getsockname() == controller.address


@pytest.mark.req("FAM-042")
def test_sco_does_not_take_a_tuple(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError, match="wrong format"):
        sco(net, closing).bind((ANYBODY,))


@pytest.mark.stdlib_needs("BT_SECURITY")
def test_the_level_of_security_is_set_and_read(net: ModuleType, closing: Any) -> None:
    sock = rfcomm(net, closing)
    # struct bt_security: level, size of the key.
    sock.setsockopt(net.SOL_BLUETOOTH, net.BT_SECURITY, bytes([net.BT_SECURITY_MEDIUM, 0]))
    assert sock.getsockopt(net.SOL_BLUETOOTH, net.BT_SECURITY, 2)[0] == net.BT_SECURITY_MEDIUM
