"""AF_PHONET addresses: (obj, dev[, resource]), as struct sockaddr_pn (linux/phonet.h)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, as_tuple, as_unsigned, room, whole
from cython.cimports.libc.stdint import uint8_t, uint16_t

SockaddrPn = cython.struct(
    spn_family=uint16_t, spn_obj=uint8_t, spn_dev=uint8_t, spn_resource=uint8_t, spn_zero=cython.char[11]
)


@cython.cclass
class Phonet(Codec):
    """(obj, dev, resource), three integers from 0 to 255; resource counts as 0 when it is left out.

    dev holds the device in its upper six bits and bits 8 and 9 of the port in the lower two; obj has the rest of the
    port.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        parts: tuple = as_tuple(address, "AF_PHONET", caller)
        if not 2 <= len(parts) <= 3:
            raise TypeError("AF_PHONET address must be a tuple (obj, dev[, resource])")
        at = cython.cast(cython.pointer[SockaddrPn], room(place, cython.sizeof(SockaddrPn)))
        at.spn_obj = as_unsigned(parts[0], 8, "obj", caller)
        at.spn_dev = as_unsigned(parts[1], 8, "dev", caller)
        at.spn_resource = as_unsigned(parts[2], 8, "resource", caller) if len(parts) > 2 else 0
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrPn], whole(place, cython.sizeof(SockaddrPn), "AF_PHONET"))
        return at.spn_obj, at.spn_dev, at.spn_resource


CODEC = Phonet()
