"""CAN_RAW filters: by identifier, inverted, joined, and by class of error."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from can_messages import content, filters, frame

INVERTED = 0x20000000  # CAN_INV_FILTER of linux/can.h
# linux/can/error.h
TX_TIMEOUT, BUS_OFF, ERROR_DATA = 0x01, 0x40, 8
MARK = 0x7FF


@pytest.fixture
def pair(net: ModuleType, closing: Any) -> Any:
    """Two raw sockets on vcan0: the frames of the first are filtered for the second."""
    sockets = [closing(net.socket(net.AF_CAN, net.SOCK_RAW, net.CAN_RAW)) for _ in range(2)]
    for sock in sockets:
        sock.settimeout(10)
        sock.bind(("vcan0",))
    return sockets


def passed(pair: Any, *identifiers: int) -> list[int]:
    """Which of these frames reach the second socket; a frame that passes every filter follows them."""
    for can_id in identifiers:
        pair[0].send(frame(can_id))
    pair[0].send(frame(MARK))
    seen: list[int] = []
    while MARK not in seen:
        seen.append(content(pair[1].recv(16))[0])
    return seen[:-1]


def test_a_new_socket_takes_all_frames(net: ModuleType, pair: Any) -> None:
    assert pair[1].getsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FILTER, 64) == filters((0, 0))
    assert passed(pair, 0, 0x123, net.CAN_EFF_FLAG | 0x123) == [0, 0x123, net.CAN_EFF_FLAG | 0x123]


def test_filters_let_frames_pass_that_match_one_of_them(net: ModuleType, pair: Any) -> None:
    chosen = filters((0x100, 0x7F0), (0x200, net.CAN_SFF_MASK), (MARK, net.CAN_SFF_MASK))
    pair[1].setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FILTER, chosen)
    assert pair[1].getsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FILTER, 64) == chosen
    assert passed(pair, 0x0FF, 0x100, 0x10F, 0x110, 0x200, 0x201) == [0x100, 0x10F, 0x200]


def test_a_filter_tells_standard_identifiers_from_extended_ones(net: ModuleType, pair: Any) -> None:
    exact = net.CAN_EFF_FLAG | net.CAN_RTR_FLAG | net.CAN_SFF_MASK
    chosen = filters((0x123, exact), (MARK, exact))
    pair[1].setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FILTER, chosen)
    assert passed(pair, 0x123 | net.CAN_EFF_FLAG, 0x123 | net.CAN_RTR_FLAG, 0x123) == [0x123]


def test_an_inverted_filter_lets_everything_else_pass(net: ModuleType, pair: Any) -> None:
    pair[1].setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FILTER, filters((0x123 | INVERTED, net.CAN_SFF_MASK)))
    assert passed(pair, 0x122, 0x123, 0x124) == [0x122, 0x124]


def test_an_empty_list_of_filters_lets_nothing_pass(net: ModuleType, pair: Any) -> None:
    pair[1].setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FILTER, b"")
    pair[0].send(frame(1))
    pair[1].settimeout(0)
    with pytest.raises(BlockingIOError):
        pair[1].recv(16)


@pytest.mark.req("CON-061")
def test_joined_filters_let_only_frames_pass_that_match_all_of_them(net: ModuleType, pair: Any) -> None:
    pair[1].setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FILTER, filters((0x700, 0x700), (0x00F, 0x00F)))
    assert pair[1].getsockopt(net.SOL_CAN_RAW, net.CAN_RAW_JOIN_FILTERS) == 0
    assert sorted({*passed(pair, 0x700, 0x10F, 0x70F, 0x100)}) == [0x10F, 0x700, 0x70F]


@pytest.mark.req("CON-061")
def test_joining_is_an_option_of_the_socket(net: ModuleType, pair: Any) -> None:
    pair[1].setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FILTER, filters((0x700, 0x700), (0x00F, 0x00F)))
    pair[1].setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_JOIN_FILTERS, 1)
    assert pair[1].getsockopt(net.SOL_CAN_RAW, net.CAN_RAW_JOIN_FILTERS) == 1
    assert passed(pair, 0x700, 0x10F, 0x70F, 0x100) == [0x70F]


@pytest.mark.stdlib_needs("CAN_RAW_ERR_FILTER")
def test_error_frames_arrive_by_the_classes_that_were_asked_for(net: ModuleType, pair: Any) -> None:
    pair[1].setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_ERR_FILTER, BUS_OFF)
    for classes in (TX_TIMEOUT, BUS_OFF, BUS_OFF | TX_TIMEOUT):
        pair[0].send(frame(net.CAN_ERR_FLAG | classes, bytes(range(ERROR_DATA))))
    received = [content(pair[1].recv(16)) for _ in range(2)]
    assert received == [
        (net.CAN_ERR_FLAG | BUS_OFF, bytes(range(ERROR_DATA))),
        (net.CAN_ERR_FLAG | BUS_OFF | TX_TIMEOUT, bytes(range(ERROR_DATA))),
    ]
    assert received[1][0] & net.CAN_ERR_MASK == BUS_OFF | TX_TIMEOUT


def test_error_frames_are_kept_back_by_default(net: ModuleType, pair: Any) -> None:
    assert passed(pair, net.CAN_ERR_FLAG | BUS_OFF) == []
