"""AF_LINK addresses of BSD and macOS: (ifname, type, address)."""

from __future__ import annotations

import struct
from typing import Any

import elsewhere
import pytest
from bluetooth_cases import garbage
from codec_cases import NumericNames
from hypothesis import given
from hypothesis import strategies as st

from berkeley.sockaddr import link

pytestmark = pytest.mark.simulated

CODEC = link.CODEC.serve(18)
NAMES = NumericNames()
MAC = bytes.fromhex("001122334455")
IFT_ETHER = 6
SIZES = {"freebsd14": 54, "darwin": 20, "netbsd10": 32, "openbsd7": 32}  # of struct sockaddr_dl


def encoded(*address: Any) -> bytes:
    return CODEC.encode(address, NAMES)


def head(raw: bytes) -> tuple[int, ...]:
    """sdl_index, sdl_type, sdl_nlen, sdl_alen and sdl_slen."""
    return struct.unpack_from("=2xH4B", raw)


def test_a_named_interface_stands_with_its_index_name_and_address() -> None:
    raw = encoded("eth0", IFT_ETHER, MAC)
    assert head(raw) == (2, IFT_ETHER, 4, 6, 0)
    assert raw[8:] == (b"eth0" + MAC).ljust(46, b"\0")
    assert CODEC.decode(raw, NAMES) == ("eth0", IFT_ETHER, MAC)


def test_an_index_stands_without_a_name_which_the_system_tells() -> None:
    raw = encoded(2, IFT_ETHER, MAC)
    assert head(raw) == (2, IFT_ETHER, 0, 6, 0)
    assert CODEC.decode(raw, NAMES) == ("eth0", IFT_ETHER, MAC)


@pytest.mark.parametrize(("address", "read"), [((99,), ("", 0, b"")), ((0,), ("", 0, b"")), (("",), ("", 0, b""))])
def test_an_interface_that_is_none_or_has_gone_is_the_empty_name(address: Any, read: Any) -> None:
    assert CODEC.decode(encoded(*address), NAMES) == read


def test_type_and_address_may_be_left_out() -> None:
    assert encoded("lo") == encoded("lo", 0) == encoded("lo", 0, b"")


@given(ifname=st.sampled_from(["", "lo", "eth0"]), kind=st.integers(0, 255), address=st.binary(min_size=0, max_size=32))
def test_any_address_survives_the_codec(ifname: str, kind: int, address: bytes) -> None:
    assert CODEC.decode(encoded(ifname, kind, address), NAMES) == (ifname, kind, address)


def test_a_long_address_makes_a_long_sockaddr() -> None:
    class Anything(NumericNames):
        def ifindex(self, name: bytes, fd: int) -> int:
            return 1

    raw = CODEC.encode(("i" * 15, 0, b"\1" * 32), Anything())
    assert len(raw) == 8 + 15 + 32
    assert CODEC.decode(raw, NAMES) == ("i" * 15, 0, b"\1" * 32)


@pytest.mark.parametrize("address", [None, "lo", 1, ["lo"], (), ("lo", 1, b"", 0), (None,), (b"lo",), ("lo", "1")])
def test_a_wrong_shape_is_a_type_error(address: Any) -> None:
    with pytest.raises(TypeError):
        CODEC.encode(address, NAMES)


@pytest.mark.parametrize("address", [(1 << 16,), (-1,), ("lo", 256), ("lo", -1)])
def test_a_number_outside_its_field_overflows(address: Any) -> None:
    with pytest.raises(OverflowError):
        CODEC.encode(address, NAMES)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes or less"):
        encoded("lo", 0, bytes(33))
    with pytest.raises(OSError, match="interface name too long"):
        encoded("i" * 16)
    with pytest.raises(ValueError, match="embedded null character"):
        encoded("lo\0")
    with pytest.raises(OSError):
        encoded("nosuch0")


def test_a_truncated_address_is_refused_not_overread() -> None:
    raw = encoded("eth0", IFT_ETHER, MAC)
    for size in range(8 + 4 + 6):
        with pytest.raises(ValueError):
            CODEC.decode(raw[:size], NAMES)


@given(raw=garbage)
def test_bytes_of_any_kind_are_read_or_refused(raw: bytes) -> None:
    sound = len(raw) >= 8 and len(raw) >= 8 + raw[5] + raw[6]
    if not sound:
        with pytest.raises(ValueError):
            CODEC.decode(raw, NAMES)
    else:
        _, kind, address = CODEC.decode(raw, NAMES)
        assert (kind, address) == (raw[4], raw[8 + raw[5] :][: raw[6]])


@pytest.mark.parametrize("system", SIZES)
def test_each_system_has_its_own_size_of_the_data_behind_the_header(system: str) -> None:
    raw = bytes.fromhex(elsewhere.bytes_on(system, "AF_LINK", ("eth0", IFT_ETHER, MAC)))
    assert raw[:2] == bytes([SIZES[system], 18])
    assert len(raw) == SIZES[system]
    assert raw[8:] == (b"eth0" + MAC).ljust(SIZES[system] - 8, b"\0")


def test_the_family_of_that_name_on_windows_has_raw_addresses() -> None:
    code = "report(decoded('AF_LINK', (33).to_bytes(2, sys.byteorder).hex() + '00' * 12) == (33, bytes(12)))"
    assert elsewhere.on("win32", code)
