"""AF_QIPCRTR addresses: (node, port)."""

from __future__ import annotations

import errno
import struct
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from codec_cases import NumericNames, decodings, encodings
from fresh import compile_shim
from hypothesis import given
from hypothesis import strategies as st
from imaginary import disguised, round_trips

from berkeley.sockaddr import codec

NAMES = NumericNames()
AF_QIPCRTR = 42
BROADCAST_NODE, CONTROL_PORT = 0xFFFFFFFF, 0xFFFFFFFE  # linux/qrtr.h
qipcrtr = codec(AF_QIPCRTR)

unsigned = st.integers(0, 0xFFFFFFFF)

needs_qipcrtr = pytest.mark.stdlib_needs("AF_QIPCRTR")


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_shim("any_family", tmp_path_factory.mktemp("shim"))


@pytest.mark.simulated
@pytest.mark.req("FAM-058")
@pytest.mark.parametrize(("address", "raw"), encodings("AF_QIPCRTR"))
def test_the_codec_makes_the_bytes_of_the_kernel(address: Any, raw: bytes) -> None:
    assert qipcrtr.encode(address, NAMES) == raw


@pytest.mark.simulated
@pytest.mark.req("FAM-058")
@pytest.mark.parametrize(("raw", "address"), decodings("AF_QIPCRTR"))
def test_the_codec_reads_the_bytes_of_the_kernel(raw: bytes, address: Any) -> None:
    assert qipcrtr.decode(raw, NAMES) == address


@pytest.mark.simulated
@pytest.mark.req("FAM-058")
@given(node=unsigned, port=unsigned)
def test_any_address_survives_the_codec(node: int, port: int) -> None:
    raw = qipcrtr.encode((node, port), NAMES)
    assert raw == struct.pack("=HxxII", AF_QIPCRTR, node, port)
    assert qipcrtr.decode(raw, NAMES) == (node, port)


@pytest.mark.simulated
@given(garbage=st.binary(min_size=2, max_size=2))
def test_the_padding_of_a_received_address_does_not_matter(garbage: bytes) -> None:
    assert qipcrtr.decode(struct.pack("=H2sII", AF_QIPCRTR, garbage, 1, 2), NAMES) == (1, 2)


@pytest.mark.simulated
@pytest.mark.parametrize("size", range(12))
def test_a_truncated_address_is_refused_not_overread(size: int) -> None:
    raw = qipcrtr.encode((1, 2), NAMES)
    with pytest.raises(ValueError):
        qipcrtr.decode(raw[:size], NAMES)


@pytest.mark.simulated
@pytest.mark.req("FAM-058")
@needs_qipcrtr
def test_both_modules_read_back_what_they_write(net: ModuleType, shim: Path) -> None:
    addresses = [(0, 0), (1, 16384), (BROADCAST_NODE, CONTROL_PORT)]
    assert round_trips(net, shim, (AF_QIPCRTR, net.SOCK_DGRAM, 0), addresses) == addresses


@pytest.mark.req("FAM-058")
@needs_qipcrtr
def test_a_whole_address_reaches_the_kernel(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(net, closing, AF_QIPCRTR).connect((1, 2))
    assert caught.value.errno == errno.EINVAL  # AF_UNIX does not know it


@pytest.mark.req("FAM-058")
@needs_qipcrtr
@pytest.mark.parametrize("address", [[1, 2], None, 5, "12", (), (1,), (1, 2, 3), ("1", 2), (1, None), (1.0, 2)])
def test_a_malformed_address_is_a_type_error(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(TypeError):
        disguised(net, closing, AF_QIPCRTR).connect(address)


@pytest.mark.req("FAM-058")
@pytest.mark.berkeley_only("decision: nothing outside 32 bits is silently cut, and both integers are non-negative")
@pytest.mark.parametrize("address", [(1 << 32, 0), (0, 1 << 32), (1 << 64, 0)])
def test_an_integer_outside_32_bits_overflows(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(OverflowError):
        disguised(net, closing, AF_QIPCRTR).connect(address)


@pytest.mark.req("FAM-058")
@pytest.mark.berkeley_only("the interpreter's own module cuts them to 32 bits, and leaves the refusal to the kernel")
@pytest.mark.parametrize("address", [(-1, 0), (-2, 0), (0, -1), (0, -(1 << 70)), (-1, 1 << 32)])
def test_a_negative_integer_is_refused_as_by_the_kernel(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(net, closing, AF_QIPCRTR).connect(address)
    assert caught.value.errno == errno.EINVAL
    assert str(address) in str(caught.value)
