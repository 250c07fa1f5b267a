"""AF_INET addresses: (host, port), as the 16 bytes of struct sockaddr_in (netinet/in.h, ip(7))."""

from __future__ import annotations

from struct import Struct

from berkeley.sockaddr._layout import Names, as_port, as_tuple

# sin_family, sin_port (its two bytes, high one first), sin_addr, sin_zero
SOCKADDR_IN = Struct("=HBB4s8x")
pack = SOCKADDR_IN.pack

AF_INET = 2  # on every system
SOCKADDR_IN_SIZE = 16


def encode(address: object, names: Names, caller: str = "bind", proto: int = 0, family: int = AF_INET) -> bytes:
    """The sockaddr_in of (host, port); host may be a name, "" (any) or "<broadcast>"."""
    pair = as_tuple(address, "AF_INET", caller)
    if len(pair) != 2:
        raise TypeError("AF_INET address must be a pair (host, port)")
    port = as_port(pair[1], caller)
    return pack(family, port >> 8, port & 0xFF, names.host(pair[0], family))


def decode(raw: bytes, names: Names, proto: int = 0) -> tuple[str, int]:
    """(host, port) of a sockaddr_in, host in dotted decimal."""
    if len(raw) < SOCKADDR_IN_SIZE:
        raise ValueError(f"an AF_INET address has {SOCKADDR_IN_SIZE} bytes, not {len(raw)}")
    return names.text(raw[4:8], AF_INET), raw[2] << 8 | raw[3]
