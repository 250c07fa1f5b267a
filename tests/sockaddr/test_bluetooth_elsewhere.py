"""AF_BLUETOOTH addresses of FreeBSD, of NetBSD and DragonFly BSD, and of Windows."""

from __future__ import annotations

import sys
from typing import Any

import elsewhere
import pytest
from bluetooth_cases import BDADDR, MALFORMED, REVERSED, bdaddrs, garbage, outcome
from codec_cases import COMPARABLE
from hypothesis import given
from hypothesis import strategies as st

from berkeley.constants import load
from berkeley.sockaddr import bluetooth_freebsd, bluetooth_netbsd, bluetooth_windows
from berkeley.sockaddr._systems import own_modules

pytestmark = pytest.mark.simulated

FREEBSD = bluetooth_freebsd.CODEC.serve(36)
NETBSD = bluetooth_netbsd.CODEC.serve(31)
WINDOWS = bluetooth_windows.CODEC.serve(32)

FREEBSD_HCI, FREEBSD_L2CAP, FREEBSD_RFCOMM, FREEBSD_SCO = 134, 135, 136, 137
HCI, L2CAP, RFCOMM, SCO = 1, 2, 3, 4  # of NetBSD and DragonFly BSD
WINDOWS_RFCOMM, WINDOWS_L2CAP = 3, 256

# (codec, protocol, address, bytes, address that they are read as); the header is that of the machine of the test.
GOLDEN: list[tuple[str, Any, int, Any, str, Any]] = [
    ("FAM-038", FREEBSD, 135, (BDADDR, 4097), "2400" + "0110" + REVERSED + "00000000", (BDADDR, 4097)),
    ("FAM-038", FREEBSD, 135, (BDADDR, 0, 4, 1), "2400" + "0000" + REVERSED + "04000100", (BDADDR, 0, 4, 1)),
    ("FAM-039", FREEBSD, 136, (BDADDR, 5), "2400" + REVERSED + "05", (BDADDR, 5)),
    ("FAM-040", FREEBSD, 134, "ubt0hci", "2400" + b"ubt0hci".hex() + "00" * 25, "ubt0hci"),
    ("FAM-040", FREEBSD, 134, b"ubt0hci", "2400" + b"ubt0hci".hex() + "00" * 25, "ubt0hci"),
    ("FAM-040", FREEBSD, 134, ("ubt0hci",), "2400" + b"ubt0hci".hex() + "00" * 25, "ubt0hci"),
    ("FAM-040", FREEBSD, 134, (12,), "2400" + b"ubt12hci".hex() + "00" * 24, "ubt12hci"),
    ("FAM-040", FREEBSD, 134, 0, "2400" + b"ubt0hci".hex() + "00" * 25, "ubt0hci"),
    ("FAM-040", FREEBSD, 134, "n" * 31, "2400" + "6e" * 31 + "00", "n" * 31),
    ("FAM-038", NETBSD, 2, (BDADDR, 4097), "1f00" + REVERSED + "0110" + "00" * 6, (BDADDR, 4097)),
    ("FAM-039", NETBSD, 3, (BDADDR, 5), "1f00" + REVERSED + "0000" + "05" + "00" * 5, (BDADDR, 5)),
    ("FAM-041", NETBSD, 1, BDADDR, "1f00" + REVERSED + "00" * 8, BDADDR),
    ("FAM-041", NETBSD, 1, (BDADDR,), "1f00" + REVERSED + "00" * 8, BDADDR),
    ("FAM-041", NETBSD, 1, BDADDR.encode(), "1f00" + REVERSED + "00" * 8, BDADDR),
    ("FAM-042", NETBSD, 4, BDADDR.encode(), "1f00" + REVERSED + "00" * 8, BDADDR),
    ("FAM-042", NETBSD, 4, BDADDR, "1f00" + REVERSED + "00" * 8, BDADDR),
    ("FAM-039", WINDOWS, 3, (BDADDR, 5), "2000" + REVERSED + "0000" + "00" * 16 + "05000000", (BDADDR, 5)),
    ("FAM-039", WINDOWS, 3, (BDADDR, -1), "2000" + REVERSED + "0000" + "00" * 16 + "ffffffff", (BDADDR, 0xFFFFFFFF)),
    ("FAM-038", WINDOWS, 256, (BDADDR, 4097), "2000" + REVERSED + "0000" + "00" * 16 + "01100000", (BDADDR, 4097)),
]
golden = pytest.mark.parametrize(
    ("codec", "proto", "address", "raw", "result"),
    [pytest.param(*row[1:], marks=pytest.mark.req(row[0])) for row in GOLDEN if COMPARABLE],
)
SIZES: list[tuple[Any, int, Any, int]] = [
    (FREEBSD, FREEBSD_L2CAP, (BDADDR, 1), 14),
    (FREEBSD, FREEBSD_RFCOMM, (BDADDR, 1), 9),
    (FREEBSD, FREEBSD_HCI, "ubt0hci", 34),
    (NETBSD, L2CAP, (BDADDR, 1), 16),
    (NETBSD, RFCOMM, (BDADDR, 1), 16),
    (NETBSD, HCI, BDADDR, 16),
    (NETBSD, SCO, BDADDR, 16),
    (WINDOWS, WINDOWS_RFCOMM, (BDADDR, 1), 30),
    (WINDOWS, WINDOWS_L2CAP, (BDADDR, 1), 30),
]


