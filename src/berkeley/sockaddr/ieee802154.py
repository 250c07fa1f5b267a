"""AF_IEEE802154 addresses: (pan_id[, address]), as struct sockaddr_ieee802154 (net/af_ieee802154.h of the kernel)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, as_tuple, as_unsigned, room, whole
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cython.cimports.libc.stdint import uint16_t
from cython.cimports.libc.string import memcpy

ADDR_NONE = cython.declare(cython.int, 0)
ADDR_SHORT = cython.declare(cython.int, 2)
ADDR_LONG = cython.declare(cython.int, 3)
HWADDR_SIZE = cython.declare(cython.Py_ssize_t, 8)

# A union holds the address: a number of 16 bits in host order, or the 8 bytes of an EUI-64 as it is printed.
SockaddrShort = cython.struct(family=uint16_t, addr_type=cython.int, pan_id=uint16_t, short_addr=uint16_t)
SockaddrLong = cython.struct(family=uint16_t, addr_type=cython.int, pan_id=uint16_t, hwaddr=cython.char[8])


@cython.cclass
class Ieee802154(Codec):
    """(pan_id, short_addr) with two integers of 16 bits, (pan_id, hwaddr) with 8 bytes, (pan_id,) without an address.

    The PAN 0xFFFF and the short address 0xFFFF are those of broadcasts.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        parts: tuple = as_tuple(address, "AF_IEEE802154", caller)
        if not 1 <= len(parts) <= 2:
            raise TypeError("AF_IEEE802154 address must be a tuple (pan_id[, address])")
        at = cython.cast(cython.pointer[SockaddrLong], room(place, cython.sizeof(SockaddrLong)))
        at.pan_id = as_unsigned(parts[0], 16, "pan_id", caller)
        if len(parts) == 1:
            at.addr_type = ADDR_NONE
        elif isinstance(parts[1], (bytes, bytearray, memoryview)):
            write_long(at, bytes(parts[1]))
        else:
            at.addr_type = ADDR_SHORT
            short = cython.cast(cython.pointer[SockaddrShort], at)
            short.short_addr = as_unsigned(parts[1], 16, "address", caller)
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrLong], whole(place, cython.sizeof(SockaddrLong), "AF_IEEE802154"))
        if at.addr_type == ADDR_LONG:
            return at.pan_id, PyBytes_FromStringAndSize(at.hwaddr, HWADDR_SIZE)
        if at.addr_type == ADDR_SHORT:
            return at.pan_id, cython.cast(cython.pointer[SockaddrShort], at).short_addr
        if at.addr_type == ADDR_NONE:
            return (at.pan_id,)
        raise ValueError(f"an AF_IEEE802154 address has type 0, 2 or 3, not {at.addr_type}")


@cython.cfunc
@cython.exceptval(-1, check=False)
def write_long(at: cython.pointer[SockaddrLong], hwaddr: bytes) -> cython.int:
    if len(hwaddr) != HWADDR_SIZE:
        raise ValueError(f"AF_IEEE802154 hardware address must have {HWADDR_SIZE} bytes, not {len(hwaddr)}")
    at.addr_type = ADDR_LONG
    memcpy(at.hwaddr, PyBytes_AS_STRING(hwaddr), HWADDR_SIZE)
    return 0


CODEC = Ieee802154()
