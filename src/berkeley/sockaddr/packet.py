"""AF_PACKET addresses: (ifname, proto[, pkttype[, hatype[, addr]]]), as struct sockaddr_ll (packet(7))."""

from __future__ import annotations

from operator import index
from struct import Struct

from berkeley.sockaddr._layout import Names, as_tuple, as_unsigned

# sll_family, sll_protocol (network order), sll_ifindex, sll_hatype, sll_pkttype, sll_halen, sll_addr
SOCKADDR_LL = Struct("=H2siHBB8s")

HARDWARE_ADDRESS_MAX = 8


def encode(address: object, names: Names, caller: str = "bind", proto: int = 0, family: int = 17) -> bytes:
    """The sockaddr_ll of an address tuple; proto is given in host byte order (the kernel's is network order)."""
    parts = as_tuple(address, "AF_PACKET", caller)
    if not 2 <= len(parts) <= 5:
        raise TypeError("AF_PACKET address must be a tuple of two to five elements")
    protocol = as_protocol(parts[1], caller)
    pkttype = as_unsigned(parts[2], 8, "pkttype", caller) if len(parts) > 2 else 0
    hatype = as_unsigned(parts[3], 16, "hatype", caller) if len(parts) > 3 else 0
    hardware = as_hardware_address(parts[4]) if len(parts) > 4 else b""
    ifindex = names.ifindex(as_ifname(parts[0]))
    return SOCKADDR_LL.pack(family, protocol, ifindex, hatype, pkttype, len(hardware), hardware)


def decode(raw: bytes, names: Names, proto: int = 0) -> tuple[str, int, int, int, bytes]:
    """(ifname, proto, pkttype, hatype, addr) of a sockaddr_ll."""
    _, protocol, ifindex, hatype, pkttype, length, hardware = SOCKADDR_LL.unpack(raw[:20].ljust(20, b"\0"))
    ifname = names.ifname(ifindex) if ifindex else ""
    return ifname, int.from_bytes(protocol, "big"), pkttype, hatype, hardware[:length]


def as_ifname(value: object) -> str:
    """An interface name."""
    if not isinstance(value, str):
        kind = type(value).__name__
        raise TypeError(f"AF_PACKET interface name must be str, not {kind}")
    if "\0" in value:
        raise ValueError("embedded null character")
    return value


def as_protocol(value: object, caller: str) -> bytes:
    """An Ethernet protocol number in network byte order."""
    protocol = index(value)  # type: ignore[arg-type]
    if not 0 <= protocol <= 0xFFFF:
        raise OverflowError(f"{caller}(): proto argument must be 0-65535.")
    return protocol.to_bytes(2, "big")


def as_hardware_address(value: object) -> bytes:
    """A link-layer address of at most 8 bytes."""
    hardware = bytes(memoryview(value))  # type: ignore[arg-type]
    if len(hardware) > HARDWARE_ADDRESS_MAX:
        raise ValueError("Hardware address must be 8 bytes or less")
    return hardware
