"""AF_CAN addresses of NetBSD: (interface,) alone, as its sockaddr_can of 16 bytes."""

from __future__ import annotations

import struct

import elsewhere
import pytest

pytestmark = pytest.mark.simulated

NETBSD = "netbsd10"
CAN_RAW = 1


@pytest.mark.req("FAM-031")
def test_an_address_has_the_length_the_family_and_the_index() -> None:
    raw = bytes.fromhex(elsewhere.bytes_on(NETBSD, "AF_CAN", ("eth0",), CAN_RAW))
    assert raw == struct.pack("=BBxxi8x", 16, 35, 2)


@pytest.mark.req("FAM-032")
def test_the_empty_name_is_the_index_0() -> None:
    assert elsewhere.bytes_on(NETBSD, "AF_CAN", ("",), CAN_RAW) == struct.pack("=BBxxi8x", 16, 35, 0).hex()


@pytest.mark.req("FAM-031")
def test_an_address_is_read_as_the_name_of_the_interface() -> None:
    raw = struct.pack("=BBxxi8x", 16, 35, 2).hex()
    assert elsewhere.on(NETBSD, f"report([decoded('AF_CAN', {raw!r}, 1), decoded('AF_CAN', {raw[:16]!r}, 1)])") == [
        ["eth0"],
        ["eth0"],
    ]


def test_protocols_of_linux_are_not_supported() -> None:
    code = "report([refusal('AF_CAN', ('eth0',), 2), refusal('AF_CAN', ('eth0', 1, 2), 6)])"
    refused = ["OSError", "bind(): unsupported CAN protocol"]
    assert elsewhere.on(NETBSD, code) == [refused, refused]


def test_a_truncated_address_is_refused() -> None:
    code = """
sizes = []
for size in range(16):
    try:
        family("AF_CAN").decode(bytes([16, 35, 0, 0, 2, 0, 0, 0])[:size], names, 1)
    except ValueError:
        sizes.append(size)
report(sizes)
"""
    assert elsewhere.on(NETBSD, code) == list(range(8))
