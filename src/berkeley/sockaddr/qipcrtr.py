"""AF_QIPCRTR addresses: (node, port), as struct sockaddr_qrtr (linux/qrtr.h)."""

from operator import index

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley._errors import raise_errno
from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, as_tuple, as_uint32, room, whole
from cython.cimports.libc.errno import EINVAL
from cython.cimports.libc.stdint import uint16_t, uint32_t

SockaddrQrtr = cython.struct(sq_family=uint16_t, sq_node=uint32_t, sq_port=uint32_t)


@cython.cclass
class Qipcrtr(Codec):
    """(node, port), two non-negative integers of 32 bits; 0xFFFFFFFF is the node of broadcasts.

    A negative one is OSError EINVAL, one that is too large OverflowError.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        pair: tuple = as_tuple(address, "AF_QIPCRTR", caller)
        if len(pair) != 2:
            raise TypeError("AF_QIPCRTR address must be a pair (node, port)")
        at = cython.cast(cython.pointer[SockaddrQrtr], room(place, cython.sizeof(SockaddrQrtr)))
        try:
            at.sq_node = as_uint32(pair[0], "node", caller)
            at.sq_port = as_uint32(pair[1], "port", caller)
        except OverflowError:
            return refused(address, min(index(pair[0]), index(pair[1])))
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrQrtr], whole(place, cython.sizeof(SockaddrQrtr), "AF_QIPCRTR"))
        return at.sq_node, at.sq_port


@cython.cfunc
@cython.exceptval(-1, check=False)
def refused(address, least) -> cython.int:
    """A negative number is for the kernel to refuse, as CPython's own tests ask; it never gets there."""
    if least < 0:
        raise_errno(EINVAL, address)
    raise


CODEC = Qipcrtr()
