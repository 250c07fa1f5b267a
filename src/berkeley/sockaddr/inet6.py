"""AF_INET6 addresses: (host, port[, flowinfo[, scope_id]]), as struct sockaddr_in6 (netinet/in.h, ipv6(7))."""

from __future__ import annotations

from operator import index
from struct import Struct

from berkeley.sockaddr._layout import Names, as_port, as_tuple, as_unsigned, unpacked

# sin6_family, sin6_port (its two bytes, high one first), sin6_flowinfo (network order), sin6_addr, sin6_scope_id
SOCKADDR_IN6 = Struct("=HBB4s16sI")

FLOWINFO_MAX = 0xFFFFF


def encode(address: object, names: Names, caller: str = "bind", proto: int = 0, family: int = 10) -> bytes:
    """The sockaddr_in6 of an address tuple; flowinfo and scope_id count as 0 where they are left out.

    A zone in the host text does not count: the interface of a scoped address is named by scope_id alone.
    """
    parts = as_tuple(address, "AF_INET6", caller)
    if not 2 <= len(parts) <= 4:
        raise TypeError("AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])")
    port = as_port(parts[1], caller)
    flowinfo = as_flowinfo(parts[2], caller) if len(parts) > 2 else 0
    scope_id = as_unsigned(parts[3], 32, "scope_id", caller) if len(parts) > 3 else 0
    packed = names.host(parts[0], family)
    return SOCKADDR_IN6.pack(family, port >> 8, port & 0xFF, flowinfo.to_bytes(4, "big"), packed, scope_id)


def decode(raw: bytes, names: Names, proto: int = 0) -> tuple[str, int, int, int]:
    """(host, port, flowinfo, scope_id) of a sockaddr_in6; the host text never holds a zone."""
    family, high, low, flowinfo, packed, scope_id = unpacked(SOCKADDR_IN6, raw, "AF_INET6")
    return names.text(packed, family), high << 8 | low, int.from_bytes(flowinfo, "big"), scope_id


def as_flowinfo(value: object, caller: str) -> int:
    """A flow label of 20 bits (RFC 6437)."""
    flowinfo = index(value)  # type: ignore[arg-type]
    if not 0 <= flowinfo <= FLOWINFO_MAX:
        raise OverflowError(f"{caller}(): flowinfo must be 0-1048575.")
    return flowinfo