@golden
def test_the_codec_makes_the_bytes_of_the_header_with_zeros_for_padding(
    codec: Any, proto: int, address: Any, raw: str, result: Any
) -> None:
    assert codec.encode(address, proto=proto).hex() == raw


@golden
def test_the_codec_reads_the_bytes_of_the_header(codec: Any, proto: int, address: Any, raw: str, result: Any) -> None:
    assert codec.decode(bytes.fromhex(raw), proto=proto) == result
    assert codec.encode(result, proto=proto).hex() == raw


@pytest.mark.parametrize(("codec", "proto", "address", "size"), SIZES)
def test_a_truncated_address_is_refused_not_overread(codec: Any, proto: int, address: Any, size: int) -> None:
    raw = codec.encode(address, proto=proto)
    assert len(raw) == size
    for shorter in range(size):
        with pytest.raises(ValueError):
            codec.decode(raw[:shorter], proto=proto)


@given(bdaddr=bdaddrs, number=st.integers(0, 0xFF))
def test_any_address_survives_every_codec(bdaddr: str, number: int) -> None:
    for codec, proto, address, _ in SIZES:
        if isinstance(address, tuple):
            raw = codec.encode((bdaddr, number), proto=proto)
            assert codec.decode(raw, proto=proto) == (bdaddr, number)


@given(raw=garbage, case=st.sampled_from(SIZES))
def test_bytes_of_any_kind_are_read_or_refused(raw: bytes, case: tuple[Any, int, Any, int]) -> None:
    codec, proto, _, size = case
    assert (outcome(codec, raw, proto) is None) == (len(raw) < size)


@pytest.mark.parametrize("size", range(129))
def test_every_length_of_zeros_and_ones_is_read_or_refused(size: int) -> None:
    for codec, proto, _, _ in SIZES:
        outcome(codec, b"\0" * size, proto)
        outcome(codec, b"\xff" * size, proto)


@given(raw=garbage, codec=st.sampled_from([FREEBSD, NETBSD, WINDOWS]))
def test_bytes_of_an_unknown_protocol_are_refused(raw: bytes, codec: Any) -> None:
    assert outcome(codec, raw, 0) is None
    assert outcome(codec, raw, FREEBSD_SCO) is None


@pytest.mark.req("FAM-044")
@pytest.mark.parametrize("text", MALFORMED, ids=lambda text: ascii(text)[:24])
def test_a_malformed_device_address_is_an_os_error(text: str) -> None:
    for codec, proto, whole, _ in SIZES:
        if proto != FREEBSD_HCI:
            address = (text, 1) if isinstance(whole, tuple) else text
            with pytest.raises(OSError, match=r"^bad bluetooth address$"):
                codec.encode(address, proto=proto)


@pytest.mark.parametrize(
    ("codec", "proto", "address"),
    [
        *((FREEBSD, FREEBSD_L2CAP, address) for address in [None, BDADDR, (BDADDR,), (BDADDR, 1, 2, 3, 4), (1, 1)]),
        *((FREEBSD, FREEBSD_RFCOMM, address) for address in [None, BDADDR, (BDADDR,), (BDADDR, 1, 2), (BDADDR, "1")]),
        *((FREEBSD, FREEBSD_HCI, address) for address in [None, 1.0, [], (), ("ubt0hci", 1), (None,)]),
        *((NETBSD, L2CAP, address) for address in [None, BDADDR, (BDADDR,), (BDADDR, 1, 0), (BDADDR, 1.0)]),
        *((NETBSD, RFCOMM, address) for address in [None, BDADDR, (BDADDR,), (BDADDR, 1, 0), (None, 1)]),
        *((NETBSD, HCI, address) for address in [None, 0, (0,), (), (BDADDR, 0), [BDADDR]]),
        *((NETBSD, SCO, address) for address in [None, 0, (BDADDR,), [BDADDR]]),
        *((WINDOWS, WINDOWS_RFCOMM, address) for address in [None, BDADDR, (BDADDR,), (BDADDR, 1, 0), (BDADDR, "1")]),
    ],
)
def test_a_wrong_shape_is_an_os_error(codec: Any, proto: int, address: Any) -> None:
    with pytest.raises(OSError, match=r"^connect\(\): wrong format$"):
        codec.encode(address, caller="connect", proto=proto)


