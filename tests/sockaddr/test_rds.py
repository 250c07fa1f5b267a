"""AF_RDS addresses: those of AF_INET, and as an addition those of AF_INET6."""

from __future__ import annotations

import errno
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
AF_INET, AF_INET6, AF_RDS = 2, 10, 21
rds = codec(AF_RDS)

ports = st.integers(0, 65535)

needs_rds = pytest.mark.stdlib_needs("AF_RDS")


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_shim("any_family", tmp_path_factory.mktemp("shim"))


@pytest.mark.simulated
@pytest.mark.req("FAM-065")
@pytest.mark.parametrize(("address", "raw"), encodings("AF_RDS"))
def test_the_codec_makes_the_bytes_of_the_kernel(address: Any, raw: bytes) -> None:
    assert rds.encode(address, NAMES) == raw


@pytest.mark.simulated
@pytest.mark.req("FAM-065")
@pytest.mark.parametrize(("raw", "address"), decodings("AF_RDS"))
def test_the_codec_reads_the_bytes_of_the_kernel(raw: bytes, address: Any) -> None:
    assert rds.decode(raw, NAMES) == address


@pytest.mark.simulated
@pytest.mark.req("FAM-065")
@given(host=st.ip_addresses(v=4).map(str), port=ports)
def test_any_address_survives_the_codec_and_is_one_of_af_inet(host: str, port: int) -> None:
    raw = rds.encode((host, port), NAMES)
    assert raw == codec(AF_INET).encode((host, port), NAMES)
    assert rds.decode(raw, NAMES) == (host, port)


@pytest.mark.simulated
@given(
    host=st.ip_addresses(v=6).map(str), port=ports, flowinfo=st.integers(0, 0xFFFFF), scope_id=st.integers(0, 2**32 - 1)
)
def test_four_items_are_an_address_of_af_inet6(host: str, port: int, flowinfo: int, scope_id: int) -> None:
    address = (host, port, flowinfo, scope_id)
    raw = rds.encode(address, NAMES)
    assert raw == codec(AF_INET6).encode(address, NAMES)
    assert rds.decode(raw, NAMES) == address


@pytest.mark.simulated
@pytest.mark.parametrize("address", [("127.0.0.1", 4000), ("::1", 4000, 0, 0)])
def test_a_truncated_address_is_refused_not_overread(address: Any) -> None:
    raw = rds.encode(address, NAMES)
    for size in range(len(raw)):
        with pytest.raises(ValueError):
            rds.decode(raw[:size], NAMES)


@pytest.mark.simulated
@pytest.mark.req("FAM-065")
@needs_rds
def test_both_modules_read_back_what_they_write(net: ModuleType, shim: Path) -> None:
    addresses = [("127.0.0.1", 4000), ("0.0.0.0", 0), ("192.0.2.1", 65535)]
    assert round_trips(net, shim, (AF_RDS, net.SOCK_SEQPACKET, 0), addresses) == addresses


@pytest.mark.berkeley_only("addition: RDS over IPv6")
def test_an_ipv6_address_is_read_back(net: ModuleType, shim: Path) -> None:
    addresses = [("::1", 4000, 0, 0), ("fe80::1", 1, 2, 3), ("127.0.0.1", 1)]
    assert round_trips(net, shim, (AF_RDS, net.SOCK_SEQPACKET, 0), addresses) == addresses


@pytest.mark.req("FAM-065")
@needs_rds
@pytest.mark.parametrize("host", ["127.0.0.1", "", "<broadcast>"])
def test_a_whole_address_reaches_the_kernel(net: ModuleType, closing: Any, host: str) -> None:
    with pytest.raises(OSError) as caught:
        disguised(net, closing, AF_RDS).bind((host, 4000))
    assert caught.value.errno == errno.EINVAL  # AF_UNIX does not know it


@pytest.mark.req("FAM-065")
@needs_rds
@pytest.mark.parametrize(
    "address", [["127.0.0.1", 1], None, 5, "127.0.0.1", (), ("127.0.0.1",), ("127.0.0.1", 1, 2), ("127.0.0.1", "1")]
)
def test_a_malformed_address_is_a_type_error(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(TypeError):
        disguised(net, closing, AF_RDS).bind(address)


@pytest.mark.req("FAM-065")
@needs_rds
@pytest.mark.parametrize("port", [-1, 65536, 1 << 70])
def test_a_port_outside_16_bits_overflows(net: ModuleType, closing: Any, port: int) -> None:
    with pytest.raises(OverflowError, match=r"^bind\(\): port must be 0-65535.$"):
        disguised(net, closing, AF_RDS).bind(("127.0.0.1", port))
