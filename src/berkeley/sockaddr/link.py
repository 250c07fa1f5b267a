"""AF_LINK addresses of BSD and macOS: (ifname, type, address), as struct sockaddr_dl (net/if_dl.h)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.libc.python import PyUnicode_DecodeFSDefaultAndSize
from cython.cimports.berkeley.sockaddr._layout import (
    Codec,
    Names,
    Sockaddr,
    as_bytes,
    as_name,
    as_tuple,
    as_unsigned,
    room,
    whole,
)
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cython.cimports.libc.stdint import uint8_t, uint16_t
from cython.cimports.libc.string import memcpy

from berkeley.sockaddr._systems import sdl_data_size

# sdl_data, which begins with the name and goes on with the address, is as long as needed, but never shorter than the
# struct says.
SockaddrDl = cython.struct(
    sdl_family=uint16_t, sdl_index=uint16_t, sdl_type=uint8_t, sdl_nlen=uint8_t, sdl_alen=uint8_t, sdl_slen=uint8_t
)
HEAD_SIZE = cython.declare(cython.Py_ssize_t, 8)
SDL_DATA_SIZE = cython.declare(cython.Py_ssize_t, sdl_data_size())
IFNAMSIZ = cython.declare(cython.Py_ssize_t, 16)  # net/if.h, with the NUL at the end
ADDRESS_MAX = cython.declare(cython.Py_ssize_t, 32)


@cython.cclass
class Link(Codec):
    """(ifname[, type[, address]]): an interface, the IFT_* number of its kind, and its hardware address as bytes.

    The interface may be given as its index too. Results have all three items; the interface "" stands for none, and
    for one that has gone.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        parts: tuple = as_tuple(address, "AF_LINK", caller)
        count: cython.Py_ssize_t = len(parts)
        if not 1 <= count <= 3:
            raise TypeError("AF_LINK address must be a tuple (ifname[, type[, address]])")
        ifname: bytes = as_ifname(parts[0]) if isinstance(parts[0], str) else b""
        kind: uint8_t = as_unsigned(parts[1], 8, "type", caller) if count > 1 else 0
        hardware: bytes = as_hardware_address(parts[2]) if count > 2 else b""
        index: cython.int = names.ifindex(ifname, place.fd) if ifname else 0
        if not isinstance(parts[0], str):
            index = as_unsigned(parts[0], 16, "interface index", caller)
        fill_in(place, index, kind, ifname, hardware)
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrDl], whole(place, HEAD_SIZE, "AF_LINK"))
        data: cython.p_char = whole(place, HEAD_SIZE + at.sdl_nlen + at.sdl_alen, "AF_LINK") + HEAD_SIZE
        hardware = PyBytes_FromStringAndSize(data + at.sdl_nlen, at.sdl_alen)
        if at.sdl_nlen:
            return PyUnicode_DecodeFSDefaultAndSize(data, at.sdl_nlen), at.sdl_type, hardware
        return names.ifname(at.sdl_index, place.fd) if at.sdl_index else "", at.sdl_type, hardware


@cython.cfunc
@cython.exceptval(check=False)
def fill_in(
    place: cython.pointer[Sockaddr], index: cython.int, kind: uint8_t, ifname: bytes, hardware: bytes
) -> cython.void:
    size: cython.Py_ssize_t = len(ifname) + len(hardware)
    raw: cython.p_char = room(place, HEAD_SIZE + max(size, SDL_DATA_SIZE))
    at = cython.cast(cython.pointer[SockaddrDl], raw)
    at.sdl_index = index
    at.sdl_type = kind
    at.sdl_nlen = len(ifname)
    at.sdl_alen = len(hardware)
    memcpy(raw + HEAD_SIZE, PyBytes_AS_STRING(ifname), len(ifname))
    memcpy(raw + HEAD_SIZE + len(ifname), PyBytes_AS_STRING(hardware), len(hardware))


@cython.cfunc
def as_ifname(value) -> bytes:
    """An interface name, "" for none."""
    name: bytes = as_name(value, "character")
    if len(name) >= IFNAMSIZ:
        raise OSError("AF_LINK interface name too long")
    return name


@cython.cfunc
def as_hardware_address(value) -> bytes:
    """A hardware address; that of InfiniBand has 20 bytes."""
    hardware: bytes = as_bytes(value)
    if len(hardware) > ADDRESS_MAX:
        raise ValueError(f"Hardware address must be {ADDRESS_MAX} bytes or less")
    return hardware


CODEC = Link()
