"""CMSG_LEN() and CMSG_SPACE(), and the buffers of recvmsg() that they measure."""

from __future__ import annotations

import array
import os
import struct
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# struct cmsghdr of Linux: size_t cmsg_len, int cmsg_level, int cmsg_type; data is aligned to size_t.
ALIGNMENT = struct.calcsize("N")
HEADER = struct.calcsize("Nii")
SOCKLEN_LIMIT = 2**31 - 1
INT = struct.calcsize("i")
UCRED = struct.calcsize("iII")


def aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


quickly = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
lengths = st.integers(0, 70000) | st.integers(0, SOCKLEN_LIMIT - 64)


@pytest.mark.req("FUN-103")
@quickly
@given(length=lengths)
def test_cmsg_len_is_the_header_and_the_data(net: ModuleType, length: int) -> None:
    assert net.CMSG_LEN(length) == aligned(HEADER) + length


@pytest.mark.req("FUN-103")
@pytest.mark.skipif(struct.calcsize("P") != 8, reason="the numbers of the requirement are those of 64-bit Linux")
def test_cmsg_len_on_64_bit_linux(net: ModuleType) -> None:
    assert [net.CMSG_LEN(length) for length in (0, 1, 4)] == [16, 17, 20]


@pytest.mark.req("FUN-106")
@quickly
@given(length=lengths)
def test_cmsg_space_adds_the_trailing_padding(net: ModuleType, length: int) -> None:
    assert net.CMSG_SPACE(length) == aligned(HEADER) + aligned(length)


@pytest.mark.req("FUN-106")
@pytest.mark.skipif(struct.calcsize("P") != 8, reason="the numbers of the requirement are those of 64-bit Linux")
def test_cmsg_space_on_64_bit_linux(net: ModuleType) -> None:
    assert [net.CMSG_SPACE(length) for length in (0, 4, 8, 9)] == [16, 24, 24, 32]


OUT_OF_RANGE = [-1, SOCKLEN_LIMIT, 2**31, 2**64, -(2**64)]


@pytest.mark.req("FUN-105")
@pytest.mark.parametrize("length", OUT_OF_RANGE)
def test_cmsg_len_out_of_range_overflows(net: ModuleType, length: int) -> None:
    with pytest.raises(OverflowError):
        net.CMSG_LEN(length)


@pytest.mark.req("FUN-107")
@pytest.mark.parametrize("length", OUT_OF_RANGE)
def test_cmsg_space_out_of_range_overflows(net: ModuleType, length: int) -> None:
    with pytest.raises(OverflowError):
        net.CMSG_SPACE(length)


@pytest.mark.req("FUN-105")
def test_the_limit_of_cmsg_len_is_that_of_socklen(net: ModuleType) -> None:
    largest = SOCKLEN_LIMIT - net.CMSG_LEN(0)
    assert net.CMSG_LEN(largest) == SOCKLEN_LIMIT
    with pytest.raises(OverflowError):
        net.CMSG_LEN(largest + 1)


@pytest.mark.parametrize("function", ["CMSG_LEN", "CMSG_SPACE"])
@pytest.mark.parametrize("length", ["4", 4.0, None])
def test_a_length_must_be_an_int(net: ModuleType, function: str, length: Any) -> None:
    with pytest.raises(TypeError):
        getattr(net, function)(length)


def close_received(data: bytes) -> int:
    fds = array.array("i", data)
    for fd in fds:
        os.close(fd)
    return len(fds)


@pytest.mark.req("FUN-104")
def test_cmsg_len_measures_the_buffer_for_a_single_item(net: ModuleType, unix_pair: Any) -> None:
    left, right = unix_pair
    left.sendmsg([b"x"], [(net.SOL_SOCKET, net.SCM_RIGHTS, array.array("i", [left.fileno()]))])
    data, [(level, kind, fds)], flags, _ = right.recvmsg(1, net.CMSG_LEN(INT))
    assert close_received(fds) == 1
    assert (data, level, kind) == (b"x", net.SOL_SOCKET, net.SCM_RIGHTS)
    assert not flags & net.MSG_CTRUNC


@pytest.mark.req("FUN-106")
def test_the_spaces_of_several_items_add_up(net: ModuleType, unix_pair: Any) -> None:
    left, right = unix_pair
    right.setsockopt(net.SOL_SOCKET, net.SO_PASSCRED, 1)
    left.sendmsg([b"x"], [(net.SOL_SOCKET, net.SCM_RIGHTS, array.array("i", [left.fileno()]))])
    _, items, flags, _ = right.recvmsg(1, net.CMSG_SPACE(INT) + net.CMSG_SPACE(UCRED))
    received = {kind: data for _, kind, data in items}
    assert close_received(received[net.SCM_RIGHTS]) == 1
    assert struct.unpack("iII", received[net.SCM_CREDENTIALS]) == (os.getpid(), os.getuid(), os.getgid())
    assert not flags & net.MSG_CTRUNC


@pytest.mark.req("FUN-106")
def test_space_for_one_item_is_too_little_for_two(net: ModuleType, unix_pair: Any) -> None:
    left, right = unix_pair
    right.setsockopt(net.SOL_SOCKET, net.SO_PASSCRED, 1)
    left.sendmsg([b"x"], [(net.SOL_SOCKET, net.SCM_RIGHTS, array.array("i", [left.fileno()]))])
    _, items, flags, _ = right.recvmsg(1, net.CMSG_SPACE(UCRED))
    for _, kind, data in items:
        if kind == net.SCM_RIGHTS:
            close_received(data)
    assert flags & net.MSG_CTRUNC
