"""Ancillary data on the way in and out: whole items, forged ones, cut ones, and the descriptors inside them."""

from __future__ import annotations

import importlib
import struct
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import fresh
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

HEADER = struct.calcsize("@Nii")
MALFORMED = "received malformed or improperly-truncated ancillary data"
ONLY_BERKELEY = pytest.mark.berkeley_only("the parser by itself has no counterpart in the interpreter's own module")


def header(length: int, level: int = 1, kind: int = 1) -> bytes:
    return struct.pack("@Nii", length, level, kind)


def item(data: bytes, level: int = 1, kind: int = 1) -> bytes:
    return (header(HEADER + len(data), level, kind) + data).ljust(HEADER + (len(data) + 7) // 8 * 8, b"\0")


ONE = b"\1\0\0\0"
FORGED = {
    "nothing": (b"", [], False),
    "exact": (header(HEADER + 4) + ONE, [(1, 1, ONE)], False),
    "exact and padded": (item(ONE), [(1, 1, ONE)], False),
    "two items": (item(ONE) + item(b"abcdefgh", 41, 7), [(1, 1, ONE), (41, 7, b"abcdefgh")], False),
    "item without data": (item(b"", 0, 8), [(0, 8, b"")], False),
    "length beyond the buffer": (header(HEADER + 8) + b"\1\0\0\0\2\0", [(1, 1, b"\1\0\0\0\2\0")], True),
    "header only, length beyond": (header(HEADER + 4), [(1, 1, b"")], True),
    "cut inside the header": (header(HEADER + 4)[:10], [], False),
    "cut inside the second header": (item(ONE) + header(HEADER)[:8], [(1, 1, ONE)], False),
    "length below a header": (header(8) + ONE, [], True),
    "length zero": (header(0) + bytes(16), [], True),
    "largest length": (header(sys.maxsize * 2 + 1) + ONE, [(1, 1, ONE)], True),
    "length that wraps when padded": (header(sys.maxsize * 2 - 2) + ONE, [(1, 1, ONE)], True),
    "second item cut": (item(ONE) + header(HEADER + 8, 1, 2) + b"abcd", [(1, 1, ONE), (1, 2, b"abcd")], True),
    "negative level and type": (item(ONE, -1, -(2**31)), [(-1, -(2**31), ONE)], False),
}


@pytest.fixture(scope="module")
def forged_recvmsg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh.compile_shim("forged_recvmsg", tmp_path_factory.mktemp("shims"))


def cmsg(net: ModuleType) -> Any:
    return importlib.import_module(f"{net.__name__}._cmsg")


@pytest.mark.req("MET-072", "EXC-016")
@pytest.mark.simulated
@ONLY_BERKELEY
@pytest.mark.parametrize("case", FORGED)
def test_the_parser_cuts_items_at_the_end_of_the_buffer(net: ModuleType, case: str) -> None:
    control, items, malformed = FORGED[case]
    found, flag = cmsg(net).parse(control)
    assert found == items
    assert bool(flag) is malformed


@pytest.mark.req("MET-072")
@pytest.mark.simulated
@ONLY_BERKELEY
def test_the_parser_stays_inside_any_bytes(net: ModuleType) -> None:
    parse = cmsg(net).parse
    lengths = st.one_of(st.integers(0, 60), st.integers(0, 2**64 - 1))
    pieces = st.one_of(st.binary(max_size=40), lengths.map(header), st.binary(max_size=20).map(item))

    @settings(max_examples=150, deadline=None, database=None)
    @given(st.lists(pieces, max_size=4).map(b"".join))
    def check(control: bytes) -> None:
        items, malformed = parse(control)
        assert sum(HEADER + len(data) for _, _, data in items) <= len(control)
        assert all(data in control for _, _, data in items)
        assert malformed or len(items) <= len(control) // HEADER

    check()


@pytest.mark.req("MET-093")
@pytest.mark.simulated
@ONLY_BERKELEY
def test_built_control_data_is_padded_with_zeros(net: ModuleType) -> None:
    built = cmsg(net).build([(1, 1, ONE), (279, 3, b"abcdefghi"), (0, 0, b"")])
    assert built == item(ONE) + item(b"abcdefghi", 279, 3) + item(b"", 0, 0)
    assert len(built) == net.CMSG_SPACE(4) + net.CMSG_SPACE(9) + net.CMSG_SPACE(0)


@pytest.mark.req("MET-093")
@pytest.mark.simulated
@ONLY_BERKELEY
def test_what_was_built_is_parsed_back(net: ModuleType) -> None:
    numbers = st.integers(-(2**31), 2**31 - 1)

    @settings(max_examples=60, deadline=None, database=None)
    @given(st.lists(st.tuples(numbers, numbers, st.binary(max_size=30)), max_size=4))
    def check(items: list[tuple[int, int, bytes]]) -> None:
        found, malformed = cmsg(net).parse(cmsg(net).build(items))
        assert found == items
        assert not malformed

    check()


@pytest.mark.req("MET-094")
@pytest.mark.simulated
@ONLY_BERKELEY
def test_where_space_is_unknown_one_control_message_is_all(net: ModuleType) -> None:
    build = cmsg(net).build
    assert build([(1, 1, ONE)], False) == item(ONE)
    assert build([], False) == b""
    with pytest.raises(OSError, match="multiple control messages"):
        build([(1, 1, ONE), (1, 2, b"")], False)


RECEIVE = """
import warnings
left, right = socket.socketpair()
with left, right, warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    result = {call}
report([result[0] if isinstance(result[0], int) else result[0].hex(),
        [[level, kind, data.hex()] for level, kind, data in result[1]], result[2], result[3],
        [[warning.category.__name__, str(warning.message)] for warning in caught]])
"""

CALLS = {"recvmsg": "left.recvmsg(1, 100)", "recvmsg_into": "left.recvmsg_into([bytearray(1)], 100)"}


@pytest.mark.req("MET-072", "EXC-016")
@pytest.mark.simulated
@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize(
    "case",
    [
        "exact",
        "length beyond the buffer",
        "header only, length beyond",
        "cut inside the header",
        "length below a header",
        "second item cut",
    ],
)
def test_an_item_that_runs_past_the_buffer_gives_a_warning(
    net: ModuleType, forged_recvmsg: Path, method: str, case: str
) -> None:
    control, items, malformed = FORGED[case]
    code = RECEIVE.format(call=CALLS[method])
    result = fresh.run(net, code, preload=forged_recvmsg, FORGED_CONTROL=control.hex())
    data = 1 if method == "recvmsg_into" else b"Z".hex()
    assert result[:4] == [data, [[level, kind, value.hex()] for level, kind, value in items], 0, None]
    assert result[4] == ([["RuntimeWarning", MALFORMED]] if malformed else [])


RAISING = """
import os, struct
from contextlib import suppress
def header(length, kind=1):
    return struct.pack("@Nii", length, 1, kind)
first, second = (os.open(os.devnull, os.O_RDONLY) for _ in range(2))
{forge}
os.environ["FORGED_CONTROL"] = control.hex()
left, right = socket.socketpair()
try:
    {call}
except RuntimeWarning as warning:
    raised = str(warning)
left.close()
right.close()
still_open = []
for fd in (first, second):
    with suppress(OSError):
        os.fstat(fd)
        still_open.append(fd)
report([raised, len(still_open)])
"""

FORGED_RIGHTS = {
    "item before the malformed one": (
        "control = header(24) + struct.pack('2i', first, second) + header(24, 2) + b'abcd'",
        0,
    ),
    "item that is malformed itself": ("control = header(32) + struct.pack('2i', first, second)", 0),
    "item of which one descriptor is whole": ("control = header(24) + struct.pack('2i', first, second)[:6]", 1),
    "other items that only look like descriptors": (
        "control = header(24, 2) + struct.pack('2i', first, second) + header(24, 2) + b'abcd'",
        2,
    ),
}


@pytest.mark.req("MET-071")
@pytest.mark.simulated
@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize("case", FORGED_RIGHTS)
def test_received_descriptors_are_closed_when_the_warning_is_raised(
    net: ModuleType, forged_recvmsg: Path, method: str, case: str
) -> None:
    forge, left_open = FORGED_RIGHTS[case]
    code = RAISING.format(call=CALLS[method], forge=forge)
    assert fresh.run(net, code, preload=forged_recvmsg, FORGED_CONTROL="") == [MALFORMED, left_open]


@pytest.mark.req("MET-072")
@pytest.mark.simulated
@pytest.mark.berkeley_only("reliability: the interpreter's own module reads past its buffer here")
@pytest.mark.parametrize("method", CALLS)
def test_a_control_length_above_the_storage_is_clamped(net: ModuleType, forged_recvmsg: Path, method: str) -> None:
    claimed = {"FORGED_CONTROL": header(10_000).hex() + "ab" * 84, "FORGED_CONTROLLEN": "10000"}
    result = fresh.run(net, RECEIVE.format(call=CALLS[method]), preload=forged_recvmsg, **claimed)
    assert result[1] == [[1, 1, "ab" * 84]]


@pytest.mark.simulated
@pytest.mark.berkeley_only("reliability: the interpreter's own module reads past its storage here")
@pytest.mark.parametrize("method", CALLS)
def test_an_address_length_above_the_storage_is_clamped(net: ModuleType, forged_recvmsg: Path, method: str) -> None:
    claimed = {"FORGED_CONTROL": "", "FORGED_NAMELEN": "10000"}
    result = fresh.run(net, RECEIVE.format(call=CALLS[method]), preload=forged_recvmsg, **claimed)
    assert set(result[3]) == {"n"}
    assert len(result[3]) <= 126
