"""AF_CAN addresses: (interface,), (interface, rx_addr, tx_addr) or (interface, name, pgn, addr), by protocol."""

from __future__ import annotations

import errno
import pathlib
import struct
from types import ModuleType
from typing import Any

import pytest
from codec_cases import COMPARABLE, INTERFACES, NumericNames
from hypothesis import given
from hypothesis import strategies as st

from berkeley.sockaddr import codec

NAMES = NumericNames()
can = codec(29)
AF_CAN = 29
RAW, BCM, ISOTP, J1939 = 1, 2, 6, 7
SIZE_USED = {RAW: 8, BCM: 8, ISOTP: 16, J1939: 24}  # what net/can of Linux reads and reports

# (protocol, address, sockaddr_can) of a little-endian machine.
GOLDEN = [
    (RAW, ("lo",), "1d0000000100000000000000000000000000000000000000"),
    (RAW, ("",), "1d0000000000000000000000000000000000000000000000"),
    (BCM, ("lo",), "1d0000000100000000000000000000000000000000000000"),
    (ISOTP, ("lo", 291, 2564485376), "1d000000010000002301000000f1da980000000000000000"),
    (J1939, ("lo", 0x1122334455667788, 262143, 32), "1d000000010000008877665544332211ffff030020000000"),
]

WHOLE = {RAW: ("lo",), BCM: ("lo",), ISOTP: ("lo", 1, 2), J1939: ("lo", 1, 2, 3)}

golden = pytest.mark.parametrize(("proto", "address", "raw"), GOLDEN if COMPARABLE else [])
every_protocol = pytest.mark.parametrize("proto", WHOLE)

ifnames = st.sampled_from(["", *INTERFACES])
unsigned = st.integers(0, 0xFFFFFFFF)


def survives(proto: int, address: tuple[Any, ...]) -> None:
    raw = can.encode(address, NAMES, "bind", proto)
    assert len(raw) == 24
    assert can.decode(raw, NAMES, proto) == address
    assert can.decode(raw[: SIZE_USED[proto]], NAMES, proto) == address


@golden
def test_the_codec_makes_the_bytes_of_the_kernel_with_zeros_for_padding(
    proto: int, address: tuple[Any, ...], raw: str
) -> None:
    assert can.encode(address, NAMES, "bind", proto).hex() == raw


@golden
def test_the_codec_reads_the_bytes_of_the_kernel(proto: int, address: tuple[Any, ...], raw: str) -> None:
    assert can.decode(bytes.fromhex(raw), NAMES, proto) == address


@given(proto=st.sampled_from([RAW, BCM]), ifname=ifnames)
def test_an_interface_survives_the_codec(proto: int, ifname: str) -> None:
    survives(proto, (ifname,))


@given(ifname=ifnames, rx_addr=unsigned, tx_addr=unsigned)
def test_any_isotp_address_survives_the_codec(ifname: str, rx_addr: int, tx_addr: int) -> None:
    survives(ISOTP, (ifname, rx_addr, tx_addr))


@given(ifname=ifnames, name=st.integers(0, (1 << 64) - 1), pgn=unsigned, addr=st.integers(0, 255))
def test_any_j1939_address_survives_the_codec(ifname: str, name: int, pgn: int, addr: int) -> None:
    survives(J1939, (ifname, name, pgn, addr))


@pytest.mark.parametrize(
    ("proto", "numbers"),
    [(ISOTP, (0xFFFFFFFF, 0xFFFFFFFF)), (J1939, (0xFFFFFFFFFFFFFFFF, 0xFFFFFFFF, 0xFF))],
)
def test_the_largest_numbers_survive_the_codec(proto: int, numbers: tuple[int, ...]) -> None:
    survives(proto, ("lo", *numbers))


@given(garbage=st.binary(min_size=3, max_size=3))
def test_the_padding_of_a_received_address_does_not_matter(garbage: bytes) -> None:
    raw = can.encode(("lo", 5, 6, 7), NAMES, "bind", J1939)
    assert can.decode(raw[:21] + garbage, NAMES, J1939) == ("lo", 5, 6, 7)


@every_protocol
def test_a_truncated_address_is_refused_not_overread(proto: int) -> None:
    raw = can.encode(WHOLE[proto], NAMES, "bind", proto)
    for size in range(SIZE_USED[proto]):
        with pytest.raises(ValueError):
            can.decode(raw[:size], NAMES, proto)


def test_an_interface_that_has_gone_is_the_empty_name() -> None:
    assert can.decode(struct.pack("=H2xi", AF_CAN, 99), NAMES, RAW) == ("",)


@pytest.mark.parametrize("proto", [0, 3, 5, 8, 1000])
def test_the_address_of_another_protocol_is_read_as_its_interface(proto: int) -> None:
    assert can.decode(struct.pack("=H2xi16x", AF_CAN, 1), NAMES, proto) == ("lo",)


def test_the_number_of_the_family_is_that_of_the_system() -> None:
    raw = can.encode(("lo",), NAMES, "bind", RAW, 35)
    assert struct.unpack_from("=H", raw) == (35,)


