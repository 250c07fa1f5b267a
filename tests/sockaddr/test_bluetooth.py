"""AF_BLUETOOTH addresses of Linux: one form for each of L2CAP, RFCOMM, HCI and SCO."""

from __future__ import annotations

import errno
from types import ModuleType
from typing import Any

import pytest
from bluetooth_cases import BDADDR, MALFORMED, REVERSED, bdaddrs, garbage, outcome
from codec_cases import COMPARABLE
from hypothesis import given
from hypothesis import strategies as st

from berkeley.sockaddr import codec

L2CAP, HCI, SCO, RFCOMM = 0, 1, 2, 3
REQUIREMENTS = {L2CAP: "FAM-038", HCI: "FAM-040", SCO: "FAM-042", RFCOMM: "FAM-039"}
SIZES = {L2CAP: 14, HCI: 6, SCO: 8, RFCOMM: 10}
WHOLE: dict[int, Any] = {L2CAP: (BDADDR, 4097), HCI: (1,), SCO: BDADDR.encode(), RFCOMM: (BDADDR, 5)}

bluetooth = codec(31)
pytestmark = pytest.mark.stdlib_needs("AF_BLUETOOTH")

simulated = pytest.mark.simulated
every_protocol = pytest.mark.parametrize(
    "proto", [pytest.param(proto, marks=pytest.mark.req(row)) for proto, row in REQUIREMENTS.items()]
)
uint8, uint16 = st.integers(0, 0xFF), st.integers(0, 0xFFFF)

# (protocol, address, bytes, address that they are read as), bytes of a little-endian machine.
GOLDEN: list[tuple[int, Any, str, Any]] = [
    (L2CAP, (BDADDR, 4097), "1f000110" + REVERSED + "00000000", (BDADDR, 4097)),
    (L2CAP, (BDADDR, 4097, 0), "1f000110" + REVERSED + "00000000", (BDADDR, 4097)),
    (L2CAP, (BDADDR, 0, 4), "1f000000" + REVERSED + "04000000", (BDADDR, 0, 4)),
    (L2CAP, (BDADDR, 0x80, 0, 2), "1f008000" + REVERSED + "00000200", (BDADDR, 0x80, 0, 2)),
    (L2CAP, (BDADDR, 4097, 4, 1), "1f000110" + REVERSED + "04000100", (BDADDR, 4097, 4, 1)),
    (RFCOMM, (BDADDR, 5), "1f00" + REVERSED + "0500", (BDADDR, 5)),
    (HCI, (1,), "1f0001000000", 1),
    (HCI, 1, "1f0001000000", 1),
    (HCI, (1, 0), "1f0001000000", 1),
    (HCI, (1, 1), "1f0001000100", (1, 1)),
    (HCI, (0xFFFF, 3), "1f00ffff0300", (0xFFFF, 3)),
    (HCI, (-1, 3), "1f00ffff0300", (0xFFFF, 3)),
    (SCO, BDADDR.encode(), "1f00" + REVERSED, BDADDR),
    (SCO, BDADDR, "1f00" + REVERSED, BDADDR),
]
golden = pytest.mark.parametrize(
    ("proto", "address", "raw", "result"),
    [pytest.param(*row, marks=pytest.mark.req(REQUIREMENTS[row[0]])) for row in GOLDEN if COMPARABLE],
)


@simulated
@golden
def test_the_codec_makes_the_bytes_of_the_kernel_with_zeros_for_padding(
    proto: int, address: Any, raw: str, result: Any
) -> None:
    assert bluetooth.encode(address, proto=proto).hex() == raw


@simulated
@golden
def test_the_codec_reads_the_bytes_of_the_kernel(proto: int, address: Any, raw: str, result: Any) -> None:
    assert bluetooth.decode(bytes.fromhex(raw), proto=proto) == result


@simulated
@golden
def test_every_result_is_accepted_as_an_argument(proto: int, address: Any, raw: str, result: Any) -> None:
    assert bluetooth.encode(result, proto=proto).hex() == raw


@simulated
@given(bdaddr=bdaddrs, psm=uint16, cid=uint16, bdaddr_type=uint8)
def test_any_l2cap_address_survives_the_codec(bdaddr: str, psm: int, cid: int, bdaddr_type: int) -> None:
    raw = bluetooth.encode((bdaddr, psm, cid, bdaddr_type), proto=L2CAP)
    read = bluetooth.decode(raw, proto=L2CAP)
    assert read + (0,) * (4 - len(read)) == (bdaddr, psm, cid, bdaddr_type)
    assert bluetooth.encode(read, proto=L2CAP) == raw


