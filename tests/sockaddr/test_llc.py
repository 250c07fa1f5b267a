"""AF_LLC addresses: (mac, sap[, arphrd[, test[, xid[, ua]]]])."""

from __future__ import annotations

import errno
from types import ModuleType
from typing import Any

import pytest
from codec_cases import COMPARABLE, NumericNames
from hypothesis import given
from hypothesis import strategies as st
from imaginary import disguised

from berkeley.sockaddr import codec

NAMES = NumericNames()
AF_LLC = 26
MAC = bytes([1, 2, 3, 4, 5, 6])
ETHER, LOOPBACK = 1, 772  # linux/if_arp.h
llc = codec(AF_LLC)

# What C programs with <linux/llc.h> fill in, on a little-endian machine.
GOLDEN = [
    ((MAC, 0x42, ETHER, 0, 0, 0), "1a000100000000420102030405060000"),
    ((MAC, 0x42, LOOPBACK, 1, 2, 3), "1a000403010203420102030405060000"),
]

bytes_of_8_bits = st.integers(0, 255)

berkeley_only = pytest.mark.berkeley_only("the interpreter has no format for AF_LLC")


@pytest.mark.parametrize(("address", "raw"), GOLDEN if COMPARABLE else [])
def test_the_bytes_are_those_of_a_c_program(address: Any, raw: str) -> None:
    assert llc.encode(address, NAMES).hex() == raw
    assert llc.decode(bytes.fromhex(raw), NAMES) == address


@given(
    mac=st.binary(min_size=6, max_size=6),
    sap=bytes_of_8_bits,
    arphrd=st.integers(0, 0xFFFF),
    pdus=st.tuples(bytes_of_8_bits, bytes_of_8_bits, bytes_of_8_bits),
)
def test_any_address_survives_the_codec(mac: bytes, sap: int, arphrd: int, pdus: tuple[int, int, int]) -> None:
    raw = llc.encode((mac, sap, arphrd, *pdus), NAMES)
    assert (len(raw), raw[14:]) == (16, b"\0\0")
    assert llc.decode(raw, NAMES) == (mac, sap, arphrd, *pdus)


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_what_is_left_out_is_ethernet_and_zeros(count: int) -> None:
    whole = (MAC, 0x42, ETHER, 0, 0, 0)
    assert llc.encode(whole[:count], NAMES) == llc.encode(whole, NAMES)


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_the_hardware_address_may_be_any_bytes_like_object(kind: Any) -> None:
    assert llc.encode((kind(MAC), 4), NAMES) == llc.encode((MAC, 4), NAMES)


@pytest.mark.parametrize("size", range(16))
def test_a_truncated_address_is_refused_not_overread(size: int) -> None:
    raw = llc.encode((MAC, 4), NAMES)
    with pytest.raises(ValueError):
        llc.decode(raw[:size], NAMES)


@berkeley_only
def test_a_whole_address_reaches_the_kernel(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(net, closing, AF_LLC).bind((MAC, 4))
    assert caught.value.errno == errno.EINVAL  # AF_UNIX does not know it


@berkeley_only
@pytest.mark.parametrize(
    "address",
    [None, 5, [MAC, 4], (), (MAC,), (MAC, 4, 1, 0, 0, 0, 0), ("01:02:03:04:05:06", 4), (None, 4), (MAC, "4")],
)
def test_a_malformed_address_is_a_type_error(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(TypeError):
        disguised(net, closing, AF_LLC).bind(address)


@berkeley_only
@pytest.mark.parametrize("mac", [b"", MAC[:5], MAC + b"7"])
def test_a_hardware_address_of_another_length_is_a_value_error(net: ModuleType, closing: Any, mac: bytes) -> None:
    with pytest.raises(ValueError, match="must have 6 bytes"):
        disguised(net, closing, AF_LLC).bind((mac, 4))


@berkeley_only
@pytest.mark.parametrize(
    "numbers", [(-1,), (256,), (0, -1), (0, 1 << 16), (0, 0, 256), (0, 0, 0, 256), (0,) * 4 + (-1,)]
)
def test_a_number_outside_its_field_overflows(net: ModuleType, closing: Any, numbers: Any) -> None:
    with pytest.raises(OverflowError):
        disguised(net, closing, AF_LLC).bind((MAC, *numbers))
