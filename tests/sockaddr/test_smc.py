"""AF_SMC addresses: those of AF_INET with protocol 0, those of AF_INET6 with protocol 1."""

from __future__ import annotations

import errno
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from codec_cases import NumericNames
from fresh import compile_shim
from hypothesis import given
from hypothesis import strategies as st
from imaginary import disguised, round_trips

from berkeley.sockaddr import codec

NAMES = NumericNames()
AF_INET, AF_INET6, AF_SMC = 2, 10, 43
SMC, SMC6 = 0, 1
smc = codec(AF_SMC)

ports = st.integers(0, 65535)


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_shim("any_family", tmp_path_factory.mktemp("shim"))


@given(host=st.ip_addresses(v=4).map(str), port=ports)
def test_any_ipv4_address_survives_the_codec(host: str, port: int) -> None:
    raw = smc.encode((host, port), NAMES, "bind", SMC)
    assert raw == codec(AF_INET).encode((host, port), NAMES)
    assert smc.decode(raw, NAMES, SMC) == (host, port)


@given(host=st.ip_addresses(v=6).map(str), port=ports, scope_id=st.integers(0, 2**32 - 1))
def test_any_ipv6_address_survives_the_codec(host: str, port: int, scope_id: int) -> None:
    raw = smc.encode((host, port, 0, scope_id), NAMES, "bind", SMC6)
    assert raw == codec(AF_INET6).encode((host, port, 0, scope_id), NAMES)
    assert smc.decode(raw, NAMES, SMC6) == (host, port, 0, scope_id)


@pytest.mark.parametrize(("proto", "address"), [(SMC, ("127.0.0.1", 1)), (SMC6, ("::1", 1))])
def test_a_truncated_address_is_refused_not_overread(proto: int, address: Any) -> None:
    raw = smc.encode(address, NAMES, "bind", proto)
    for size in range(len(raw)):
        with pytest.raises(ValueError):
            smc.decode(raw[:size], NAMES, proto)


@pytest.mark.berkeley_only("the interpreter has no format for AF_SMC")
@pytest.mark.parametrize(
    ("proto", "given", "read"),
    [(SMC, ("127.0.0.1", 80), ("127.0.0.1", 80)), (SMC6, ("::1", 80), ("::1", 80, 0, 0))],
)
def test_the_header_names_the_family_of_the_network(
    net: ModuleType, shim: Path, proto: int, given: Any, read: Any
) -> None:
    assert round_trips(net, shim, (AF_SMC, net.SOCK_STREAM, proto), [given]) == [read]


@pytest.mark.berkeley_only("the interpreter has no format for AF_SMC")
@pytest.mark.parametrize("proto", [SMC, SMC6])
def test_a_whole_address_reaches_the_kernel(net: ModuleType, closing: Any, proto: int) -> None:
    with pytest.raises(OSError) as caught:
        disguised(net, closing, AF_SMC, proto).connect(("127.0.0.1" if proto == SMC else "::1", 80))
    assert caught.value.errno == errno.EINVAL  # AF_UNIX does not know it


@pytest.mark.berkeley_only("the interpreter has no format for AF_SMC")
@pytest.mark.parametrize(
    ("proto", "address"),
    [
        *((SMC, address) for address in [None, "127.0.0.1", ["127.0.0.1", 1], ("127.0.0.1",), ("127.0.0.1", 1, 0, 0)]),
        *((SMC6, address) for address in [None, "::1", ["::1", 1], ("::1",), ("::1", 1, 0, 0, 0), ("::1", "1")]),
    ],
)
def test_a_malformed_address_is_a_type_error(net: ModuleType, closing: Any, proto: int, address: Any) -> None:
    with pytest.raises(TypeError):
        disguised(net, closing, AF_SMC, proto).connect(address)


@pytest.mark.berkeley_only("the interpreter has no format for AF_SMC")
@pytest.mark.parametrize("proto", [SMC, SMC6])
@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_outside_16_bits_overflows(net: ModuleType, closing: Any, proto: int, port: int) -> None:
    with pytest.raises(OverflowError):
        disguised(net, closing, AF_SMC, proto).connect(("127.0.0.1" if proto == SMC else "::1", port))
