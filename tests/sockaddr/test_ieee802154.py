"""AF_IEEE802154 addresses: (pan_id, short_addr), (pan_id, hwaddr) or (pan_id,)."""

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
AF_IEEE802154 = 36
EUI64 = bytes.fromhex("0011223344556677")
NONE, SHORT, LONG = 0, 2, 3  # net/af_ieee802154.h
ieee802154 = codec(AF_IEEE802154)

# What C programs with the structure of the kernel fill in, on a little-endian machine.
GOLDEN = [
    ((0x1234,), "2400000000000000341200000000000000000000"),
    ((0x1234, 0xABCD), "24000000020000003412cdab0000000000000000"),
    ((0x1234, EUI64), "2400000003000000341200112233445566770000"),
]

numbers_of_16_bits = st.integers(0, 0xFFFF)

berkeley_only = pytest.mark.berkeley_only("the interpreter has no format for AF_IEEE802154")


@pytest.mark.parametrize(("address", "raw"), GOLDEN if COMPARABLE else [])
def test_the_bytes_are_those_of_a_c_program(address: Any, raw: str) -> None:
    assert ieee802154.encode(address, NAMES).hex() == raw
    assert ieee802154.decode(bytes.fromhex(raw), NAMES) == address


@given(pan_id=numbers_of_16_bits, short_addr=numbers_of_16_bits)
def test_any_short_address_survives_the_codec(pan_id: int, short_addr: int) -> None:
    raw = ieee802154.encode((pan_id, short_addr), NAMES)
    assert raw == struct.pack("=HxxiHH8x", AF_IEEE802154, SHORT, pan_id, short_addr)
    assert ieee802154.decode(raw, NAMES) == (pan_id, short_addr)


@given(pan_id=numbers_of_16_bits, hwaddr=st.binary(min_size=8, max_size=8))
def test_any_long_address_survives_the_codec(pan_id: int, hwaddr: bytes) -> None:
    raw = ieee802154.encode((pan_id, hwaddr), NAMES)
    assert raw == struct.pack("=HxxiH8sxx", AF_IEEE802154, LONG, pan_id, hwaddr)
    assert ieee802154.decode(raw, NAMES) == (pan_id, hwaddr)


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_a_long_address_may_be_any_bytes_like_object(kind: Any) -> None:
    assert ieee802154.encode((1, kind(EUI64)), NAMES) == ieee802154.encode((1, EUI64), NAMES)


@pytest.mark.parametrize("addr_type", [1, 4, -1, 1 << 30])
def test_bytes_with_an_unknown_address_type_are_a_value_error(addr_type: int) -> None:
    with pytest.raises(ValueError, match=f"not {addr_type}$"):
        ieee802154.decode(struct.pack("=Hxxi12x", AF_IEEE802154, addr_type), NAMES)


@pytest.mark.parametrize("size", range(20))
def test_a_truncated_address_is_refused_not_overread(size: int) -> None:
    with pytest.raises(ValueError):
        ieee802154.decode(ieee802154.encode((1, EUI64), NAMES)[:size], NAMES)


@berkeley_only
@pytest.mark.parametrize("address", [(1,), (1, 2), (1, EUI64)])
def test_a_whole_address_reaches_the_kernel(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(net, closing, AF_IEEE802154).bind(address)
    assert caught.value.errno == errno.EINVAL  # AF_UNIX does not know it


@berkeley_only
@pytest.mark.parametrize("address", [None, 5, [1, 2], (), (1, 2, 3), ("1", 2), (1, "2"), (1, None), (1.0,)])
def test_a_malformed_address_is_a_type_error(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(TypeError):
        disguised(net, closing, AF_IEEE802154).bind(address)


@berkeley_only
@pytest.mark.parametrize("address", [(-1,), (1 << 16,), (0, -1), (0, 1 << 16), (1 << 70, EUI64)])
def test_a_number_outside_16_bits_overflows(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(OverflowError):
        disguised(net, closing, AF_IEEE802154).bind(address)


@berkeley_only
@pytest.mark.parametrize("hwaddr", [b"", EUI64[:7], EUI64 + b"8"])
def test_a_long_address_of_another_length_is_a_value_error(net: ModuleType, closing: Any, hwaddr: bytes) -> None:
    with pytest.raises(ValueError, match="must have 8 bytes"):
        disguised(net, closing, AF_IEEE802154).bind((1, hwaddr))
