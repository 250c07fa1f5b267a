"""CAN_BCM: the kernel's broadcast manager sends frames in cycles, and reports those that change."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from can_messages import bcm_content, bcm_message, content, fd_frame, filters, frame

ID = 0x456
EVERY = 0.02


@pytest.fixture
def manager(net: ModuleType, closing: Any) -> Any:
    """A broadcast manager connected to vcan0."""
    return connected(net, closing, "vcan0")


def connected(net: ModuleType, closing: Any, interface: str) -> Any:
    sock = closing(net.socket(net.AF_CAN, net.SOCK_DGRAM, net.CAN_BCM))
    sock.settimeout(10)
    sock.connect((interface,))
    return sock


@pytest.fixture
def node(net: ModuleType, closing: Any) -> Callable[..., Any]:
    """node("vcan0") is a raw socket that takes the frames with ID alone."""

    def make(interface: str = "vcan0") -> Any:
        sock = closing(net.socket(net.AF_CAN, net.SOCK_RAW, net.CAN_RAW))
        sock.settimeout(10)
        sock.setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FILTER, filters((ID, net.CAN_SFF_MASK)))
        sock.bind((interface,))
        return sock

    return make


def cyclic(net: ModuleType, *frames: bytes, flags: int = 0, **fields: Any) -> bytes:
    chosen = {"intervals": (0, EVERY), "can_id": ID, **fields}
    flags |= net.CAN_BCM_SETTIMER | net.CAN_BCM_STARTTIMER
    return bcm_message(net.CAN_BCM_TX_SETUP, flags, frames=frames, **chosen)


def watching(net: ModuleType, *masks: bytes, flags: int = 0, **fields: Any) -> bytes:
    return bcm_message(net.CAN_BCM_RX_SETUP, flags, frames=masks, **{"can_id": ID, **fields})


def errno_of(call: Callable[..., Any], *arguments: Any) -> int | None:
    with pytest.raises(OSError) as caught:
        call(*arguments)
    return caught.value.errno


@pytest.mark.req("EX-009", "FUN-006")
def test_a_manager_is_connected_not_bound(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket(net.AF_CAN, net.SOCK_DGRAM, net.CAN_BCM))
    assert errno_of(sock.bind, ("vcan0",)) == errno.EOPNOTSUPP
    assert errno_of(sock.send, bcm_message(net.CAN_BCM_TX_READ, can_id=ID)) == errno.ENOTCONN
    assert errno_of(sock.connect, ("nosuch0",)) == errno.ENODEV
    sock.connect(("vcan0",))
    assert errno_of(sock.connect, ("vcan0",)) == errno.EISCONN


@pytest.mark.req("FAM-031")
@pytest.mark.parametrize("address", ["vcan0", (), ("vcan0", 1, 2), (1,)])
def test_a_malformed_address_is_a_type_error(net: ModuleType, closing: Any, address: Any) -> None:
    sock = closing(net.socket(net.AF_CAN, net.SOCK_DGRAM, net.CAN_BCM))
    with pytest.raises(TypeError):
        sock.connect(address)


@pytest.mark.req("CON-057", "EX-009")
def test_a_cyclic_frame_is_sent_again_and_again(net: ModuleType, manager: Any, node: Any) -> None:
    listener = node()
    began = time.monotonic()
    manager.send(cyclic(net, frame(ID, b"tick")))
    assert [listener.recvfrom(16) for _ in range(4)] == [(frame(ID, b"tick"), ("vcan0",))] * 4
    # The first frame leaves at once; the clock of the kernel and that of the test may differ a little.
    assert time.monotonic() - began >= 3 * EVERY * 0.9


@pytest.mark.req("CON-057")
def test_several_frames_take_turns(net: ModuleType, manager: Any, node: Any) -> None:
    listener = node()
    manager.send(cyclic(net, frame(ID, b"one"), frame(ID, b"two"), frame(ID, b"three")))
    received = [content(listener.recv(16))[1] for _ in range(6)]
    assert received == [b"one", b"two", b"three"] * 2


@pytest.mark.req("CON-057")
def test_new_content_replaces_the_old_in_the_next_cycle(net: ModuleType, manager: Any, node: Any) -> None:
    listener = node()
    manager.send(cyclic(net, frame(ID, b"old")))
    assert listener.recv(16) == frame(ID, b"old")
    manager.send(bcm_message(net.CAN_BCM_TX_SETUP, can_id=ID, frames=[frame(ID, b"new")]))
    while listener.recv(16) != frame(ID, b"new"):
        pass
    assert listener.recv(16) == frame(ID, b"new")


@pytest.mark.req("CON-057")
def test_a_count_ends_the_first_interval_with_a_message(net: ModuleType, manager: Any, node: Any) -> None:
    listener = node()
    manager.send(cyclic(net, frame(ID, b"\3"), flags=net.CAN_BCM_TX_COUNTEVT, count=3, intervals=(EVERY, 0)))
    assert bcm_content(manager.recv(100))[:2] == (net.CAN_BCM_TX_EXPIRED, ID)
    assert [listener.recv(16) for _ in range(3)] == [frame(ID, b"\3")] * 3
    listener.settimeout(5 * EVERY)
    with pytest.raises(TimeoutError):
        listener.recv(16)


@pytest.mark.req("EX-009")
def test_a_task_can_be_read_and_deleted(net: ModuleType, manager: Any) -> None:
    manager.send(cyclic(net, frame(ID, b"tick"), intervals=(0, 5)))
    manager.send(bcm_message(net.CAN_BCM_TX_READ, can_id=ID))
    status, address = manager.recvfrom(100)
    assert bcm_content(status) == (net.CAN_BCM_TX_STATUS, ID, frame(ID, b"tick"))
    # The kernel names an interface in messages about received frames alone.
    assert address == ("",)
    manager.send(bcm_message(net.CAN_BCM_TX_DELETE, can_id=ID))
    assert errno_of(manager.send, bcm_message(net.CAN_BCM_TX_READ, can_id=ID)) == errno.EINVAL


@pytest.mark.req("CON-057")
def test_closing_the_manager_ends_its_cycles(net: ModuleType, closing: Any, node: Any) -> None:
    listener, manager = node(), connected(net, closing, "vcan0")
    manager.send(cyclic(net, frame(ID)))
    assert listener.recv(16) == frame(ID)
    manager.close()
    listener.settimeout(5 * EVERY)
    with pytest.raises(TimeoutError):
        # What was sent before the end may still be there.
        for _ in range(50):
            listener.recv(16)


def test_a_single_frame_is_sent_without_a_task(net: ModuleType, manager: Any, node: Any) -> None:
    listener = node()
    manager.send(bcm_message(net.CAN_BCM_TX_SEND, frames=[frame(ID, b"once")]))
    assert listener.recv(16) == frame(ID, b"once")


@pytest.mark.req("FAM-032")
def test_a_manager_of_all_interfaces_sends_to_that_of_the_address(net: ModuleType, closing: Any, node: Any) -> None:
    manager, here, there = connected(net, closing, ""), node("vcan0"), node("vcan1")
    for interface in ("vcan1", "vcan0"):
        message = bcm_message(net.CAN_BCM_TX_SEND, frames=[frame(ID, interface.encode())])
        manager.sendto(message, (interface,))
    assert [content(here.recv(16))[1], content(there.recv(16))[1]] == [b"vcan0", b"vcan1"]


@pytest.mark.req("EX-009")
def test_a_receive_filter_reports_changes_of_the_chosen_bits_alone(net: ModuleType, manager: Any, node: Any) -> None:
    sender = node()
    manager.send(watching(net, frame(ID, b"\xff\0\0\0\0\0\0\0")))
    for data in (b"\1AAAAAAA", b"\1BBBBBBB", b"\2CCCCCCC", b"\2DDDDDDD", b"\3EEEEEEE"):
        sender.send(frame(ID, data))
    messages = [manager.recvfrom(100) for _ in range(3)]
    assert [bcm_content(raw)[:2] for raw, _ in messages] == [(net.CAN_BCM_RX_CHANGED, ID)] * 3
    assert [content(bcm_content(raw)[2])[1] for raw, _ in messages] == [b"\1AAAAAAA", b"\2CCCCCCC", b"\3EEEEEEE"]
    assert {address for _, address in messages} == {("vcan0",)}


@pytest.mark.req("EX-009")
def test_a_receive_filter_by_identifier_reports_every_frame(net: ModuleType, manager: Any, node: Any) -> None:
    sender = node()
    manager.send(watching(net, flags=net.CAN_BCM_RX_FILTER_ID))
    for data in (b"same", b"same"):
        sender.send(frame(ID, data))
    received = [bcm_content(manager.recv(100)) for _ in range(2)]
    assert received == [(net.CAN_BCM_RX_CHANGED, ID, frame(ID, b"same"))] * 2


@pytest.mark.req("FAM-032")
def test_a_receive_filter_on_all_interfaces_tells_the_real_one(net: ModuleType, closing: Any, node: Any) -> None:
    manager = connected(net, closing, "")
    manager.send(watching(net, flags=net.CAN_BCM_RX_FILTER_ID))
    for interface in ("vcan1", "vcan0"):
        node(interface).send(frame(ID, interface.encode()))
    received = [manager.recvfrom(100) for _ in range(2)]
    assert [(content(bcm_content(raw)[2])[1].decode(), address) for raw, address in received] == [
        ("vcan1", ("vcan1",)),
        ("vcan0", ("vcan0",)),
    ]


def test_a_frame_that_stays_away_is_reported(net: ModuleType, manager: Any, node: Any) -> None:
    manager.send(watching(net, flags=net.CAN_BCM_RX_FILTER_ID | net.CAN_BCM_SETTIMER, intervals=(EVERY, 0)))
    node().send(frame(ID))
    assert bcm_content(manager.recv(100))[0] == net.CAN_BCM_RX_CHANGED
    assert bcm_content(manager.recv(100))[:2] == (net.CAN_BCM_RX_TIMEOUT, ID)


def test_a_receive_filter_can_be_read_and_deleted(net: ModuleType, manager: Any) -> None:
    mask = frame(ID, b"\x0f\0\0\0\0\0\0\0")
    manager.send(watching(net, mask))
    manager.send(bcm_message(net.CAN_BCM_RX_READ, can_id=ID))
    assert bcm_content(manager.recv(100)) == (net.CAN_BCM_RX_STATUS, ID, mask)
    manager.send(bcm_message(net.CAN_BCM_RX_DELETE, can_id=ID))
    assert errno_of(manager.send, bcm_message(net.CAN_BCM_RX_READ, can_id=ID)) == errno.EINVAL


def test_a_remote_request_is_answered_by_the_kernel(net: ModuleType, manager: Any, node: Any) -> None:
    other = node()
    request = ID | net.CAN_RTR_FLAG
    manager.send(watching(net, frame(ID, b"answer"), flags=net.CAN_BCM_RX_RTR_FRAME, can_id=request))
    other.send(frame(request))
    assert other.recv(16) == frame(ID, b"answer")


@pytest.mark.req("CON-059")
def test_fd_frames_are_sent_in_cycles_and_filtered(net: ModuleType, manager: Any, closing: Any, node: Any) -> None:
    watcher, other = connected(net, closing, "vcan0"), node()
    other.setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FD_FRAMES, 1)
    watcher.send(watching(net, flags=net.CAN_BCM_RX_FILTER_ID | net.CAN_BCM_CAN_FD_FRAME))
    manager.send(cyclic(net, fd_frame(ID, bytes(range(64))), flags=net.CAN_BCM_CAN_FD_FRAME))
    received = [content(other.recv(100)) for _ in range(2)]
    assert received == [(ID, bytes(range(64)))] * 2
    opcode, _, raw = bcm_content(watcher.recv(200))
    assert (opcode, content(raw)) == (net.CAN_BCM_RX_CHANGED, received[0])
