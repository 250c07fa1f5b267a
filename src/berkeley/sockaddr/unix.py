"""AF_UNIX addresses: a path, an abstract name or nothing, as struct sockaddr_un (sys/un.h, unix(7))."""

import os

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.libc import python
from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cython.cimports.libc.string import memchr, memcpy

from berkeley.sockaddr._systems import sun_path_size

HEADER_SIZE = cython.declare(cython.Py_ssize_t, 2)
SUN_PATH_SIZE = cython.declare(cython.Py_ssize_t, sun_path_size())


@cython.cclass
class Unix(Codec):
    """A str, bytes-like object or os.PathLike, in results str (file-system encoding, surrogateescape).

    A leading NUL selects the abstract namespace, whose names may hold any bytes and are bytes in results; "" is the
    unnamed address, to which bind() answers with an abstract name of the kernel's choice.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        path: bytes = as_path(address)
        size: cython.Py_ssize_t = len(path)
        start: cython.p_char = PyBytes_AS_STRING(path)
        named: cython.bint = size > 0 and start[0] != 0
        if named and memchr(start, 0, size) != cython.NULL:
            raise ValueError("embedded null byte in AF_UNIX path")
        if size + named > SUN_PATH_SIZE:
            raise OSError("AF_UNIX path too long")
        # The NUL at the end of a path counts; bytes objects have one.
        memcpy(place.raw + HEADER_SIZE, start, size + named)
        place.length = HEADER_SIZE + size + named
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        path: cython.p_char = place.raw + HEADER_SIZE
        size: cython.Py_ssize_t = place.length - HEADER_SIZE
        if size > 0 and path[0] == 0:
            return PyBytes_FromStringAndSize(path, size)
        return python.PyUnicode_DecodeFSDefaultAndSize(path, python.strnlen(path, max(size, 0)))


@cython.cfunc
def as_path(address) -> bytes:
    """The bytes of any form in which a path may be given."""
    if type(address) is bytes:
        return address
    if isinstance(address, str):
        return python.PyUnicode_EncodeFSDefault(address)
    if isinstance(address, os.PathLike):
        return bytes(os.fsencode(address))
    try:
        return bytes(memoryview(address))
    except TypeError:
        kind = type(address).__name__
        raise TypeError(f"a bytes-like object is required, not '{kind}'") from None


CODEC = Unix()
