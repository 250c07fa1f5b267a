"""HCI sockets of AF_BLUETOOTH on a virtual controller: commands, events, filters, and all channels."""

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
newer = pytest.mark.stdlib_since("3.14")


def raw(net: ModuleType, closing: Any) -> Any:
    sock = closing(net.socket(net.AF_BLUETOOTH, net.SOCK_RAW, net.BTPROTO_HCI))
    sock.settimeout(10)
    return sock


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
def test_an_inquiry_reports_what_is_near(net: ModuleType, controller: Controller, closing: Any) -> None:
    sock = raw(net, closing)
    sock.bind((controller.index,))
    everything(net, sock).send(command(hci.INQUIRY, INQUIRE))
    found = events(sock, hci.INQUIRY_COMPLETE)
    assert hci.Command(hci.INQUIRY, INQUIRE) in controller.commands
    assert found[hci.INQUIRY_RESULT][1:7] == hci.packed(hci.NEIGHBOUR)


@pytest.mark.req("FAM-040")
def test_a_device_is_bound_by_a_tuple_and_named_by_its_number(
    net: ModuleType, controller: Controller, closing: Any
) -> None:
    sock = raw(net, closing)
    sock.bind((controller.index,))
    assert sock.getsockname() == controller.index


@newer
@pytest.mark.req("FAM-040")
@pytest.mark.parametrize("form", [int, lambda index: (index, RAW_CHANNEL)], ids=["number", "channel"])
def test_a_device_is_bound_by_its_number_and_with_a_channel(
    net: ModuleType, controller: Controller, closing: Any, form: Any
) -> None:
    sock = raw(net, closing)
    sock.bind(form(controller.index))
    assert sock.getsockname() == controller.index


@pytest.mark.req("FAM-040")
def test_a_device_that_is_not_there_cannot_be_bound(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        raw(net, closing).bind((0x7FFF,))
    assert caught.value.errno == errno.ENODEV


@pytest.mark.req("CON-108")
def test_the_filter_of_a_raw_socket_is_set_and_read(net: ModuleType, controller: Controller, closing: Any) -> None:
    sock = raw(net, closing)
    sock.bind((controller.index,))
    wish = struct.pack("=IIIH2x", 1 << EVENT_PACKET, 1 << hci.COMMAND_COMPLETE, 0, hci.READ_ADDRESS)
    sock.setsockopt(SOL_HCI, net.HCI_FILTER, wish)
    assert sock.getsockopt(SOL_HCI, net.HCI_FILTER, 100)[:14] == wish[:14]


@pytest.mark.req("CON-108")
def test_the_filter_keeps_other_events_away(net: ModuleType, controller: Controller, closing: Any) -> None:
    sock = raw(net, closing)
    sock.bind((controller.index,))
    sock.setsockopt(SOL_HCI, net.HCI_FILTER, struct.pack("=IIIH2x", 1 << EVENT_PACKET, 1 << hci.INQUIRY_RESULT, 0, 0))
    sock.send(command(hci.INQUIRY, INQUIRE))
    assert sock.recv(300)[1] == hci.INQUIRY_RESULT


@pytest.mark.req("CON-109", "CON-110")
@pytest.mark.parametrize("name", ["HCI_DATA_DIR", "HCI_TIME_STAMP"])
def test_control_data_are_switched_on(net: ModuleType, controller: Controller, closing: Any, name: str) -> None:
    sock = raw(net, closing)
    option = getattr(net, name)
    assert sock.getsockopt(SOL_HCI, option) == 0
    sock.setsockopt(SOL_HCI, option, 1)
    assert sock.getsockopt(SOL_HCI, option) == 1


@pytest.mark.req("CON-109", "CON-110")
def test_control_data_tell_direction_and_time(net: ModuleType, controller: Controller, closing: Any) -> None:
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
def test_the_user_channel_has_the_controller_for_itself(net: ModuleType, controller: Controller, closing: Any) -> None:
    control = raw(net, closing)
    fcntl.ioctl(control.fileno(), HCIDEVDOWN, controller.index)
    sock = raw(net, closing)
    sock.bind((controller.index, USER_CHANNEL))
    sock.send(command(hci.INQUIRY, INQUIRE))
    found = events(sock, hci.INQUIRY_COMPLETE)
    assert found[hci.INQUIRY_RESULT][1:7] == hci.packed(hci.NEIGHBOUR)
    assert sock.getsockname() == (controller.index, USER_CHANNEL)


@newer
@pytest.mark.req("FAM-040")
def test_the_user_channel_is_refused_while_the_device_is_up(
    net: ModuleType, controller: Controller, closing: Any
) -> None:
    with pytest.raises(OSError) as caught:
        raw(net, closing).bind((controller.index, USER_CHANNEL))
    assert caught.value.errno == errno.EBUSY


@newer
@pytest.mark.req("FAM-040")
def test_the_control_channel_answers_without_a_device(net: ModuleType, closing: Any) -> None:
    sock = raw(net, closing)
    sock.bind((NO_DEVICE, CONTROL_CHANNEL))
    # MGMT_OP_READ_VERSION: opcode, controller, length of parameters.
    sock.send(struct.pack("<HHH", 0x0001, NO_DEVICE, 0))
    event, index, _, opcode, status, version = struct.unpack_from("<HHHHBB", sock.recv(300))
    assert (event, index, opcode, status, version) == (1, NO_DEVICE, 0x0001, hci.SUCCESS, 1)


@pytest.mark.berkeley_only("-1 stands for HCI_DEV_NONE")
@pytest.mark.req("FAM-040")
def test_the_control_channel_lists_the_controller(net: ModuleType, controller: Controller, closing: Any) -> None:
    sock = raw(net, closing)
    sock.bind((-1, CONTROL_CHANNEL))
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
def test_the_monitor_channel_sees_the_commands_of_others(net: ModuleType, controller: Controller, closing: Any) -> None:
    monitor, sock = raw(net, closing), raw(net, closing)
    monitor.bind((NO_DEVICE, MONITOR_CHANNEL))
    sock.bind((controller.index,))
    sent = command(hci.INQUIRY, INQUIRE)
    sock.send(sent)
    seen = b""
    # struct hci_mon_hdr: kind, controller, length; what follows a command (2) has no packet type.
    while seen[:4] != struct.pack("<HH", 2, controller.index) or seen[6:] != sent[1:]:
        seen = monitor.recv(1000)
