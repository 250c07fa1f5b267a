"""Byte order of integers, and texts of internet addresses: hton*, ntoh*, inet_aton, inet_ntoa, inet_pton, inet_ntop."""

from __future__ import annotations

import array
import ctypes
import errno
import ipaddress
import sys
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

quickly = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

CONVERSIONS = {"ntohl": 4, "htonl": 4, "ntohs": 2, "htons": 2}
REQUIREMENT = {"ntohl": "FUN-083", "ntohs": "FUN-084", "htonl": "FUN-085", "htons": "FUN-086"}

each_conversion = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.req(row)) for name, row in REQUIREMENT.items()]
)


def network_bytes_as_host_integer(value: int, size: int) -> int:
    return int.from_bytes(value.to_bytes(size, "big"), sys.byteorder)


@each_conversion
@pytest.mark.parametrize("value", [0, 1, 0x7F, 0x80, 0x1234, 0xFFFF])
def test_a_value_takes_the_byte_order_of_the_network(net: ModuleType, name: str, value: int) -> None:
    assert getattr(net, name)(value) == network_bytes_as_host_integer(value, CONVERSIONS[name])


@each_conversion
@quickly
@given(data=st.data())
def test_any_value_is_swapped_and_swapped_back(net: ModuleType, name: str, data: Any) -> None:
    size = CONVERSIONS[name]
    value = data.draw(st.integers(0, 256**size - 1))
    swapped = getattr(net, name)(value)
    assert swapped == network_bytes_as_host_integer(value, size)
    assert getattr(net, name)(swapped) == value


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("ntohs", marks=pytest.mark.req("FUN-087")),
        pytest.param("htons", marks=pytest.mark.req("FUN-088")),
        pytest.param("ntohl", marks=pytest.mark.req("FUN-089")),
        pytest.param("htonl", marks=pytest.mark.req("FUN-089")),
    ],
)
@pytest.mark.parametrize("beyond", ["first too large", "negative", "huge", "hugely negative"])
def test_a_value_that_does_not_fit_overflows(net: ModuleType, name: str, beyond: str) -> None:
    limit = 256 ** CONVERSIONS[name]
    value = {"first too large": limit, "negative": -1, "huge": 1 << 70, "hugely negative": -(1 << 70)}[beyond]
    with pytest.raises(OverflowError):
        getattr(net, name)(value)


@each_conversion
def test_the_largest_value_still_fits(net: ModuleType, name: str) -> None:
    largest = 256 ** CONVERSIONS[name] - 1
    assert getattr(net, name)(largest) == largest


@each_conversion
@pytest.mark.parametrize("value", ["1", b"1", 1.0, None])
def test_only_integers_have_a_byte_order(net: ModuleType, name: str, value: Any) -> None:
    with pytest.raises(TypeError):
        getattr(net, name)(value)


@pytest.mark.req("FUN-090")
@pytest.mark.parametrize(
    ("text", "packed"),
    [("123.45.67.89", b"{-CY"), ("0.0.0.0", bytes(4)), ("255.255.255.255", b"\xff" * 4), ("1.2.3.4", b"\1\2\3\4")],
)
def test_inet_aton_packs_a_dotted_quad(net: ModuleType, text: str, packed: bytes) -> None:
    assert net.inet_aton(text) == packed


@pytest.mark.req("FUN-091")
@pytest.mark.parametrize(
    ("text", "packed"),
    [
        ("127.1", b"\x7f\0\0\1"),
        ("1", b"\0\0\0\1"),
        ("1.2.65535", b"\1\2\xff\xff"),
        ("0x7f.1", b"\x7f\0\0\1"),
        ("010.0.0.1", b"\x08\0\0\1"),
        ("4294967295", b"\xff" * 4),
    ],
)
def test_inet_aton_takes_the_classic_short_forms(net: ModuleType, text: str, packed: bytes) -> None:
    assert net.inet_aton(text) == packed


