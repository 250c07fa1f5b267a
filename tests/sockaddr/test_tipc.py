"""AF_TIPC addresses: (addr_type, v1, v2, v3[, scope])."""

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
AF_TIPC = 30
NAMESEQ, NAME, ID = 1, 2, 3
ZONE, CLUSTER, NODE = 1, 2, 3
tipc = codec(AF_TIPC)

unsigned = st.integers(0, 0xFFFFFFFF)
scopes = st.sampled_from([ZONE, CLUSTER, NODE])

needs_tipc = pytest.mark.stdlib_needs("AF_TIPC", "TIPC_ADDR_NAME")


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_shim("any_family", tmp_path_factory.mktemp("shim"))


@pytest.mark.simulated
@pytest.mark.req("FAM-025")
@pytest.mark.parametrize(("address", "raw"), encodings("AF_TIPC"))
def test_the_codec_makes_the_bytes_of_the_kernel(address: Any, raw: bytes) -> None:
    assert tipc.encode(address, NAMES) == raw


@pytest.mark.simulated
@pytest.mark.req("FAM-025")
@pytest.mark.parametrize(("raw", "address"), decodings("AF_TIPC"))
def test_the_codec_reads_the_bytes_of_the_kernel(raw: bytes, address: Any) -> None:
    assert tipc.decode(raw, NAMES) == address


@pytest.mark.simulated
@pytest.mark.req("FAM-029")
@given(kind=unsigned, lower=unsigned, upper=unsigned, scope=scopes)
def test_any_service_range_survives_the_codec(kind: int, lower: int, upper: int, scope: int) -> None:
    address = (NAMESEQ, kind, lower, upper, scope)
    assert tipc.decode(tipc.encode(address, NAMES), NAMES) == address


@pytest.mark.simulated
@pytest.mark.req("FAM-028")
@given(kind=unsigned, instance=unsigned, scope=scopes)
def test_the_result_for_a_name_repeats_its_instance_and_means_the_same(kind: int, instance: int, scope: int) -> None:
    raw = tipc.encode((NAME, kind, instance, 0, scope), NAMES)
    result = tipc.decode(raw, NAMES)
    assert result == (NAME, kind, instance, instance, scope)
    assert tipc.encode(result, NAMES) == raw


@pytest.mark.simulated
@pytest.mark.req("FAM-030")
@given(node=unsigned, ref=unsigned, scope=scopes)
def test_any_socket_identity_survives_the_codec(node: int, ref: int, scope: int) -> None:
    address = (ID, node, ref, 0, scope)
    assert tipc.decode(tipc.encode(address, NAMES), NAMES) == address


@pytest.mark.simulated
@pytest.mark.req("FAM-030")
def test_the_reference_precedes_the_node_in_the_structure() -> None:
    raw = tipc.encode((ID, 0x11223344, 0x55667788, 0), NAMES)
    assert struct.unpack("=HBbIII", raw) == (AF_TIPC, ID, CLUSTER, 0x55667788, 0x11223344, 0)


@pytest.mark.simulated
@pytest.mark.req("FAM-027")
@pytest.mark.parametrize("address", [(NAMESEQ, 1, 2, 3), (NAME, 1, 2, 0), (ID, 1, 2, 0)])
def test_the_scope_is_the_cluster_when_it_is_left_out(address: tuple[int, ...]) -> None:
    assert tipc.encode(address, NAMES) == tipc.encode((*address, CLUSTER), NAMES)
    assert tipc.encode(address, NAMES)[3] == CLUSTER


@pytest.mark.simulated
@pytest.mark.req("FAM-027")
@pytest.mark.parametrize("scope", [ZONE, CLUSTER, NODE])
def test_a_negative_scope_is_that_of_a_binding_to_withdraw(scope: int) -> None:
    raw = tipc.encode((NAMESEQ, 1, 2, 3, -scope), NAMES)
    assert struct.unpack_from("=b", raw, 3) == (-scope,)
    assert tipc.encode(tipc.decode(raw, NAMES), NAMES) == raw


@pytest.mark.simulated
@pytest.mark.req("FAM-026")
@pytest.mark.parametrize("addr_type", [0, 4, 9, 255])
def test_bytes_with_an_unknown_address_type_are_a_value_error(addr_type: int) -> None:
    with pytest.raises(ValueError, match="Invalid address type"):
        tipc.decode(struct.pack("=HBb12x", AF_TIPC, addr_type, CLUSTER), NAMES)


