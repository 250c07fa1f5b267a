"""AF_INET addresses: (host, port), as the 16 bytes of struct sockaddr_in (netinet/in.h, ip(7))."""

from __future__ import annotations

from struct import Struct

from berkeley.sockaddr._layout import Names, as_port, as_tuple, unpacked

# sin_family, sin_port (network order), sin_addr, sin_zero
SOCKADDR_IN = Struct("=H2s4s8x")


def encode(address: object, names: Names, caller: str = "bind", proto: int = 0, family: int = 2) -> bytes:
    """The sockaddr_in of (host, port); host may be a name, "" (any) or "<broadcast>"."""
    pair = as_tuple(address, "AF_INET", caller)
    if len(pair) != 2:
        raise TypeError("AF_INET address must be a pair (host, port)")
    port = as_port(pair[1], caller)
    return SOCKADDR_IN.pack(family, port, names.host(pair[0], family))


def decode(raw: bytes, names: Names, proto: int = 0) -> tuple[str, int]:
    """(host, port) of a sockaddr_in, host in dotted decimal."""
    family, port, packed = unpacked(SOCKADDR_IN, raw, "AF_INET")
    return names.text(packed, family), int.from_bytes(port, "big")