@pytest.fixture
def disguised(net: ModuleType, closing: Any) -> Any:
    """A socket that takes itself for AF_CAN, so that it reads addresses so, whatever families the kernel has."""

    def make(proto: int) -> Any:
        left, right = net.socketpair(net.AF_UNIX, net.SOCK_DGRAM)
        closing(right)
        return closing(net.socket(net.AF_CAN, net.SOCK_DGRAM, proto, fileno=left.detach()))

    return make


@every_protocol
def test_a_whole_address_reaches_the_kernel(disguised: Any, proto: int) -> None:
    with pytest.raises(OSError) as caught:
        disguised(proto).connect(WHOLE[proto])
    assert caught.value.errno == errno.EINVAL  # AF_UNIX does not know it


@pytest.mark.parametrize("proto", [RAW, BCM])
@pytest.mark.parametrize("address", ["lo", b"lo", None, 1, ["lo"], (), ("lo", 1), (1,), (None,), (("lo",),)])
def test_anything_but_one_interface_name_in_a_tuple_is_a_type_error(disguised: Any, proto: int, address: Any) -> None:
    with pytest.raises(TypeError):
        disguised(proto).connect(address)


@pytest.mark.parametrize(
    ("proto", "address"),
    [
        *((ISOTP, address) for address in [("lo",), ("lo", 1), ("lo", 1, 2, 3), (1, 1, 2), ("lo", "1", 2)]),
        *((ISOTP, address) for address in [("lo", 1, None), ("lo", 1, 2.0)]),
        *((J1939, address) for address in [("lo",), ("lo", 1, 2), ("lo", 1, 2, 3, 4), (1, 1, 2, 3), ("lo", "1", 2, 3)]),
        *((J1939, address) for address in [("lo", 1, None, 3), ("lo", 1, 2, 3.0)]),
    ],
)
def test_a_malformed_tuple_is_a_type_error(disguised: Any, proto: int, address: Any) -> None:
    with pytest.raises(TypeError):
        disguised(proto).connect(address)


@pytest.mark.berkeley_only("the interpreter's own module raises SystemError")
@pytest.mark.parametrize("proto", [ISOTP, J1939])
@pytest.mark.parametrize("shape", [list, str, lambda address: None])
def test_anything_but_a_tuple_is_a_type_error(disguised: Any, proto: int, shape: Any) -> None:
    with pytest.raises(TypeError, match="AF_CAN address must be tuple"):
        disguised(proto).connect(shape(WHOLE[proto]))


@pytest.mark.parametrize("proto", [0, 3, 5, 8])
@pytest.mark.parametrize("address", [("lo",), None])
def test_a_protocol_without_an_address_format_is_an_os_error(disguised: Any, proto: int, address: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(proto).connect(address)
    assert caught.value.args == ("connect(): unsupported CAN protocol",)


@pytest.mark.berkeley_only("decision: nothing outside its field is silently cut")
@pytest.mark.parametrize(
    ("proto", "address"),
    [
        *((ISOTP, address) for address in [("lo", 1 << 32, 0), ("lo", 0, 1 << 32), ("lo", -1, 0), ("lo", 0, -1)]),
        *((J1939, address) for address in [("lo", 0, 0, 256), ("lo", 0, 0, 0x1FF), ("lo", 0, 0, -1)]),
        *((J1939, address) for address in [("lo", 0, 1 << 32, 0), ("lo", 0, -1, 0)]),
        *((J1939, address) for address in [("lo", 1 << 64, 0, 0), ("lo", -1, 0, 0)]),
    ],
)
def test_a_number_outside_its_field_overflows(disguised: Any, proto: int, address: Any) -> None:
    with pytest.raises(OverflowError):
        disguised(proto).connect(address)


@every_protocol
def test_an_unknown_interface_is_an_error(disguised: Any, proto: int) -> None:
    with pytest.raises(OSError) as caught:
        disguised(proto).connect(("nosuch0", *WHOLE[proto][1:]))
    assert caught.value.errno == errno.ENODEV


@every_protocol
@pytest.mark.parametrize("ifname", ["i" * 16, "i" * 1000, "é" * 8])
def test_a_name_longer_than_any_interface_can_have_is_refused(disguised: Any, proto: int, ifname: str) -> None:
    with pytest.raises(OSError) as caught:
        disguised(proto).connect((ifname, *WHOLE[proto][1:]))
    assert (caught.value.args, caught.value.errno) == (("AF_CAN interface name too long",), None)


@pytest.mark.parametrize("ifname", ["lo\0", "\0", b"l\0o"])
def test_a_name_with_a_nul_is_refused(disguised: Any, ifname: Any) -> None:
    with pytest.raises(ValueError, match="embedded null byte"):
        disguised(RAW).connect((ifname,))


@pytest.mark.parametrize("ifname", [b"lo", pathlib.PurePath("lo")])
def test_a_name_may_be_bytes_or_a_path(disguised: Any, ifname: Any) -> None:
    assert can.encode((ifname,), NAMES, "bind", RAW) == can.encode(("lo",), NAMES, "bind", RAW)
    with pytest.raises(OSError) as caught:
        disguised(RAW).connect((ifname,))
    assert caught.value.errno == errno.EINVAL