@simulated
@given(bdaddr=bdaddrs, channel=uint8)
def test_any_rfcomm_address_survives_the_codec(bdaddr: str, channel: int) -> None:
    raw = bluetooth.encode((bdaddr, channel), proto=RFCOMM)
    assert bluetooth.decode(raw, proto=RFCOMM) == (bdaddr, channel)


@simulated
@given(device=uint16, channel=uint16)
def test_any_hci_address_survives_the_codec(device: int, channel: int) -> None:
    read = bluetooth.decode(bluetooth.encode((device, channel), proto=HCI), proto=HCI)
    assert read == ((device, channel) if channel else device)


@simulated
@given(bdaddr=bdaddrs)
def test_any_sco_address_survives_the_codec(bdaddr: str) -> None:
    assert bluetooth.decode(bluetooth.encode(bdaddr, proto=SCO), proto=SCO) == bdaddr
    assert bluetooth.encode(bdaddr.encode(), proto=SCO) == bluetooth.encode(bdaddr, proto=SCO)


@simulated
@pytest.mark.req("FAM-044")
@pytest.mark.parametrize("text", ["1:2:3:A:b:Cd", "01:02:03:0a:0B:cD", "001:002:003:0a:0b:0cd"])
def test_a_device_address_is_returned_in_upper_case_with_two_digits_an_octet(text: str) -> None:
    assert bluetooth.decode(bluetooth.encode((text, 1), proto=RFCOMM), proto=RFCOMM) == ("01:02:03:0A:0B:CD", 1)
    assert bluetooth.decode(bluetooth.encode(text, proto=SCO), proto=SCO) == "01:02:03:0A:0B:CD"


@simulated
@pytest.mark.req("FAM-044")
@pytest.mark.parametrize("text", MALFORMED, ids=lambda text: ascii(text)[:24])
def test_a_malformed_device_address_is_an_os_error(text: str) -> None:
    for proto, address in ((L2CAP, (text, 1)), (RFCOMM, (text, 1)), (SCO, text)):
        with pytest.raises(OSError, match=r"^bad bluetooth address$"):
            bluetooth.encode(address, proto=proto)


@simulated
@every_protocol
def test_a_truncated_address_is_refused_not_overread(proto: int) -> None:
    raw = bluetooth.encode(WHOLE[proto], proto=proto)
    assert len(raw) == SIZES[proto]
    for size in range(len(raw)):
        with pytest.raises(ValueError, match=r"has (at least )?[0-9]+ bytes, not"):
            bluetooth.decode(raw[:size], proto=proto)


@simulated
@given(raw=garbage, proto=st.sampled_from(list(SIZES)))
def test_bytes_of_any_kind_are_read_or_refused(raw: bytes, proto: int) -> None:
    read = outcome(bluetooth, raw, proto)
    assert (read is None) == (len(raw) < SIZES[proto])
    if read is not None:
        assert outcome(bluetooth, bluetooth.encode(read, proto=proto), proto) == read


@simulated
@given(raw=garbage.filter(lambda raw: len(raw) > 1), proto=st.sampled_from([-1, 4, 5, 6, 7, 8, 9, 134, 1 << 20]))
def test_bytes_of_an_unknown_protocol_are_refused(raw: bytes, proto: int) -> None:
    with pytest.raises(ValueError, match=r"^Unknown Bluetooth protocol$"):
        bluetooth.decode(raw, proto=proto)


@simulated
@pytest.mark.parametrize("size", range(129))
def test_every_length_of_zeros_and_ones_is_read_or_refused(size: int) -> None:
    for proto in (*SIZES, 9):
        for filler in (b"\0", b"\xff"):
            outcome(bluetooth, filler * size, proto)


@pytest.fixture
def disguised(net: ModuleType, closing: Any) -> Any:
    """A socket that takes itself for AF_BLUETOOTH, so that it reads addresses so, whatever families the kernel has."""

    def make(proto: int) -> Any:
        left, right = net.socketpair(net.AF_UNIX, net.SOCK_DGRAM)
        closing(right)
        return closing(net.socket(net.AF_BLUETOOTH, net.SOCK_DGRAM, proto, fileno=left.detach()))

    return make


