"""AF_PHONET addresses: (obj, dev[, resource])."""

from __future__ import annotations

import errno
import struct
from types import ModuleType
from typing import Any

import pytest
from codec_cases import COMPARABLE, NumericNames
from hypothesis import given
from hypothesis import strategies as st
from imaginary import disguised

from berkeley.sockaddr import codec

NAMES = NumericNames()
AF_PHONET = 35
phonet = codec(AF_PHONET)

# What a C program with <linux/phonet.h> fills in, on a little-endian machine.
RAW = bytes.fromhex("23000110d90000000000000000000000")
ADDRESS = (0x01, 0x10, 0xD9)

bytes_of_8_bits = st.integers(0, 255)

berkeley_only = pytest.mark.berkeley_only("the interpreter has no format for AF_PHONET")


@pytest.mark.skipif(not COMPARABLE, reason="the bytes are those of a little-endian machine")
def test_the_bytes_are_those_of_a_c_program() -> None:
    assert phonet.encode(ADDRESS, NAMES) == RAW
    assert phonet.decode(RAW, NAMES) == ADDRESS


@given(obj=bytes_of_8_bits, dev=bytes_of_8_bits, resource=bytes_of_8_bits)
def test_any_address_survives_the_codec(obj: int, dev: int, resource: int) -> None:
    raw = phonet.encode((obj, dev, resource), NAMES)
    assert raw == struct.pack("=HBBB11x", AF_PHONET, obj, dev, resource)
    assert phonet.decode(raw, NAMES) == (obj, dev, resource)


def test_the_resource_is_0_when_it_is_left_out() -> None:
    assert phonet.encode((1, 2), NAMES) == phonet.encode((1, 2, 0), NAMES)


@pytest.mark.parametrize("size", range(16))
def test_a_truncated_address_is_refused_not_overread(size: int) -> None:
    with pytest.raises(ValueError):
        phonet.decode(phonet.encode((1, 2, 3), NAMES)[:size], NAMES)


@berkeley_only
def test_a_whole_address_reaches_the_kernel(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(net, closing, AF_PHONET).bind((0, 0x10))
    assert caught.value.errno == errno.EINVAL  # AF_UNIX does not know it


@berkeley_only
@pytest.mark.parametrize("address", [None, 5, [1, 2], (), (1,), (1, 2, 3, 4), ("1", 2), (1, None), (1, 2, 3.0)])
def test_a_malformed_address_is_a_type_error(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(TypeError):
        disguised(net, closing, AF_PHONET).bind(address)


@berkeley_only
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("number", [-1, 256, 1 << 70])
def test_a_number_outside_its_byte_overflows(net: ModuleType, closing: Any, place: int, number: int) -> None:
    address = [1, 2, 3]
    address[place] = number
    with pytest.raises(OverflowError):
        disguised(net, closing, AF_PHONET).bind(tuple(address))
