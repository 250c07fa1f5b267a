"""AF_PPPOX addresses: (sid, remote, dev) of PPPoE, (call_id, host) of PPTP, raw bytes of L2TP."""

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
AF_PPPOX = 24
OE, OL2TP, PPTP = 0, 1, 2  # linux/if_pppox.h
MAC = bytes([1, 2, 3, 4, 5, 6])
SIZE = 30
pppox = codec(AF_PPPOX)

# (protocol, address, what a C program with <linux/if_pppox.h> fills in on a little-endian machine)
GOLDEN = [
    (OE, (0x1234, MAC, "eth0"), "180000000000123401020304050665746830000000000000000000000000"),
    (PPTP, (0x1234, "192.0.2.1"), "18000200000034120000c000020100000000000000000000000000000000"),
]

WHOLE = {OE: (1, MAC, "lo"), PPTP: (1, "127.0.0.1")}

numbers_of_16_bits = st.integers(0, 0xFFFF)
ifnames = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=15)

every_protocol = pytest.mark.parametrize("proto", WHOLE)
berkeley_only = pytest.mark.berkeley_only("the interpreter has no format for AF_PPPOX")


@pytest.mark.parametrize(("proto", "address", "raw"), GOLDEN if COMPARABLE else [])
def test_the_bytes_are_those_of_a_c_program(proto: int, address: Any, raw: str) -> None:
    assert pppox.encode(address, NAMES, "connect", proto).hex() == raw
    assert pppox.decode(bytes.fromhex(raw), NAMES, proto) == address


@given(sid=numbers_of_16_bits, remote=st.binary(min_size=6, max_size=6), dev=ifnames)
def test_any_session_of_pppoe_survives_the_codec(sid: int, remote: bytes, dev: str) -> None:
    raw = pppox.encode((sid, remote, dev), NAMES, "connect", OE)
    start = struct.pack("=HI", AF_PPPOX, OE) + struct.pack(">H", sid)
    assert raw == start + remote + dev.encode().ljust(16, b"\0")
    assert pppox.decode(raw, NAMES, OE) == (sid, remote, dev)


@given(call_id=numbers_of_16_bits, host=st.ip_addresses(v=4))
def test_any_call_of_pptp_survives_the_codec(call_id: int, host: Any) -> None:
    raw = pppox.encode((call_id, str(host)), NAMES, "bind", PPTP)
    assert raw == struct.pack("=HIHxx4s16x", AF_PPPOX, PPTP, call_id, host.packed)
    assert pppox.decode(raw, NAMES, PPTP) == (call_id, str(host))


def test_the_protocol_in_the_address_decides_how_it_is_read() -> None:
    raw = pppox.encode(WHOLE[PPTP], NAMES, "bind", PPTP)
    assert pppox.decode(raw, NAMES, OE) == WHOLE[PPTP]


def test_a_device_name_that_fills_its_field_is_not_overread() -> None:
    raw = struct.pack("=HIH6s16s", AF_PPPOX, OE, 0, MAC, b"d" * 16)
    assert pppox.decode(raw + b"beyond", NAMES, OE) == (0, MAC, "d" * 16)


@given(body=st.binary(min_size=32, max_size=52))
def test_an_address_of_l2tp_is_raw_in_both_directions(body: bytes) -> None:
    body = struct.pack("=I", OL2TP) + body
    raw = pppox.encode((AF_PPPOX, body), NAMES, "connect", OL2TP)
    assert raw == struct.pack("=H", AF_PPPOX) + body
    assert pppox.decode(raw, NAMES, OL2TP) == (AF_PPPOX, body)


@every_protocol
def test_a_truncated_address_is_refused_not_overread(proto: int) -> None:
    raw = pppox.encode(WHOLE[proto], NAMES, "bind", proto)
    assert len(raw) == SIZE
    for size in range(SIZE):
        with pytest.raises(ValueError):
            pppox.decode(raw[:size], NAMES, proto)


@berkeley_only
@every_protocol
def test_a_whole_address_reaches_the_kernel(net: ModuleType, closing: Any, proto: int) -> None:
    with pytest.raises(OSError) as caught:
        disguised(net, closing, AF_PPPOX, proto).connect(WHOLE[proto])
    assert caught.value.errno == errno.EINVAL  # AF_UNIX does not know it


@berkeley_only
@pytest.mark.parametrize(
    ("proto", "address"),
    [
        *((OE, address) for address in [None, 5, [1, MAC, "lo"], (), (1, MAC), (1, MAC, "lo", 0)]),
        *((OE, address) for address in [("1", MAC, "lo"), (1, "010203040506", "lo"), (1, MAC, b"lo"), (1, MAC, None)]),
        *(
            (PPTP, address)
            for address in [None, 5, [1, "127.0.0.1"], (), (1,), (1, "127.0.0.1", 0), ("1", "127.0.0.1")]
        ),
        (OL2TP, ("127.0.0.1", 1)),
    ],
)
def test_a_malformed_address_is_a_type_error(net: ModuleType, closing: Any, proto: int, address: Any) -> None:
    with pytest.raises(TypeError):
        disguised(net, closing, AF_PPPOX, proto).connect(address)


@berkeley_only
@every_protocol
@pytest.mark.parametrize("number", [-1, 1 << 16, 1 << 70])
def test_a_number_outside_16_bits_overflows(net: ModuleType, closing: Any, proto: int, number: int) -> None:
    with pytest.raises(OverflowError):
        disguised(net, closing, AF_PPPOX, proto).connect((number, *WHOLE[proto][1:]))


@berkeley_only
@pytest.mark.parametrize("remote", [b"", MAC[:5], MAC + b"7"])
def test_a_hardware_address_of_another_length_is_a_value_error(net: ModuleType, closing: Any, remote: bytes) -> None:
    with pytest.raises(ValueError, match="must have 6 bytes"):
        disguised(net, closing, AF_PPPOX).connect((1, remote, "lo"))


@berkeley_only
def test_a_device_name_longer_than_any_interface_can_have_is_refused(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(net, closing, AF_PPPOX).connect((1, MAC, "d" * 16))
    assert caught.value.args == ("AF_PPPOX interface name too long",)


@berkeley_only
def test_a_device_name_with_a_nul_is_refused(net: ModuleType, closing: Any) -> None:
    with pytest.raises(ValueError, match="embedded null"):
        disguised(net, closing, AF_PPPOX).connect((1, MAC, "lo\0"))
