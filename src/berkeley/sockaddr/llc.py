"""AF_LLC addresses: (mac, sap[, arphrd[, test[, xid[, ua]]]]), as struct sockaddr_llc (linux/llc.h, IEEE 802.2)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import (
    Codec,
    Names,
    Sockaddr,
    as_bytes,
    as_tuple,
    as_unsigned,
    room,
    whole,
)
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cython.cimports.libc.stdint import uint8_t, uint16_t
from cython.cimports.libc.string import memcpy

MAC_SIZE = cython.declare(cython.Py_ssize_t, 6)
ARPHRD_ETHER = cython.declare(cython.int, 1)

SockaddrLlc = cython.struct(
    sllc_family=uint16_t,
    sllc_arphrd=uint16_t,
    sllc_test=uint8_t,
    sllc_xid=uint8_t,
    sllc_ua=uint8_t,
    sllc_sap=uint8_t,
    sllc_mac=cython.char[6],
    pad=cython.char[2],
)


@cython.cclass
class Llc(Codec):
    """(mac, sap, arphrd, test, xid, ua); arphrd counts as ARPHRD_ETHER, and what follows it as 0, when left out.

    mac is 6 bytes, and all zeros name the device that the socket is bound to by SO_BINDTODEVICE; sap is 0 to 255, where
    0 lets the kernel choose; test, xid and ua ask for PDUs of those kinds.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        parts: tuple = as_tuple(address, "AF_LLC", caller)
        count: cython.Py_ssize_t = len(parts)
        if not 2 <= count <= 6:
            raise TypeError("AF_LLC address must be a tuple (mac, sap[, arphrd[, test[, xid[, ua]]]])")
        mac: bytes = as_mac(parts[0])
        at = cython.cast(cython.pointer[SockaddrLlc], room(place, cython.sizeof(SockaddrLlc)))
        memcpy(at.sllc_mac, PyBytes_AS_STRING(mac), MAC_SIZE)
        at.sllc_sap = as_unsigned(parts[1], 8, "sap", caller)
        at.sllc_arphrd = as_unsigned(parts[2], 16, "arphrd", caller) if count > 2 else ARPHRD_ETHER
        at.sllc_test = as_unsigned(parts[3], 8, "test", caller) if count > 3 else 0
        at.sllc_xid = as_unsigned(parts[4], 8, "xid", caller) if count > 4 else 0
        at.sllc_ua = as_unsigned(parts[5], 8, "ua", caller) if count > 5 else 0
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrLlc], whole(place, cython.sizeof(SockaddrLlc), "AF_LLC"))
        mac = PyBytes_FromStringAndSize(at.sllc_mac, MAC_SIZE)
        return mac, at.sllc_sap, at.sllc_arphrd, at.sllc_test, at.sllc_xid, at.sllc_ua


@cython.cfunc
def as_mac(value) -> bytes:
    mac: bytes = as_bytes(value)
    if len(mac) != MAC_SIZE:
        raise ValueError(f"AF_LLC hardware address must have {MAC_SIZE} bytes, not {len(mac)}")
    return mac


CODEC = Llc()
