"""What codec tests feed to a codec: names that need no system, and the raw bytes of golden_linux.json."""

from __future__ import annotations

import ast
import ipaddress
import json
import sys
from pathlib import Path
from typing import Any

# The golden bytes were caught on a little-endian machine; they say nothing about the bytes of another one.
GOLDEN: dict[str, dict[str, list[list[str]]]] = json.loads(
    Path(__file__).with_name("golden_linux.json").read_text("ascii"),
)
COMPARABLE = sys.byteorder == "little"

INTERFACES = {"lo": 1, "eth0": 2}


class NumericNames:
    """Hosts are numeric texts, "" or "<broadcast>", and the interfaces are those of INTERFACES."""

    def host(self, host: str | bytes, family: int) -> bytes:
        text = host if isinstance(host, str) else host.decode()
        version = {2: ipaddress.IPv4Address, 10: ipaddress.IPv6Address}[family]
        special = {"": 0, "<broadcast>": 0xFFFFFFFF}
        return version(special.get(text, text)).packed

    def text(self, packed: bytes, family: int) -> str:
        return str(ipaddress.ip_address(packed))

    def ifindex(self, name: bytes, fd: int) -> int:
        if name.decode() not in INTERFACES:
            raise OSError(19, "No such device")
        return INTERFACES[name.decode()]

    def ifname(self, index: int, fd: int) -> str:
        return {number: name for name, number in INTERFACES.items()}.get(index, "")


def encodings(family: str) -> list[tuple[Any, bytes]]:
    """(address given to the codec, bytes it has to give to the kernel) for one family."""
    return [(ast.literal_eval(text), bytes.fromhex(raw)) for text, raw in GOLDEN[family]["encode"] if COMPARABLE]


def decodings(family: str) -> list[tuple[bytes, Any]]:
    """(bytes from the kernel, address that the codec has to make of them) for one family."""
    return [(bytes.fromhex(raw), ast.literal_eval(text)) for raw, text in GOLDEN[family]["decode"] if COMPARABLE]