@pytest.mark.simulated
@pytest.mark.req("FAM-025")
@pytest.mark.parametrize("size", range(16))
def test_a_truncated_address_is_refused_not_overread(size: int) -> None:
    raw = tipc.encode((NAMESEQ, 1, 2, 3), NAMES)
    with pytest.raises(ValueError):
        tipc.decode(raw[:size], NAMES)


@pytest.mark.simulated
@pytest.mark.req("FAM-025", "FAM-028", "FAM-029", "FAM-030")
@needs_tipc
def test_both_modules_read_back_what_they_write(net: ModuleType, shim: Path) -> None:
    given = [(NAMESEQ, 18888, 10, 20), (NAME, 18888, 17, 0, NODE), (NAME, 1, 2, 99), (ID, 7, 8, 0, ZONE)]
    read = [(NAMESEQ, 18888, 10, 20, 2), (NAME, 18888, 17, 17, NODE), (NAME, 1, 2, 2, 2), (ID, 7, 8, 0, ZONE)]
    assert round_trips(net, shim, (AF_TIPC, net.SOCK_STREAM, 0), given) == read


@pytest.mark.req("FAM-025")
@needs_tipc
@pytest.mark.parametrize("address", [(NAMESEQ, 1, 2, 3), (NAME, 1, 2, 0, NODE), (ID, 1, 2, 0)])
def test_a_whole_address_reaches_the_kernel(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(net, closing, AF_TIPC).connect(address)
    assert caught.value.errno == errno.EINVAL  # AF_UNIX does not know it


@pytest.mark.req("FAM-026")
@needs_tipc
@pytest.mark.parametrize("addr_type", [0, 4, 9, -1, 258, 1 << 32, 1 << 70])
def test_an_unknown_address_type_is_a_type_error(net: ModuleType, closing: Any, addr_type: int) -> None:
    with pytest.raises(TypeError, match=r"^Invalid address type$"):
        disguised(net, closing, AF_TIPC).connect((addr_type, 1, 2, 3))


@pytest.mark.req("FAM-025")
@needs_tipc
@pytest.mark.parametrize("address", [[NAME, 1, 2, 3], None, 5, "text"])
def test_anything_but_a_tuple_is_a_type_error(net: ModuleType, closing: Any, address: Any) -> None:
    kind = type(address).__name__
    with pytest.raises(TypeError, match=rf"^connect\(\): AF_TIPC address must be tuple, not {kind}$"):
        disguised(net, closing, AF_TIPC).connect(address)


@pytest.mark.req("FAM-025")
@needs_tipc
@pytest.mark.parametrize("address", [(), (NAME,), (NAME, 1, 2), (NAME, 1, 2, 3, 2, 0)])
def test_a_tuple_of_another_length_is_a_type_error(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(TypeError, match=r"must be a tuple \(addr_type, v1, v2, v3\[, scope\]\)$"):
        disguised(net, closing, AF_TIPC).connect(address)


@pytest.mark.req("FAM-025")
@needs_tipc
@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("value", ["1", None, 1.0])
def test_an_item_that_is_no_integer_is_a_type_error(net: ModuleType, closing: Any, place: int, value: Any) -> None:
    address: list[Any] = [NAME, 1, 2, 3, NODE]
    address[place] = value
    with pytest.raises(TypeError):
        disguised(net, closing, AF_TIPC).connect(tuple(address))


@pytest.mark.berkeley_only("decision: nothing outside its field is silently cut")
@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("value", [-1, 1 << 32, 1 << 64, -(1 << 70)])
def test_a_number_outside_32_bits_overflows(net: ModuleType, closing: Any, place: int, value: int) -> None:
    address = [NAMESEQ, 1, 2, 3]
    address[place] = value
    with pytest.raises(OverflowError):
        disguised(net, closing, AF_TIPC).connect(tuple(address))


@pytest.mark.berkeley_only("decision: nothing outside its field is silently cut")
@pytest.mark.parametrize("scope", [128, 255, 300, -129, 0xFFFFFF7F, 1 << 32, -(1 << 70), 1 << 70])
def test_a_scope_outside_its_byte_overflows(net: ModuleType, closing: Any, scope: int) -> None:
    with pytest.raises(OverflowError, match="scope"):
        disguised(net, closing, AF_TIPC).connect((NAMESEQ, 1, 2, 3, scope))
