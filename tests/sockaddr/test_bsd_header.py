"""The sockaddr of BSD and macOS begins with its length: AF_INET, AF_INET6 and AF_UNIX there."""

from __future__ import annotations

import functools
import socket
import struct
from typing import Any

import elsewhere
import pytest

pytestmark = pytest.mark.simulated

AF_INET6 = {"darwin": 30, "freebsd14": 28, "netbsd10": 24, "openbsd7": 24}
every_system = pytest.mark.parametrize("system", AF_INET6)

ADDRESSES = {
    "AF_INET": ("127.0.0.9", 80),
    "AF_INET6": ("fe80::1", 80, 0x12345, 7),
    "AF_UNIX": "/tmp/s",
}
CODE = f"""
addresses = {ADDRESSES!r}
raw = {{name: encoded(name, address) for name, address in addresses.items()}}
back = {{name: decoded(name, data) for name, data in raw.items()}}
edges = [
    len(encoded("AF_UNIX", "p" * 103)) // 2, refusal("AF_UNIX", "p" * 104), refusal("AF_UNIX", "é" * 52),
    encoded("AF_UNIX", ""), decoded("AF_UNIX", "0201"), decoded("AF_UNIX", "6a01" + "70" * 104),
]
def refused(name, size):
    try:
        decoded(name, raw[name][: 2 * size])
    except ValueError:
        return True
short = [[refused("AF_INET", size) for size in range(16)], [refused("AF_INET6", size) for size in range(28)]]
report({{"raw": raw, "back": back, "edges": edges, "short": short}})
"""


@functools.cache
def seen_on(system: str) -> dict[str, Any]:
    found = elsewhere.on(system, CODE)
    assert isinstance(found, dict)
    return found


@every_system
def test_an_inet_address_has_sin_len_16(system: str) -> None:
    expected = struct.pack("!BBH4s8x", 16, 2, 80, socket.inet_aton("127.0.0.9"))
    assert seen_on(system)["raw"]["AF_INET"] == expected.hex()


@every_system
def test_an_inet6_address_has_sin6_len_28_and_the_number_of_the_system(system: str) -> None:
    packed = socket.inet_pton(socket.AF_INET6, "fe80::1")
    expected = struct.pack("!BBHI16s", 28, AF_INET6[system], 80, 0x12345, packed) + struct.pack("=I", 7)
    assert seen_on(system)["raw"]["AF_INET6"] == expected.hex()


@every_system
def test_a_unix_address_has_the_length_of_its_path_and_nul(system: str) -> None:
    assert seen_on(system)["raw"]["AF_UNIX"] == (b"\x09\x01/tmp/s\0").hex()


@every_system
def test_every_address_is_read_back(system: str) -> None:
    back = seen_on(system)["back"]
    assert back == {"AF_INET": ["127.0.0.9", 80], "AF_INET6": ["fe80::1", 80, 0x12345, 7], "AF_UNIX": "/tmp/s"}


@every_system
def test_a_path_has_at_most_103_bytes(system: str) -> None:
    longest, too_long, too_long_as_bytes = seen_on(system)["edges"][:3]
    assert longest == 2 + 103 + 1
    assert too_long == too_long_as_bytes == ["OSError", "AF_UNIX path too long"]


@every_system
def test_an_unnamed_address_and_a_path_without_nul_are_read(system: str) -> None:
    empty, unnamed, full = seen_on(system)["edges"][3:]
    assert (empty, unnamed, full) == ("0201", "", "p" * 104)


@every_system
def test_a_truncated_address_is_refused(system: str) -> None:
    assert seen_on(system)["short"] == [[True] * 16, [True] * 28]


@pytest.mark.parametrize("system", ["linux", "win32", "android"])
def test_other_systems_have_a_family_of_16_bits(system: str) -> None:
    assert (
        elsewhere.bytes_on(system, "AF_INET", ("127.0.0.9", 80))
        == struct.pack("=H", 2).hex() + "0050" + "7f000009" + "00" * 8
    )


def test_a_vsock_address_of_macos_ends_behind_the_cid() -> None:
    expected = struct.pack("=BBHII", 12, 40, 0, 1234, 2)
    assert elsewhere.bytes_on("darwin", "AF_VSOCK", (2, 1234)) == expected.hex()