@pytest.mark.parametrize(
    ("codec", "proto", "address"),
    [
        *((FREEBSD, FREEBSD_L2CAP, (BDADDR, *rest)) for rest in [(1 << 16,), (-1,), (0, 1 << 16), (0, 0, 256)]),
        *((FREEBSD, FREEBSD_RFCOMM, (BDADDR, channel)) for channel in (256, -1)),
        *((FREEBSD, FREEBSD_HCI, number) for number in (-1, 1 << 16)),
        *((NETBSD, L2CAP, (BDADDR, psm)) for psm in (1 << 16, -1)),
        *((NETBSD, RFCOMM, (BDADDR, channel)) for channel in (256, -1)),
        *((WINDOWS, WINDOWS_RFCOMM, (BDADDR, channel)) for channel in (1 << 32, -2)),
    ],
)
def test_a_number_outside_its_field_overflows(codec: Any, proto: int, address: Any) -> None:
    with pytest.raises(OverflowError):
        codec.encode(address, proto=proto)


@pytest.mark.parametrize("node", ["n" * 32, b"n" * 32, "n" * 100_000, "é" * 16])
def test_a_node_name_that_does_not_fit_is_refused(node: Any) -> None:
    with pytest.raises(OSError, match=r"^AF_BLUETOOTH node name too long$"):
        FREEBSD.encode(node, proto=FREEBSD_HCI)


@pytest.mark.parametrize("node", ["ubt\0hci", b"ubt\0hci", "\0"])
def test_a_node_name_with_a_nul_is_refused(node: Any) -> None:
    with pytest.raises(ValueError, match="embedded null character"):
        FREEBSD.encode(node, proto=FREEBSD_HCI)


@pytest.mark.req("FAM-043", "CON-107")
def test_freebsd_has_no_sco() -> None:
    assert "BTPROTO_SCO" not in load("freebsd14")
    with pytest.raises(OSError, match="unknown Bluetooth protocol"):
        FREEBSD.encode(BDADDR.encode(), proto=FREEBSD_SCO)


def test_the_protocols_have_the_numbers_of_the_constants() -> None:
    freebsd, netbsd, windows = load("freebsd14"), load("netbsd10"), load("win32")
    names = ("BTPROTO_HCI", "BTPROTO_L2CAP", "BTPROTO_RFCOMM")
    assert [freebsd[name] for name in names] == [FREEBSD_HCI, FREEBSD_L2CAP, FREEBSD_RFCOMM]
    assert [netbsd[name] for name in (*names, "BTPROTO_SCO")] == [HCI, L2CAP, RFCOMM, SCO]
    assert windows["BTPROTO_RFCOMM"] == WINDOWS_RFCOMM


@pytest.mark.req("FAM-001")
@pytest.mark.skipif(sys.byteorder != "little", reason="needs a little-endian machine: the bytes are those of one")
@pytest.mark.parametrize(
    ("system", "proto", "address", "raw"),
    [
        ("freebsd14", 135, (BDADDR, 4097), "0e24" + "0110" + REVERSED + "00000000"),
        ("freebsd14", 136, (BDADDR, 5), "0924" + REVERSED + "05"),
        ("freebsd14", 134, "ubt0hci", "2224" + b"ubt0hci".hex() + "00" * 25),
        ("netbsd10", 2, (BDADDR, 4097), "101f" + REVERSED + "0110" + "00" * 6),
        ("win32", 3, (BDADDR, 5), "2000" + REVERSED + "0000" + "00" * 16 + "05000000"),
    ],
)
def test_each_system_has_its_own_layout_and_header(system: str, proto: int, address: Any, raw: str) -> None:
    assert elsewhere.bytes_on(system, "AF_BLUETOOTH", address, proto) == raw


def test_dragonfly_has_the_layout_of_netbsd() -> None:
    assert own_modules("dragonfly6") == own_modules("netbsd10") == {"AF_BLUETOOTH": "bluetooth_netbsd"}
