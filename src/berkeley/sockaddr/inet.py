"""AF_INET addresses: (host, port), as the 16 bytes of struct sockaddr_in (netinet/in.h, ip(7))."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, as_port, as_tuple, room, whole
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cython.cimports.libc.stdint import uint8_t, uint16_t
from cython.cimports.libc.string import memcpy

# The two bytes of the port stand with the high one first.
SockaddrIn = cython.struct(sin_family=uint16_t, sin_port=uint8_t[2], sin_addr=cython.char[4], sin_zero=cython.char[8])

AF_INET = cython.declare(cython.int, 2)  # on every system
IN_ADDR_SIZE = cython.declare(cython.Py_ssize_t, 4)


@cython.cclass
class Inet(Codec):
    """(host, port); host may be a name, "" (any) or "<broadcast>", and is dotted decimal in results."""

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        pair: tuple = as_tuple(address, "AF_INET", caller)
        if len(pair) != 2:
            raise TypeError("AF_INET address must be a pair (host, port)")
        port: cython.int = as_port(pair[1], caller)
        packed: bytes = names.host(pair[0], AF_INET)
        at = cython.cast(cython.pointer[SockaddrIn], room(place, cython.sizeof(SockaddrIn)))
        at.sin_port[0] = port >> 8
        at.sin_port[1] = port & 0xFF
        memcpy(at.sin_addr, PyBytes_AS_STRING(packed), IN_ADDR_SIZE)
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrIn], whole(place, cython.sizeof(SockaddrIn), "AF_INET"))
        text = names.text(PyBytes_FromStringAndSize(at.sin_addr, IN_ADDR_SIZE), AF_INET)
        return text, at.sin_port[0] << 8 | at.sin_port[1]


CODEC = Inet()
