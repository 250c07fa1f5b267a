"""Addresses of a family whose format a program has brought along: two functions of its own."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cython.cimports.libc.string import memcpy

HEADER_SIZE = cython.declare(cython.Py_ssize_t, 2)
BODY_SIZE_MAX = cython.declare(cython.Py_ssize_t, 126)  # of struct sockaddr_storage (sys/socket.h)


@cython.cclass
class Registered(Codec):
    """Any Python value; the functions see the bytes after the header, and the protocol of the socket."""

    encoder = cython.declare(object)
    decoder = cython.declare(object)

    def __init__(self, encoder, decoder):
        self.encoder = encoder
        self.decoder = decoder

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        body: bytes = bytes(memoryview(self.encoder(address, place.proto)))
        if len(body) > BODY_SIZE_MAX:
            raise ValueError(f"{caller}(): an address has at most {BODY_SIZE_MAX} bytes after its header")
        memcpy(place.raw + HEADER_SIZE, PyBytes_AS_STRING(body), len(body))
        place.length = HEADER_SIZE + len(body)
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        body = PyBytes_FromStringAndSize(place.raw + HEADER_SIZE, max(place.length - HEADER_SIZE, 0))
        return self.decoder(body, place.proto)
