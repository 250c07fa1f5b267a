"""Addresses of a family without a codec of its own: the bytes of the sockaddr as they are."""

from operator import index

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, family_of
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cython.cimports.libc.string import memcpy

HEADER_SIZE = cython.declare(cython.Py_ssize_t, 2)
SOCKADDR_SIZE_MAX = cython.declare(cython.Py_ssize_t, 128)  # struct sockaddr_storage (sys/socket.h)


@cython.cclass
class Raw(Codec):
    """A whole sockaddr as bytes, or the pair (family, bytes after the header), which is the form of results."""

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        body: bytes = as_body(address, place, caller)
        size: cython.Py_ssize_t = HEADER_SIZE + len(body)
        if size > SOCKADDR_SIZE_MAX:
            raise too_long_or_short(size, caller)
        memcpy(place.raw + HEADER_SIZE, PyBytes_AS_STRING(body), len(body))
        place.length = size
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        body = PyBytes_FromStringAndSize(place.raw + HEADER_SIZE, max(place.length - HEADER_SIZE, 0))
        return family_of(place.raw), body


@cython.cfunc
def as_body(address, place: cython.pointer[Sockaddr], caller: str) -> bytes:
    """The bytes after the header; the family in the header is the one given."""
    if isinstance(address, tuple):
        pair: tuple = tuple(address)
        if len(pair) != 2:
            raise TypeError("a raw address must be a pair (family, bytes) or a bytes-like object")
        place.family = as_family(index(pair[0]), caller)
        return bytes(memoryview(pair[1]))
    whole: bytes = as_whole(address, caller)
    if len(whole) < HEADER_SIZE:
        raise too_long_or_short(len(whole), caller)
    place.family = family_of(PyBytes_AS_STRING(whole))
    return whole[HEADER_SIZE:]


@cython.cfunc
@cython.exceptval(-1, check=False)
def as_family(family, caller: str) -> cython.int:
    if not 0 <= family <= 0xFFFF:
        raise OverflowError(f"{caller}(): family must be 0-65535.")
    return family


@cython.cfunc
def as_whole(address, caller: str) -> bytes:
    try:
        return bytes(memoryview(address))
    except TypeError:
        kind = type(address).__name__
        raise TypeError(
            f"{caller}(): this family has no address format: give a pair (family, bytes) or raw bytes, not {kind}"
        ) from None


@cython.cfunc
def too_long_or_short(size: cython.Py_ssize_t, caller: str):
    return ValueError(f"{caller}(): a raw address has {HEADER_SIZE} to {SOCKADDR_SIZE_MAX} bytes, not {size}")


CODEC = Raw()
