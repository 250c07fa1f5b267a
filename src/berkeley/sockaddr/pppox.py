"""AF_PPPOX addresses: those of PPPoE and PPTP, as struct sockaddr_pppox (linux/if_pppox.h); others as raw bytes."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.libc.python import PyUnicode_DecodeFSDefaultAndSize, strnlen
from cython.cimports.berkeley.libc.socket import AF_INET
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

from berkeley.sockaddr.raw import CODEC as _RAW

RAW = cython.declare(Codec, _RAW)

PX_PROTO_OE = cython.declare(cython.int, 0)
PX_PROTO_PPTP = cython.declare(cython.int, 2)
MAC_SIZE = cython.declare(cython.Py_ssize_t, 6)
IFNAMSIZ = cython.declare(cython.Py_ssize_t, 16)
PROTOCOL_END = cython.declare(cython.Py_ssize_t, 6)
IN_ADDR_SIZE = cython.declare(cython.Py_ssize_t, 4)

# The structure is packed, so its numbers are bytes here: sa_protocol and call_id in host order, the session with the
# high byte first. It is as long for PPTP as for PPPoE, and the kernel takes no other length.
SockaddrPppox = cython.struct(sa_family=uint8_t[2], sa_protocol=uint8_t[4], sa_addr=uint8_t[24])
SockaddrPppoe = cython.struct(
    sa_family=uint8_t[2], sa_protocol=uint8_t[4], sid=uint8_t[2], remote=cython.char[6], dev=cython.char[16]
)
SockaddrPptp = cython.struct(
    sa_family=uint8_t[2], sa_protocol=uint8_t[4], call_id=uint8_t[2], pad=uint8_t[2], sin_addr=cython.char[4]
)


@cython.cclass
class Pppox(Codec):
    """(sid, remote, dev) with the protocol PX_PROTO_OE, (call_id, host) with PX_PROTO_PPTP.

    sid and call_id have 16 bits; remote is the 6 bytes of a MAC address, dev an interface name; the session 0 ends
    one. Addresses of L2TP, which are six different structures, are those of families without a format.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        if place.proto != PX_PROTO_OE and place.proto != PX_PROTO_PPTP:
            return RAW.write(address, place, names, caller)
        parts: tuple = as_tuple(address, "AF_PPPOX", caller)
        protocol: cython.int = place.proto
        at = cython.cast(cython.pointer[SockaddrPppox], room(place, cython.sizeof(SockaddrPppox)))
        memcpy(at.sa_protocol, cython.address(protocol), cython.sizeof(cython.int))
        if place.proto == PX_PROTO_OE:
            return write_pppoe(cython.cast(cython.pointer[SockaddrPppoe], at), parts, caller)
        return write_pptp(cython.cast(cython.pointer[SockaddrPptp], at), parts, names, caller)

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        protocol: cython.int = PX_PROTO_OE
        at = cython.cast(cython.pointer[SockaddrPppox], place.raw)
        if place.length >= PROTOCOL_END:
            memcpy(cython.address(protocol), at.sa_protocol, cython.sizeof(cython.int))
        if protocol != PX_PROTO_OE and protocol != PX_PROTO_PPTP:
            return RAW.read(place, names)
        whole(place, cython.sizeof(SockaddrPppox), "AF_PPPOX")
        if protocol == PX_PROTO_OE:
            return read_pppoe(cython.cast(cython.pointer[SockaddrPppoe], at))
        return read_pptp(cython.cast(cython.pointer[SockaddrPptp], at), names)


@cython.cfunc
@cython.exceptval(-1, check=False)
def write_pppoe(at: cython.pointer[SockaddrPppoe], parts: tuple, caller: str) -> cython.int:
    if len(parts) != 3:
        raise TypeError("AF_PPPOX address of PPPoE must be a tuple (sid, remote, dev)")
    sid: cython.int = as_unsigned(parts[0], 16, "sid", caller)
    remote: bytes = as_mac(parts[1])
    dev: bytes = as_ifname(parts[2])
    at.sid[0] = sid >> 8
    at.sid[1] = sid & 0xFF
    memcpy(at.remote, PyBytes_AS_STRING(remote), MAC_SIZE)
    memcpy(at.dev, PyBytes_AS_STRING(dev), len(dev))
    return 0


@cython.cfunc
@cython.exceptval(-1, check=False)
def write_pptp(at: cython.pointer[SockaddrPptp], parts: tuple, names: Names, caller: str) -> cython.int:
    if len(parts) != 2:
        raise TypeError("AF_PPPOX address of PPTP must be a pair (call_id, host)")
    call_id: uint16_t = as_unsigned(parts[0], 16, "call_id", caller)
    packed: bytes = names.host(parts[1], AF_INET)
    memcpy(at.call_id, cython.address(call_id), cython.sizeof(uint16_t))
    memcpy(at.sin_addr, PyBytes_AS_STRING(packed), IN_ADDR_SIZE)
    return 0


@cython.cfunc
def read_pppoe(at: cython.pointer[SockaddrPppoe]):
    remote = PyBytes_FromStringAndSize(at.remote, MAC_SIZE)
    return at.sid[0] << 8 | at.sid[1], remote, PyUnicode_DecodeFSDefaultAndSize(at.dev, strnlen(at.dev, IFNAMSIZ))


@cython.cfunc
def read_pptp(at: cython.pointer[SockaddrPptp], names: Names):
    call_id: uint16_t
    memcpy(cython.address(call_id), at.call_id, cython.sizeof(uint16_t))
    return call_id, names.text(PyBytes_FromStringAndSize(at.sin_addr, IN_ADDR_SIZE), AF_INET)


@cython.cfunc
def as_mac(value) -> bytes:
    mac: bytes = as_bytes(value)
    if len(mac) != MAC_SIZE:
        raise ValueError(f"AF_PPPOX hardware address must have {MAC_SIZE} bytes, not {len(mac)}")
    return mac


@cython.cfunc
def as_ifname(value) -> bytes:
    if not isinstance(value, str):
        kind = type(value).__name__
        raise TypeError(f"AF_PPPOX interface name must be str, not {kind}")
    name: bytes = as_name(value, "character")
    if len(name) >= IFNAMSIZ:
        raise OSError("AF_PPPOX interface name too long")
    return name


CODEC = Pppox()
