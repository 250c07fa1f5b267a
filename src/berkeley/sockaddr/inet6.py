"""AF_INET6 addresses: (host, port[, flowinfo[, scope_id]]), as struct sockaddr_in6 (netinet/in.h, ipv6(7))."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.libc.inet import htonl
from cython.cimports.berkeley.libc.socket import AF_INET6
from cython.cimports.berkeley.sockaddr._layout import (
    Codec,
    Names,
    Sockaddr,
    as_port,
    as_tuple,
    as_uint32,
    as_unsigned,
    room,
    whole,
)
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cython.cimports.libc.stdint import uint8_t, uint16_t, uint32_t
from cython.cimports.libc.string import memcpy

# The two bytes of the port stand with the high one first; flowinfo is in network order, 20 bits of it (RFC 6437).
SockaddrIn6 = cython.struct(
    sin6_family=uint16_t,
    sin6_port=uint8_t[2],
    sin6_flowinfo=uint32_t,
    sin6_addr=cython.char[16],
    sin6_scope_id=uint32_t,
)

IN6_ADDR_SIZE = cython.declare(cython.Py_ssize_t, 16)


@cython.cclass
class Inet6(Codec):
    """(host, port, flowinfo, scope_id), where flowinfo and scope_id count as 0 when they are left out.

    A zone in the host text does not count: the interface of a scoped address is named by scope_id alone.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        parts: tuple = as_tuple(address, "AF_INET6", caller)
        count: cython.Py_ssize_t = len(parts)
        if not 2 <= count <= 4:
            raise TypeError("AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])")
        port: cython.int = as_port(parts[1], caller)
        flowinfo: uint32_t = as_unsigned(parts[2], 20, "flowinfo", caller) if count > 2 else 0
        scope_id: uint32_t = as_uint32(parts[3], "scope_id", caller) if count > 3 else 0
        packed: bytes = names.host(parts[0], AF_INET6)
        at = cython.cast(cython.pointer[SockaddrIn6], room(place, cython.sizeof(SockaddrIn6)))
        at.sin6_port[0] = port >> 8
        at.sin6_port[1] = port & 0xFF
        at.sin6_flowinfo = htonl(flowinfo)
        at.sin6_scope_id = scope_id
        memcpy(at.sin6_addr, PyBytes_AS_STRING(packed), IN6_ADDR_SIZE)
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrIn6], whole(place, cython.sizeof(SockaddrIn6), "AF_INET6"))
        text = names.text(PyBytes_FromStringAndSize(at.sin6_addr, IN6_ADDR_SIZE), AF_INET6)
        return text, at.sin6_port[0] << 8 | at.sin6_port[1], htonl(at.sin6_flowinfo), at.sin6_scope_id


CODEC = Inet6()
