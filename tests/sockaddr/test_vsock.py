"""AF_VSOCK addresses: (CID, port). Nothing here connects or accepts: the other side would be the hypervisor."""

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
AF_VSOCK = 40
ANY = 0xFFFFFFFF
vsock = codec(AF_VSOCK)

unsigned = st.integers(0, 0xFFFFFFFF)

needs_vsock = pytest.mark.stdlib_needs("AF_VSOCK", "VMADDR_CID_ANY")


@pytest.fixture
def stream(net: ModuleType, closing: Any) -> Any:
    """A socket of the kernel's own AF_VSOCK."""
    try:
        return closing(net.socket(net.AF_VSOCK, net.SOCK_STREAM))
    except OSError as error:
        if error.errno != errno.EAFNOSUPPORT:
            raise
        pytest.skip("needs a kernel with AF_VSOCK (module vsock)")


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_shim("any_family", tmp_path_factory.mktemp("shim"))


@pytest.mark.req("FAM-050")
@needs_vsock
def test_an_address_is_a_pair_of_cid_and_port(net: ModuleType, stream: Any) -> None:
    stream.bind((net.VMADDR_CID_ANY, net.VMADDR_PORT_ANY))
    address = stream.getsockname()
    assert (type(address), [type(item) for item in address]) == (tuple, [int, int])
    assert address[0] == net.VMADDR_CID_ANY
    assert address[1] != net.VMADDR_PORT_ANY


@pytest.mark.req("FAM-050")
@needs_vsock
def test_a_chosen_port_is_reported(net: ModuleType, stream: Any) -> None:
    stream.bind((net.VMADDR_CID_ANY, 0x7000CAFE))
    assert stream.getsockname() == (0xFFFFFFFF, 0x7000CAFE)


@pytest.mark.req("FAM-050")
@needs_vsock
def test_minus_one_is_any_cid_and_any_port(net: ModuleType, stream: Any) -> None:
    stream.bind((-1, -1))
    cid, port = stream.getsockname()
    assert (cid, port != ANY) == (ANY, True)


@pytest.mark.req("FAM-050")
@needs_vsock
@pytest.mark.parametrize("address", [[1, 2], None, 5, "12", (), (1,), (1, 2, 3), ("1", 2), (1, None), (1.0, 2)])
def test_a_malformed_address_is_a_type_error(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(TypeError):
        disguised(net, closing, AF_VSOCK).bind(address)


@pytest.mark.berkeley_only("decision: nothing outside 32 bits is silently cut")
@pytest.mark.parametrize("address", [(1 << 32, 0), (0, 1 << 32), (-2, 0), (0, -2), (1 << 64, 0), (0, -(1 << 70))])
def test_an_integer_outside_32_bits_overflows(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(OverflowError):
        disguised(net, closing, AF_VSOCK).bind(address)


@pytest.mark.simulated
@pytest.mark.req("FAM-050")
@needs_vsock
def test_both_modules_read_back_what_they_write(net: ModuleType, shim: Path) -> None:
    given = [(2, 1024), (-1, -1), (ANY, 0), (0, ANY - 1)]
    read = [(2, 1024), (ANY, ANY), (ANY, 0), (0, ANY - 1)]
    assert round_trips(net, shim, (AF_VSOCK, net.SOCK_STREAM, 0), given) == read


@pytest.mark.simulated
@pytest.mark.req("FAM-050")
@pytest.mark.parametrize(("address", "raw"), encodings("AF_VSOCK"))
def test_the_codec_makes_the_bytes_of_the_kernel(address: Any, raw: bytes) -> None:
    assert vsock.encode(address, NAMES) == raw


@pytest.mark.simulated
@pytest.mark.req("FAM-050")
@pytest.mark.parametrize(("raw", "address"), decodings("AF_VSOCK"))
def test_the_codec_reads_the_bytes_of_the_kernel(raw: bytes, address: Any) -> None:
    assert vsock.decode(raw, NAMES) == address


@pytest.mark.simulated
@pytest.mark.req("FAM-050")
@given(cid=unsigned, port=unsigned)
def test_any_address_survives_the_codec(cid: int, port: int) -> None:
    raw = vsock.encode((cid, port), NAMES)
    assert raw == struct.pack("=HHII4x", AF_VSOCK, 0, port, cid)
    assert vsock.decode(raw, NAMES) == (cid, port)


@pytest.mark.simulated
@pytest.mark.parametrize("size", range(16))
def test_a_truncated_address_is_refused_not_overread(size: int) -> None:
    raw = vsock.encode((1, 2), NAMES)
    with pytest.raises(ValueError):
        vsock.decode(raw[:size], NAMES)
