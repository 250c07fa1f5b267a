"""AF_ALG addresses: (type, name[, feat[, mask]]), as struct sockaddr_alg (linux/if_alg.h)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.libc.python import strnlen
from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, as_tuple, as_uint32, room, whole
from cython.cimports.cpython.unicode import PyUnicode_AsUTF8AndSize, PyUnicode_DecodeUTF8
from cython.cimports.libc.stdint import uint16_t, uint32_t
from cython.cimports.libc.string import memchr, memcpy

TYPE_SIZE = cython.declare(cython.Py_ssize_t, 14)
NAME_SIZE = cython.declare(cython.Py_ssize_t, 64)

SockaddrAlg = cython.struct(
    salg_family=uint16_t,
    salg_type=cython.char[14],
    salg_feat=uint32_t,
    salg_mask=uint32_t,
    salg_name=cython.char[64],
)

_SHAPE = "AF_ALG address must be a tuple (type, name[, feat[, mask]])"


@cython.cclass
class Alg(Codec):
    """(type, name, feat, mask): two str of at most 13 and 63 bytes, two integers of 32 bits, 0 where left out."""

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        parts: tuple = as_tuple(address, "AF_ALG", caller)
        count: cython.Py_ssize_t = len(parts)
        if not 2 <= count <= 4:
            raise TypeError(_SHAPE)
        at = cython.cast(cython.pointer[SockaddrAlg], room(place, cython.sizeof(SockaddrAlg)))
        write_text(at.salg_type, TYPE_SIZE, parts[0], "type")
        write_text(at.salg_name, NAME_SIZE, parts[1], "name")
        at.salg_feat = as_uint32(parts[2], "feat", caller) if count > 2 else 0
        at.salg_mask = as_uint32(parts[3], "mask", caller) if count > 3 else 0
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrAlg], whole(place, cython.sizeof(SockaddrAlg), "AF_ALG"))
        kind = read_text(at.salg_type, TYPE_SIZE)
        return kind, read_text(at.salg_name, NAME_SIZE), at.salg_feat, at.salg_mask


@cython.cfunc
@cython.exceptval(-1, check=False)
def write_text(field: cython.p_char, size: cython.Py_ssize_t, value, what: str) -> cython.int:
    """Put a text and a NUL into a field."""
    length: cython.Py_ssize_t
    if not isinstance(value, str):
        raise TypeError(_SHAPE)
    text: cython.pointer[cython.const[cython.char]] = PyUnicode_AsUTF8AndSize(value, cython.address(length))
    if memchr(text, 0, length) != cython.NULL:
        raise ValueError("embedded null character")
    if length >= size:
        raise ValueError(f"AF_ALG {what} too long.")
    memcpy(field, text, length)
    return 0


@cython.cfunc
def read_text(field: cython.p_char, size: cython.Py_ssize_t) -> str:
    return PyUnicode_DecodeUTF8(field, strnlen(field, size), "surrogateescape")


CODEC = Alg()
