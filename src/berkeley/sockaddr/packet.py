"""AF_PACKET addresses: (ifname, proto[, pkttype[, hatype[, addr]]]), as struct sockaddr_ll (packet(7))."""

from operator import index

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import (
    Codec,
    Names,
    Sockaddr,
    as_bytes,
    as_name,
    as_tuple,
    as_unsigned,
    room,
)
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cython.cimports.libc.stdint import uint8_t, uint16_t
from cython.cimports.libc.string import memcpy, memset

HARDWARE_ADDRESS_MAX = cython.declare(cython.Py_ssize_t, 8)

# The two bytes of the protocol stand with the high one first.
SockaddrLl = cython.struct(
    sll_family=uint16_t,
    sll_protocol=uint8_t[2],
    sll_ifindex=cython.int,
    sll_hatype=uint16_t,
    sll_pkttype=uint8_t,
    sll_halen=uint8_t,
    sll_addr=cython.char[8],
)


@cython.cclass
class Packet(Codec):
    """(ifname, proto, pkttype, hatype, addr), of which the last three may be left out of an argument.

    proto is in host byte order, though the kernel's is in network order; addr has at most 8 bytes.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        parts: tuple = as_tuple(address, "AF_PACKET", caller)
        count: cython.Py_ssize_t = len(parts)
        if not 2 <= count <= 5:
            raise TypeError("AF_PACKET address must be a tuple of two to five elements")
        at = cython.cast(cython.pointer[SockaddrLl], room(place, cython.sizeof(SockaddrLl)))
        protocol: cython.int = as_protocol(parts[1], caller)
        at.sll_protocol[0] = protocol >> 8
        at.sll_protocol[1] = protocol & 0xFF
        at.sll_pkttype = as_unsigned(parts[2], 8, "pkttype", caller) if count > 2 else 0
        at.sll_hatype = as_unsigned(parts[3], 16, "hatype", caller) if count > 3 else 0
        hardware: bytes = as_hardware_address(parts[4]) if count > 4 else b""
        at.sll_halen = len(hardware)
        memcpy(at.sll_addr, PyBytes_AS_STRING(hardware), len(hardware))
        at.sll_ifindex = names.ifindex(as_ifname(parts[0]), place.fd)
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        copy: SockaddrLl
        at: cython.pointer[SockaddrLl] = cython.address(copy)
        # The kernel reports no more of sll_addr than the device has.
        memset(at, 0, cython.sizeof(SockaddrLl))
        memcpy(at, place.raw, min(place.length, cython.cast(cython.Py_ssize_t, cython.sizeof(SockaddrLl))))
        ifname = names.ifname(at.sll_ifindex, place.fd) if at.sll_ifindex else ""
        hardware = PyBytes_FromStringAndSize(at.sll_addr, min(at.sll_halen, HARDWARE_ADDRESS_MAX))
        return ifname, at.sll_protocol[0] << 8 | at.sll_protocol[1], at.sll_pkttype, at.sll_hatype, hardware


@cython.cfunc
def as_ifname(value) -> bytes:
    """An interface name."""
    if not isinstance(value, str):
        kind = type(value).__name__
        raise TypeError(f"AF_PACKET interface name must be str, not {kind}")
    return as_name(value, "character")


@cython.cfunc
@cython.exceptval(-1, check=False)
def as_protocol(value, caller: str) -> cython.int:
    """An Ethernet protocol number."""
    protocol = index(value)
    if not 0 <= protocol <= 0xFFFF:
        raise OverflowError(f"{caller}(): proto argument must be 0-65535.")
    return protocol


@cython.cfunc
def as_hardware_address(value) -> bytes:
    """A link-layer address of at most 8 bytes."""
    hardware: bytes = as_bytes(value)
    if len(hardware) > HARDWARE_ADDRESS_MAX:
        raise ValueError("Hardware address must be 8 bytes or less")
    return hardware


CODEC = Packet()
