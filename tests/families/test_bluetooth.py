"""Sockets of L2CAP, RFCOMM and SCO on a virtual Bluetooth controller: binding, listening, names."""

from __future__ import annotations

import errno
from types import ModuleType
from typing import Any

import controller as hci
import pytest
from controller import Controller

pytestmark = pytest.mark.stdlib_needs("AF_BLUETOOTH")

ANYBODY = "00:00:00:00:00:00"
BREDR, LE_PUBLIC, LE_RANDOM = 0, 1, 2
ATTRIBUTES = 4  # the fixed channel of the attribute protocol
newer = pytest.mark.stdlib_since("3.14")


def bluetooth(net: ModuleType, closing: Any, kind: str, protocol: str) -> Any:
    sock = closing(net.socket(net.AF_BLUETOOTH, getattr(net, kind), getattr(net, protocol)))
    sock.settimeout(10)
    return sock


def l2cap(net: ModuleType, closing: Any, kind: str = "SOCK_SEQPACKET") -> Any:
    return bluetooth(net, closing, kind, "BTPROTO_L2CAP")


def rfcomm(net: ModuleType, closing: Any) -> Any:
    return bluetooth(net, closing, "SOCK_STREAM", "BTPROTO_RFCOMM")


def sco(net: ModuleType, closing: Any) -> Any:
    return bluetooth(net, closing, "SOCK_SEQPACKET", "BTPROTO_SCO")


@pytest.mark.req("FAM-038", "CON-104")
def test_a_socket_of_l2cap_is_bound_and_listens(net: ModuleType, controller: Controller, closing: Any) -> None:
    sock = l2cap(net, closing)
    sock.bind((ANYBODY, 0x1001))
    sock.listen()
    assert sock.getsockname() == (ANYBODY, 0x1001)
    sock.setblocking(False)
    with pytest.raises(BlockingIOError):
        sock.accept()


@pytest.mark.req("FAM-038")
def test_the_address_of_a_controller_is_bound(net: ModuleType, controller: Controller, closing: Any) -> None:
    sock = l2cap(net, closing)
    sock.bind((controller.address.lower(), 0x1003))
    assert sock.getsockname() == (controller.address.upper(), 0x1003)


@pytest.mark.req("FAM-038")
def test_a_port_of_l2cap_belongs_to_one_socket(net: ModuleType, controller: Controller, closing: Any) -> None:
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
    net: ModuleType, controller: Controller, closing: Any, kind: int
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


# The connection itself stays out: closing a socket whose connect() a controller has refused crashes Linux 6.1.192
# (list_del corruption in hci_chan_del).
@pytest.mark.req("FAM-038", "FAM-039", "FAM-042")
@pytest.mark.parametrize(
    ("make", "address"),
    [(l2cap, (hci.NEIGHBOUR, 0x1001)), (rfcomm, (hci.NEIGHBOUR, 1)), (sco, hci.NEIGHBOUR.encode())],
    ids=["l2cap", "rfcomm", "sco"],
)
def test_nothing_is_reached_without_a_controller(net: ModuleType, closing: Any, make: Any, address: Any) -> None:
    with pytest.raises(OSError) as caught:
        make(net, closing).connect(address)
    assert caught.value.errno == errno.EHOSTUNREACH


@pytest.mark.req("FAM-039", "CON-105", "CON-101")
def test_a_socket_of_rfcomm_is_bound_and_listens(net: ModuleType, controller: Controller, closing: Any) -> None:
    sock = rfcomm(net, closing)
    sock.bind((net.BDADDR_ANY, 5))
    sock.listen()
    assert sock.getsockname() == (ANYBODY, 5)
    sock.setblocking(False)
    with pytest.raises(BlockingIOError):
        sock.accept()


@pytest.mark.req("FAM-039", "CON-101")
def test_channel_0_of_rfcomm_lets_the_kernel_choose(net: ModuleType, controller: Controller, closing: Any) -> None:
    first, second = rfcomm(net, closing), rfcomm(net, closing)
    for sock in (first, second):
        sock.bind((net.BDADDR_ANY, 0))
        sock.listen()
    channels = [sock.getsockname()[1] for sock in (first, second)]
    assert 0 not in channels
    assert channels[0] != channels[1]


@pytest.mark.req("FAM-039")
def test_the_address_of_a_controller_is_bound_to_a_channel(
    net: ModuleType, controller: Controller, closing: Any
) -> None:
    sock = rfcomm(net, closing)
    sock.bind((controller.address, 7))
    assert sock.getsockname() == (controller.address, 7)
    with pytest.raises(OSError) as caught:
        rfcomm(net, closing).bind((controller.address, 7))
    assert caught.value.errno == errno.EADDRINUSE


@pytest.mark.req("FAM-042", "CON-107")
def test_a_socket_of_sco_is_bound_and_listens(net: ModuleType, controller: Controller, closing: Any) -> None:
    sock = sco(net, closing)
    sock.bind(ANYBODY.encode())
    sock.listen()
    assert sock.getsockname() == ANYBODY
    sock.setblocking(False)
    with pytest.raises(BlockingIOError):
        sock.accept()


@pytest.mark.req("FAM-042")
def test_the_device_of_sco_is_given_as_bytes(net: ModuleType, controller: Controller, closing: Any) -> None:
    sock = sco(net, closing)
    sock.bind(controller.address.encode())
    assert sock.getsockname() == controller.address


@newer
@pytest.mark.req("FAM-042")
def test_the_name_of_sco_can_be_bound_again(net: ModuleType, controller: Controller, closing: Any) -> None:
    with sco(net, closing) as first:
        first.bind(controller.address)
        name = first.getsockname()
    second = sco(net, closing)
    second.bind(name)
    assert second.getsockname() == name == controller.address


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
