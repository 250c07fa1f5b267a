"""AF_VSOCK addresses: (CID, port), as struct sockaddr_vm (linux/vm_sockets.h, vsock(7))."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, as_tuple, as_uint32_or_all, room, whole
from cython.cimports.cpython.long import PyLong_AsLongLongAndOverflow
from cython.cimports.libc.stdint import uint8_t, uint16_t, uint32_t

ALL_ONES = cython.declare(cython.longlong, 0xFFFFFFFF)

SockaddrVm = cython.struct(
    svm_family=uint16_t,
    svm_reserved1=uint16_t,
    svm_port=uint32_t,
    svm_cid=uint32_t,
    svm_flags=uint8_t,
    svm_zero=cython.char[3],
)


@cython.cclass
class Vsock(Codec):
    """(CID, port), two integers of 32 bits; -1 is VMADDR_CID_ANY and VMADDR_PORT_ANY."""

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        pair: tuple = as_tuple(address, "AF_VSOCK", caller)
        if len(pair) != 2:
            raise TypeError("AF_VSOCK address must be a pair (CID, port)")
        at = cython.cast(cython.pointer[SockaddrVm], room(place, cython.sizeof(SockaddrVm)))
        at.svm_cid = number(pair[0], "CID", caller)
        at.svm_port = number(pair[1], "port", caller)
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrVm], whole(place, cython.sizeof(SockaddrVm), "AF_VSOCK"))
        return at.svm_cid, at.svm_port


@cython.cfunc
@cython.inline
@cython.exceptval(0xDEAD, check=True)
def number(value, what: str, caller: str) -> uint32_t:
    overflow: cython.int
    small: cython.longlong
    if type(value) is int:
        small = PyLong_AsLongLongAndOverflow(value, cython.address(overflow))
        if -1 <= small <= ALL_ONES and not overflow:
            return cython.cast(uint32_t, small)
    return as_uint32_or_all(value, what, caller)


CODEC = Vsock()
