"""AF_VSOCK addresses: (CID, port), as struct sockaddr_vm (linux/vm_sockets.h, vsock(7))."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, as_tuple, as_uint32_or_all, room, whole
from cython.cimports.libc.stdint import uint8_t, uint16_t, uint32_t

from berkeley.sockaddr._systems import sockaddr_vm_size

SockaddrVm = cython.struct(
    svm_family=uint16_t,
    svm_reserved1=uint16_t,
    svm_port=uint32_t,
    svm_cid=uint32_t,
    svm_flags=uint8_t,
    svm_zero=cython.char[3],
)

SIZE = cython.declare(cython.Py_ssize_t, sockaddr_vm_size())


@cython.cclass
class Vsock(Codec):
    """(CID, port), two integers of 32 bits; -1 is VMADDR_CID_ANY and VMADDR_PORT_ANY."""

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        pair: tuple = as_tuple(address, "AF_VSOCK", caller)
        if len(pair) != 2:
            raise TypeError("AF_VSOCK address must be a pair (CID, port)")
        at = cython.cast(cython.pointer[SockaddrVm], room(place, SIZE))
        at.svm_cid = as_uint32_or_all(pair[0], "CID", caller)
        at.svm_port = as_uint32_or_all(pair[1], "port", caller)
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrVm], whole(place, SIZE, "AF_VSOCK"))
        return at.svm_cid, at.svm_port


CODEC = Vsock()
