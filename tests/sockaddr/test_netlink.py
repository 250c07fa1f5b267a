"""AF_NETLINK addresses: (pid, groups)."""

from __future__ import annotations

import struct
from types import ModuleType
from typing import Any

import pytest
from codec_cases import NumericNames, decodings, encodings
from hypothesis import given
from hypothesis import strategies as st
from isolation import ip, private_network

from berkeley.sockaddr import codec

NAMES = NumericNames()
netlink = codec(16)
RTMGRP_LINK = 1
RTM_NEWLINK, RTM_GETLINK = 16, 18
NLM_F_REQUEST_DUMP = 0x301

unsigned = st.integers(0, 0xFFFFFFFF)


@pytest.fixture
def route(net: ModuleType, closing: Any) -> Any:
    """A socket that speaks to the routing part of the kernel."""
    sock = closing(net.socket(net.AF_NETLINK, net.SOCK_RAW, net.NETLINK_ROUTE))
    sock.settimeout(10)
    return sock


def message_type(data: bytes) -> int:
    return int(struct.unpack_from("=IH", data)[1])


@pytest.mark.req("FAM-024")
def test_an_address_is_a_pair_of_port_and_groups(net: ModuleType, route: Any) -> None:
    route.bind((0, RTMGRP_LINK))
    address = route.getsockname()
    assert (type(address), address[1]) == (tuple, RTMGRP_LINK)
    assert address[0] > 0


@pytest.mark.req("FAM-024")
def test_a_chosen_port_is_reported(net: ModuleType, route: Any) -> None:
    route.bind((0x7000BEEF, 0))
    assert route.getsockname() == (0x7000BEEF, 0)


@pytest.mark.req("FAM-024")
def test_a_request_goes_to_the_kernel_and_the_answer_comes_from_it(net: ModuleType, route: Any) -> None:
    request = struct.pack("=IHHIIBxHiII", 32, RTM_GETLINK, NLM_F_REQUEST_DUMP, 1, 0, 0, 0, 0, 0, 0)
    route.sendto(request, (0, 0))
    data, address = route.recvfrom(65536)
    assert (message_type(data), address) == (RTM_NEWLINK, (0, 0))


@pytest.mark.req("FAM-024")
def test_a_bound_group_receives_its_news(net: ModuleType, closing: Any) -> None:
    with private_network():
        news = closing(net.socket(net.AF_NETLINK, net.SOCK_RAW, net.NETLINK_ROUTE))
        news.settimeout(10)
        news.bind((0, RTMGRP_LINK))
        ip("link", "add", "left", "type", "veth", "peer", "name", "right")
        data, (pid, groups) = news.recvfrom(65536)
    assert (message_type(data), pid, groups) == (RTM_NEWLINK, 0, RTMGRP_LINK)


@pytest.mark.req("FAM-024")
@pytest.mark.parametrize("address", [[0, 0], "0", 0, None, (0,), (0, 0, 0), ("0", 0), (0, None), (0.0, 0)])
def test_a_malformed_address_is_a_type_error(net: ModuleType, route: Any, address: Any) -> None:
    with pytest.raises(TypeError):
        route.bind(address)


@pytest.mark.berkeley_only("decision: nothing outside 32 bits is silently cut")
@pytest.mark.parametrize("address", [(1 << 32, 0), (0, 1 << 32), (0, -2), (-(1 << 32), 0), (0, 1 << 64)])
def test_an_integer_outside_32_bits_overflows(net: ModuleType, route: Any, address: tuple[int, int]) -> None:
    with pytest.raises(OverflowError):
        route.bind(address)


@pytest.mark.req("FAM-024")
@pytest.mark.parametrize(("address", "raw"), encodings("AF_NETLINK"))
def test_the_codec_makes_the_bytes_of_the_kernel(address: Any, raw: bytes) -> None:
    assert netlink.encode(address, NAMES, "bind", 0) == raw


@pytest.mark.req("FAM-024")
@pytest.mark.parametrize(("raw", "address"), decodings("AF_NETLINK"))
def test_the_codec_reads_the_bytes_of_the_kernel(raw: bytes, address: Any) -> None:
    assert netlink.decode(raw, NAMES, 0) == address


@pytest.mark.req("FAM-024")
@given(pid=unsigned, groups=unsigned)
def test_any_address_survives_the_codec(pid: int, groups: int) -> None:
    raw = netlink.encode((pid, groups), NAMES, "bind", 0)
    assert raw[2:4] == b"\0\0"
    assert netlink.decode(raw, NAMES, 0) == (pid, groups)


@pytest.mark.parametrize("size", range(12))
def test_a_truncated_address_is_refused_not_overread(size: int) -> None:
    raw = struct.pack("=H", 16) + bytes(10)
    with pytest.raises(ValueError):
        netlink.decode(raw[:size], NAMES, 0)


@pytest.mark.parametrize("address", [(1 << 32, 0), (0, 1 << 32), (0, -2)])
def test_an_overflow_says_what_is_allowed(address: Any) -> None:
    with pytest.raises(OverflowError, match=r"must be 0-4294967295\."):
        netlink.encode(address, NAMES, "bind", 0)
