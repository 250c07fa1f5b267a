"""PF_SYSTEM addresses of macOS: the name of a kernel control or (id, unit)."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import elsewhere
import fresh
import pytest
from bluetooth_cases import garbage, outcome
from codec_cases import NumericNames
from hypothesis import given
from hypothesis import strategies as st

from berkeley.constants import load
from berkeley.sockaddr import system

pytestmark = pytest.mark.simulated

SYSPROTO_EVENT, SYSPROTO_CONTROL = 1, 2
UTUN = "com.apple.net.utun_control"
CODEC = system.CODEC.serve(32)

unsigned = st.integers(0, 0xFFFFFFFF)


class Controls(NumericNames):
    """The kernel control of UTUN has the number 7."""

    def control(self, name: str, fd: int) -> int:
        if name != UTUN:
            raise OSError(2, "No such file or directory")
        return 7


NAMES = Controls()


def encoded(address: Any) -> bytes:
    return CODEC.encode(address, NAMES, "connect", SYSPROTO_CONTROL)


def body(raw: bytes) -> tuple[int, ...]:
    """ss_sysaddr, sc_id, sc_unit and the five reserved numbers."""
    return struct.unpack("=2xH7I", raw)


@pytest.mark.req("FAM-036")
def test_the_name_of_a_control_becomes_its_number_and_unit_0() -> None:
    assert body(encoded(UTUN)) == (2, 7, 0, 0, 0, 0, 0, 0)


@pytest.mark.req("FAM-036")
def test_an_unknown_name_is_an_os_error() -> None:
    with pytest.raises(OSError) as caught:
        encoded("no.such.control")
    assert caught.value.errno == 2
    with pytest.raises(OSError, match="not known here"):
        CODEC.encode(UTUN, proto=SYSPROTO_CONTROL)


@pytest.mark.req("FAM-037")
def test_a_pair_stands_as_it_is() -> None:
    assert body(encoded((7, 3))) == (2, 7, 3, 0, 0, 0, 0, 0)
    assert CODEC.decode(encoded((7, 3)), proto=SYSPROTO_CONTROL) == (7, 3)


@pytest.mark.req("FAM-037")
@given(control=unsigned, unit=unsigned)
def test_any_pair_survives_the_codec(control: int, unit: int) -> None:
    raw = encoded((control, unit))
    assert len(raw) == 32
    assert CODEC.decode(raw, proto=SYSPROTO_CONTROL) == (control, unit)


@pytest.mark.req("FAM-036", "FAM-037")
@pytest.mark.parametrize("address", [None, 7, b"com.apple", [7, 0], (), (7,), (7, 0, 0)])
def test_anything_but_a_name_or_a_pair_is_a_type_error(address: Any) -> None:
    with pytest.raises(TypeError, match=r"^connect\(\): PF_SYSTEM address must be a str or a pair \(id, unit\)$"):
        encoded(address)


@pytest.mark.parametrize("address", [("7", 0), (7, None), (7.0, 0), (UTUN, 0)])
def test_an_item_that_is_no_integer_is_a_type_error(address: Any) -> None:
    with pytest.raises(TypeError):
        encoded(address)


@pytest.mark.parametrize("address", [(1 << 32, 0), (0, 1 << 32), (-1, 0), (0, -1), (1 << 80, 0)])
def test_a_number_outside_32_bits_overflows(address: tuple[int, int]) -> None:
    with pytest.raises(OverflowError):
        encoded(address)


@pytest.mark.parametrize("proto", [0, SYSPROTO_EVENT, 3])
def test_another_protocol_has_no_addresses(proto: int) -> None:
    with pytest.raises(OSError, match=r"^bind\(\): unsupported PF_SYSTEM protocol$"):
        CODEC.encode((1, 2), proto=proto)
    with pytest.raises(ValueError, match=r"^Invalid address type$"):
        CODEC.decode(bytes(32), proto=proto)


@given(raw=garbage)
def test_bytes_of_any_kind_are_read_or_refused(raw: bytes) -> None:
    assert (outcome(CODEC, raw, SYSPROTO_CONTROL) is None) == (len(raw) < 32)


@pytest.mark.req("FAM-036", "FAM-037")
def test_macos_has_the_header_with_its_length() -> None:
    raw = bytes.fromhex(elsewhere.bytes_on("darwin", "PF_SYSTEM", (7, 3), SYSPROTO_CONTROL))
    assert raw[:2] == bytes([32, load("darwin")["PF_SYSTEM"]])
    assert body(raw) == (2, 7, 3, 0, 0, 0, 0, 0)


@pytest.fixture(scope="module")
def controls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh.compile_shim("kernel_control", tmp_path_factory.mktemp("shims"))


SOCKET = """
import os
family("PF_SYSTEM")
sys.platform = real
left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
right.close()
with socket.socket(numbers["PF_SYSTEM"], socket.SOCK_DGRAM, 2, fileno=left.detach()) as sock:
"""


@pytest.mark.req("FAM-036")
def test_a_socket_asks_the_kernel_for_the_number_of_a_name(controls: Path) -> None:
    connecting = SOCKET + "    sock.connect('com.apple.net.utun_control'); report(sock.getpeername())"
    assert elsewhere.on("darwin", connecting, controls) == [4000000001, 0]


@pytest.mark.req("FAM-037")
def test_a_socket_takes_a_pair_without_asking(controls: Path) -> None:
    connecting = SOCKET + "    sock.connect((5, 6)); report(sock.getpeername())"
    assert elsewhere.on("darwin", connecting, controls) == [5, 6]


REFUSED = """
    refusals = []
    for name in ("no.such.control", "n" * 96, "n" * 95, "com.apple\\0", "é" * 48):
        try:
            sock.connect(name)
        except (OSError, ValueError) as refused:
            refusals.append([type(refused).__name__, getattr(refused, "errno", None)])
    report(refusals)
"""


@pytest.mark.req("FAM-036")
def test_a_name_that_no_control_has_is_refused(controls: Path) -> None:
    missing, invalid = ["FileNotFoundError", 2], ["ValueError", None]
    assert elsewhere.on("darwin", SOCKET + REFUSED, controls) == [missing, invalid, missing, invalid, invalid]
