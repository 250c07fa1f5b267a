"""Addresses of families without a codec: a pair (family, bytes), or raw sockaddr bytes."""

from __future__ import annotations

import socket as stdlib_socket
import struct
from types import ModuleType
from typing import Any

import pytest
from codec_cases import decodings, encodings
from hypothesis import given
from hypothesis import strategies as st
from isolation import private_network

from berkeley.sockaddr.raw import CODEC as raw

UNKNOWN_FAMILY = 77
SOCK_PACKET = 10  # linux/net.h: the old way to capture, whose addresses are a struct sockaddr_pkt
ARPHRD_LOOPBACK = 772
VMADDR_CID_ANY = 0xFFFFFFFF


@pytest.fixture
def disguised(net: ModuleType, closing: Any) -> Any:
    """A socket whose kernel side is of the given family, but of which the object knows nothing."""

    def make(family: int) -> Any:
        fd = stdlib_socket.socket(family, net.SOCK_DGRAM if family == net.AF_INET else net.SOCK_STREAM).detach()
        return closing(net.socket(UNKNOWN_FAMILY, net.SOCK_DGRAM, 0, fileno=fd))

    return make


def kernel_name(sock: Any) -> Any:
    """The address of the socket, as the interpreter's own module reads it."""
    with stdlib_socket.socket(fileno=stdlib_socket.dup(sock.fileno())) as known:
        return known.getsockname()


@pytest.mark.req("FAM-067")
def test_an_address_without_a_format_is_returned_raw(net: ModuleType, closing: Any) -> None:
    with private_network():
        old = closing(net.socket(net.AF_PACKET, SOCK_PACKET, net.htons(3)))
        old.settimeout(10)
        sender = closing(net.socket(net.AF_INET, net.SOCK_DGRAM))
        sender.bind(("127.0.0.1", 0))
        sender.sendto(b"payload", sender.getsockname())
        frame, address = old.recvfrom(65536)
    assert frame.endswith(b"payload")
    family, data = address
    assert (type(address), type(family), family) == (tuple, int, ARPHRD_LOOPBACK)
    assert data == b"lo".ljust(14, b"\0") + b"\x08\x00"[: len(data) - 14]


INET_LOOPBACK = b"\0\0" + b"\x7f\0\0\5" + bytes(8)


@pytest.mark.req("FAM-067")
@pytest.mark.berkeley_only("the interpreter refuses addresses of families it does not know")
@pytest.mark.parametrize("spelling", ["pair", "bytes", "bytearray", "memoryview"])
def test_a_raw_address_is_given_to_the_kernel_as_it_is(net: ModuleType, disguised: Any, spelling: str) -> None:
    whole = struct.pack("=H", net.AF_INET) + INET_LOOPBACK
    spellings = {
        "pair": (net.AF_INET, INET_LOOPBACK),
        "bytes": whole,
        "bytearray": bytearray(whole),
        "memoryview": memoryview(whole),
    }
    sock = disguised(net.AF_INET)
    sock.bind(spellings[spelling])
    assert kernel_name(sock)[0] == "127.0.0.5"


@pytest.mark.req("FAM-067")
@pytest.mark.berkeley_only("the interpreter refuses addresses of families it does not know")
def test_a_raw_vsock_address_reaches_the_kernel(net: ModuleType, disguised: Any) -> None:
    try:
        sock = disguised(net.AF_VSOCK)
    except OSError:
        pytest.skip("the kernel lacks vsock")
    port = 0x7000BEEF
    sock.bind((net.AF_VSOCK, struct.pack("=HII4x", 0, port, VMADDR_CID_ANY)))
    assert kernel_name(sock) == (VMADDR_CID_ANY, port)


@pytest.mark.berkeley_only("the interpreter refuses addresses of families it does not know")
@pytest.mark.parametrize("address", ["text", ("127.0.0.1", 0), (2, "text"), (2,), (2, b"", 0), None, 5])
def test_what_is_no_raw_address_is_a_type_error(net: ModuleType, disguised: Any, address: Any) -> None:
    with pytest.raises(TypeError):
        disguised(net.AF_INET).bind(address)


@pytest.mark.berkeley_only("the interpreter refuses addresses of families it does not know")
@pytest.mark.parametrize("address", [b"", b"\2", bytes(129), (2, bytes(127))])
def test_a_raw_address_has_a_family_and_fits_the_storage(net: ModuleType, disguised: Any, address: Any) -> None:
    with pytest.raises(ValueError):
        disguised(net.AF_INET).bind(address)


@pytest.mark.berkeley_only("the interpreter refuses addresses of families it does not know")
@pytest.mark.parametrize("family", [65536, -1])
def test_a_family_outside_its_field_overflows(net: ModuleType, disguised: Any, family: int) -> None:
    with pytest.raises(OverflowError):
        disguised(net.AF_INET).bind((family, b""))


@pytest.mark.req("FAM-067")
@pytest.mark.parametrize(("data", "address"), decodings("unknown"))
def test_the_codec_reads_the_bytes_of_the_kernel(data: bytes, address: Any) -> None:
    assert raw.decode(data) == address


@pytest.mark.req("FAM-067")
@pytest.mark.parametrize(("address", "data"), encodings("unknown"))
def test_the_codec_makes_the_bytes_of_the_kernel(address: Any, data: bytes) -> None:
    assert raw.encode(address) == raw.encode(data) == data


@pytest.mark.req("FAM-067")
@given(family=st.integers(0, 65535), data=st.binary(max_size=126))
def test_any_address_survives_the_codec(family: int, data: bytes) -> None:
    assert raw.decode(raw.encode((family, data))) == (family, data)