@pytest.mark.req("FUN-092")
@pytest.mark.parametrize("text", ["256.1.1.1", "1.2.3.4.5", "", "1.2.3.", "a.b.c.d", "4294967296", "1.2.65536", "08"])
def test_inet_aton_refuses_what_is_no_address(net: ModuleType, text: str) -> None:
    with pytest.raises(OSError, match="illegal IP address string passed to inet_aton"):
        net.inet_aton(text)


address_like = st.text("0123456789abcdefxX. ", max_size=16) | st.from_regex(
    r"[0-9]{1,3}(\.[0-9]{1,5}){0,4}", fullmatch=True
)
LIBC = ctypes.CDLL(None)


def c_inet_aton(text: str) -> bytes | None:
    packed = ctypes.create_string_buffer(4)
    return packed.raw if LIBC.inet_aton(text.encode(), packed) else None


@pytest.mark.req("FUN-092")
@settings(quickly, max_examples=200)
@given(text=address_like)
def test_inet_aton_agrees_with_the_c_library(net: ModuleType, text: str) -> None:
    try:
        packed = net.inet_aton(text)
    except OSError:
        packed = None
    assert packed == c_inet_aton(text)


@pytest.mark.req("FUN-093")
@pytest.mark.parametrize("text", ["::1", "::ffff:1.2.3.4"])
def test_inet_aton_does_not_take_ipv6(net: ModuleType, text: str) -> None:
    with pytest.raises(OSError):
        net.inet_aton(text)


@pytest.mark.parametrize("function", ["inet_aton", "inet_pton"])
def test_texts_are_str_without_nul(net: ModuleType, function: str) -> None:
    family = [net.AF_INET] if function == "inet_pton" else []
    with pytest.raises(TypeError):
        getattr(net, function)(*family, b"1.2.3.4")
    with pytest.raises(ValueError, match="null"):
        getattr(net, function)(*family, "1.2.3.4\0")


@pytest.mark.req("FUN-094")
@pytest.mark.parametrize(("packed", "text"), [(b"\1\2\3\4", "1.2.3.4"), (b"{-CY", "123.45.67.89")])
def test_inet_ntoa_gives_a_dotted_quad(net: ModuleType, packed: bytes, text: str) -> None:
    assert net.inet_ntoa(packed) == text


@pytest.mark.req("FUN-095", "FUN-096")
@pytest.mark.parametrize("size", [0, 3, 5, 16])
def test_inet_ntoa_takes_four_bytes_only(net: ModuleType, size: int) -> None:
    with pytest.raises(OSError, match="packed IP wrong length"):
        net.inet_ntoa(bytes(size))


WRITABLE = [bytearray, lambda data: memoryview(bytearray(data)), lambda data: array.array("B", data)]


@pytest.mark.req("FUN-096")
@pytest.mark.parametrize("kind", WRITABLE)
def test_inet_ntoa_takes_writable_bytes(net: ModuleType, kind: Any) -> None:
    assert net.inet_ntoa(kind(b"\x7f\0\0\1")) == "127.0.0.1"


@pytest.mark.parametrize("packed", ["abcd", 5, None])
def test_packed_addresses_are_bytes(net: ModuleType, packed: Any) -> None:
    with pytest.raises(TypeError):
        net.inet_ntoa(packed)
    with pytest.raises(TypeError):
        net.inet_ntop(net.AF_INET, packed)


@pytest.mark.req("FUN-097")
@pytest.mark.parametrize(
    ("family", "text", "packed"),
    [
        ("AF_INET", "192.0.2.1", b"\xc0\0\2\1"),
        ("AF_INET6", "::", bytes(16)),
        ("AF_INET6", "::1", bytes(15) + b"\1"),
        ("AF_INET6", "2001:DB8::7", b"\x20\1\x0d\xb8" + bytes(11) + b"\7"),
        ("AF_INET6", "::ffff:1.2.3.4", bytes(10) + b"\xff\xff\1\2\3\4"),
    ],
)
def test_inet_pton_packs_the_text_of_a_family(net: ModuleType, family: str, text: str, packed: bytes) -> None:
    assert net.inet_pton(getattr(net, family), text) == packed


