"""AF_CAN addresses: (interface, ...) with the items that the protocol adds, as struct sockaddr_can (linux/can.h)."""

import os

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import (
    Codec,
    Names,
    Sockaddr,
    as_name,
    as_tuple,
    as_uint32,
    as_unsigned,
    room,
    whole,
)
from cython.cimports.libc.stdint import uint8_t, uint16_t, uint32_t, uint64_t

from berkeley.sockaddr._systems import has_can_raw_alone

IFNAMSIZ = cython.declare(cython.Py_ssize_t, 16)  # linux/if.h, with the NUL at the end

CAN_RAW = cython.declare(cython.int, 1)
CAN_BCM = cython.declare(cython.int, 2)
CAN_ISOTP = cython.declare(cython.int, 6)
CAN_J1939 = cython.declare(cython.int, 7)

# The union can_addr at the end of a sockaddr_can has a member for each protocol that addresses nodes, and the kernel
# reports no more of it than that member.
SockaddrCan = cython.struct(can_family=uint16_t, can_ifindex=cython.int)
SockaddrIsotp = cython.struct(can_family=uint16_t, can_ifindex=cython.int, rx_id=uint32_t, tx_id=uint32_t)
SockaddrJ1939 = cython.struct(can_family=uint16_t, can_ifindex=cython.int, name=uint64_t, pgn=uint32_t, addr=uint8_t)
RAW_ALONE = cython.declare(cython.bint, has_can_raw_alone())
SOCKADDR_CAN_SIZE = cython.declare(cython.Py_ssize_t, 16 if RAW_ALONE else 24)


_SHAPES = {1: "(interface, )", 3: "(interface, rx_addr, tx_addr)", 4: "(interface, name, pgn, addr)"}


@cython.cclass
class Can(Codec):
    """(interface,), (interface, rx_addr, tx_addr) for CAN_ISOTP, (interface, name, pgn, addr) for CAN_J1939.

    The interface "" stands for every one, and for one that has gone since.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        parts: tuple = shaped(address, place.proto, caller)
        ifname: bytes = as_ifname(parts[0])
        at = cython.cast(cython.pointer[SockaddrCan], room(place, SOCKADDR_CAN_SIZE))
        if place.proto == CAN_ISOTP:
            write_isotp(cython.cast(cython.pointer[SockaddrIsotp], at), parts, caller)
        elif place.proto == CAN_J1939:
            write_j1939(cython.cast(cython.pointer[SockaddrJ1939], at), parts, caller)
        at.can_ifindex = names.ifindex(ifname, place.fd) if ifname else 0
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrCan], whole(place, cython.sizeof(SockaddrCan), "AF_CAN"))
        ifname = names.ifname(at.can_ifindex, place.fd) if at.can_ifindex else ""
        if place.proto == CAN_ISOTP:
            tp = cython.cast(cython.pointer[SockaddrIsotp], whole(place, cython.sizeof(SockaddrIsotp), "AF_CAN"))
            return ifname, tp.rx_id, tp.tx_id
        if place.proto == CAN_J1939:
            j1939 = cython.cast(cython.pointer[SockaddrJ1939], whole(place, cython.sizeof(SockaddrJ1939), "AF_CAN"))
            return ifname, j1939.name, j1939.pgn, j1939.addr
        return (ifname,)


@cython.cfunc
def shaped(address, proto: cython.int, caller: str) -> tuple:
    """The items of an address, which have to be those of the protocol."""
    count: cython.Py_ssize_t = items_of(proto)
    if count == 0:
        raise OSError(f"{caller}(): unsupported CAN protocol")
    parts: tuple = as_tuple(address, "AF_CAN", caller)
    if len(parts) != count:
        raise TypeError(f"AF_CAN address must be a tuple {_SHAPES[count]}")
    return parts


@cython.cfunc
@cython.exceptval(check=False)
def items_of(proto: cython.int) -> cython.Py_ssize_t:
    """How many items the addresses of a protocol have, 0 if it is not known."""
    if RAW_ALONE:
        return 1 if proto == CAN_RAW else 0
    if proto == CAN_ISOTP:
        return 3
    if proto == CAN_J1939:
        return 4
    return 1 if proto in (CAN_RAW, CAN_BCM) else 0


@cython.cfunc
@cython.exceptval(-1, check=False)
def write_isotp(at: cython.pointer[SockaddrIsotp], parts: tuple, caller: str) -> cython.int:
    at.rx_id = as_uint32(parts[1], "rx_addr", caller)
    at.tx_id = as_uint32(parts[2], "tx_addr", caller)
    return 0


@cython.cfunc
@cython.exceptval(-1, check=False)
def write_j1939(at: cython.pointer[SockaddrJ1939], parts: tuple, caller: str) -> cython.int:
    at.name = as_unsigned(parts[1], 64, "name", caller)
    at.pgn = as_uint32(parts[2], "pgn", caller)
    at.addr = as_unsigned(parts[3], 8, "addr", caller)
    return 0


@cython.cfunc
def as_ifname(value) -> bytes:
    """An interface name, which may also be given as bytes or os.PathLike."""
    name: bytes = as_name(value if type(value) is str else os.fsdecode(value), "byte")
    if len(name) >= IFNAMSIZ:
        raise OSError("AF_CAN interface name too long")
    return name


CODEC = Can()