@every_protocol
def test_a_whole_address_reaches_the_kernel(disguised: Any, proto: int) -> None:
    with pytest.raises(OSError) as caught:
        disguised(proto).connect(WHOLE[proto])
    assert caught.value.errno == errno.EINVAL  # AF_UNIX does not know it


BAD_SHAPES: list[tuple[int, Any]] = [
    *((L2CAP, address) for address in [None, 1, BDADDR, BDADDR.encode(), [BDADDR, 1], (), (BDADDR,), (1, BDADDR)]),
    *((L2CAP, address) for address in [(BDADDR, 1, 2, 3, 4), (BDADDR, "1"), (BDADDR, 1.0), (BDADDR, None)]),
    *((L2CAP, address) for address in [(BDADDR.encode(), 1), (None, 1)]),
    *((RFCOMM, address) for address in [None, 1, BDADDR, [BDADDR, 1], (), (BDADDR,), (BDADDR, 1, 2)]),
    *((RFCOMM, address) for address in [(BDADDR, "1"), (BDADDR, 1.0), (BDADDR.encode(), 1), (1, 1)]),
    *((HCI, address) for address in [None, "0", b"0", 1.0, [0], (), ("0",), (None,), (0, 0, 0)]),
    *((SCO, address) for address in [None, 1, (BDADDR,), (BDADDR.encode(),), [BDADDR], bytearray(BDADDR.encode())]),
]


@pytest.mark.parametrize(
    ("proto", "address"), [pytest.param(*row, marks=pytest.mark.req(REQUIREMENTS[row[0]])) for row in BAD_SHAPES]
)
def test_a_wrong_shape_is_an_os_error_here_alone(disguised: Any, proto: int, address: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(proto).connect(address)
    assert (caught.value.args, caught.value.errno) == (("connect(): wrong format",), None)


@every_protocol
def test_a_refusal_names_the_method(disguised: Any, proto: int) -> None:
    with pytest.raises(OSError, match=r"^bind\(\): wrong format$"):
        disguised(proto).bind([])
    with pytest.raises(OSError, match=r"^sendto\(\): wrong format$"):
        disguised(proto).sendto(b"", [])


@pytest.mark.parametrize("proto", [4, 8, 9, 134])
@pytest.mark.parametrize("address", [(BDADDR, 1), None])
def test_a_protocol_without_an_address_format_is_an_os_error(disguised: Any, proto: int, address: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(proto).connect(address)
    assert caught.value.args == ("connect(): unknown Bluetooth protocol",)


@pytest.mark.berkeley_only("decision: nothing outside its field is silently cut")
@pytest.mark.parametrize(
    ("proto", "address"),
    [
        *((L2CAP, (BDADDR, *numbers)) for numbers in [(1 << 16,), (-1,), (0, 1 << 16), (0, -1), (0, 0, 256)]),
        *((L2CAP, (BDADDR, *numbers)) for numbers in [(0, 0, -1), (1 << 80,), (-1 << 80,)]),
        *((RFCOMM, (BDADDR, channel)) for channel in [256, 261, -1, 1 << 80]),
        *((HCI, address) for address in [1 << 16, (1 << 16,), -2, (0, 1 << 16), (0, -1), 1 << 80, (-1 << 80,)]),
    ],
)
def test_a_number_outside_its_field_overflows(disguised: Any, proto: int, address: Any) -> None:
    with pytest.raises(OverflowError, match=r"^connect\(\): .* must be 0-(255|65535)\.$"):
        disguised(proto).connect(address)


@pytest.mark.berkeley_only("forms of CPython 3.14 are accepted on every version")
@pytest.mark.parametrize(
    ("proto", "address"),
    [
        *((L2CAP, address) for address in [(BDADDR, 1, 0), (BDADDR, 1, 0, 2)]),
        *((HCI, address) for address in [0, (0, 1), True]),
        (SCO, BDADDR),
    ],
)
def test_forms_of_newer_versions_reach_the_kernel(disguised: Any, proto: int, address: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(proto).connect(address)
    assert caught.value.errno == errno.EINVAL


def test_the_number_of_a_class_with_an_index_is_taken(disguised: Any) -> None:
    class Channel:
        def __index__(self) -> int:
            return 5

    with pytest.raises(OSError) as caught:
        disguised(RFCOMM).connect((BDADDR, Channel()))
    assert caught.value.errno == errno.EINVAL