@pytest.mark.req("FUN-098")
@pytest.mark.parametrize(
    ("family", "text"),
    [
        ("AF_INET", "1.2.3"),
        ("AF_INET", "01.2.3.4x"),
        ("AF_INET", ""),
        ("AF_INET", "::1"),
        ("AF_INET6", "::g"),
        ("AF_INET6", "::1%lo"),
        ("AF_INET6", "1.2.3.4"),
        ("AF_INET6", "1:2:3:4:5:6:7:8:9"),
        ("AF_UNIX", "127.0.0.1"),
    ],
)
def test_inet_pton_refuses_what_is_no_address_of_the_family(net: ModuleType, family: str, text: str) -> None:
    with pytest.raises(OSError):
        net.inet_pton(getattr(net, family), text)


@pytest.mark.req("FUN-098")
def test_inet_pton_of_an_unsupported_family_has_its_errno(net: ModuleType) -> None:
    with pytest.raises(OSError) as caught:
        net.inet_pton(net.AF_UNIX, "127.0.0.1")
    assert caught.value.errno == errno.EAFNOSUPPORT


@pytest.mark.req("FUN-099")
@pytest.mark.parametrize(
    ("family", "packed", "text"),
    [
        ("AF_INET", b"\x07\n\x00\x05", "7.10.0.5"),
        ("AF_INET6", bytes.fromhex("5aef002b000000000000000000000008"), "5aef:2b::8"),
        ("AF_INET6", bytes(16), "::"),
        ("AF_INET6", bytes.fromhex("20010db8000000000001000000000001"), "2001:db8::1:0:0:1"),
        ("AF_INET6", bytes.fromhex("20010db8000000010001000100010001"), "2001:db8:0:1:1:1:1:1"),
        ("AF_INET6", bytes.fromhex("00000000000000000000ffff01020304"), "::ffff:1.2.3.4"),
        ("AF_INET6", bytes.fromhex("abcdef01000000000000000000000000"), "abcd:ef01::"),
    ],
)
def test_inet_ntop_gives_the_text_of_a_family(net: ModuleType, family: str, packed: bytes, text: str) -> None:
    assert net.inet_ntop(getattr(net, family), packed) == text


@pytest.mark.req("FUN-097", "FUN-099")
@quickly
@given(packed=st.binary(min_size=16, max_size=16))
def test_any_ipv6_address_survives_the_way_to_text_and_back(net: ModuleType, packed: bytes) -> None:
    text = net.inet_ntop(net.AF_INET6, packed)
    assert net.inet_pton(net.AF_INET6, text) == packed
    assert ipaddress.IPv6Address(text).packed == packed


@pytest.mark.req("FUN-097", "FUN-099")
@quickly
@given(packed=st.binary(min_size=4, max_size=4))
def test_any_ipv4_address_survives_the_way_to_text_and_back(net: ModuleType, packed: bytes) -> None:
    text = net.inet_ntop(net.AF_INET, packed)
    assert text == net.inet_ntoa(packed) == str(ipaddress.IPv4Address(packed))
    assert net.inet_pton(net.AF_INET, text) == net.inet_aton(text) == packed


@pytest.mark.req("FUN-100")
@pytest.mark.parametrize(("family", "size"), [("AF_INET", 3), ("AF_INET", 16), ("AF_INET6", 4), ("AF_INET6", 17)])
def test_inet_ntop_of_the_wrong_length_is_a_value_error(net: ModuleType, family: str, size: int) -> None:
    with pytest.raises(ValueError, match="invalid length of packed IP address string"):
        net.inet_ntop(getattr(net, family), bytes(size))


@pytest.mark.req("FUN-101")
def test_inet_ntop_of_an_unknown_family_is_a_value_error(net: ModuleType) -> None:
    with pytest.raises(ValueError, match=f"unknown address family {int(net.AF_UNIX)}"):
        net.inet_ntop(net.AF_UNIX, b"x")


@pytest.mark.req("FUN-102")
@pytest.mark.parametrize("kind", WRITABLE)
def test_inet_ntop_takes_writable_bytes(net: ModuleType, kind: Any) -> None:
    assert net.inet_ntop(net.AF_INET6, kind(bytes(15) + b"\1")) == "::1"
