"""AF_BLUETOOTH addresses of FreeBSD: one form per protocol, as in netgraph/bluetooth/include/ng_btsocket.h."""

import os

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.libc.python import PyUnicode_DecodeFSDefaultAndSize, strnlen
from cython.cimports.berkeley.sockaddr._bdaddr import (
    as_field,
    as_items,
    bdaddr_text,
    put_bdaddr,
    read_l2cap,
    unknown_protocol,
    write_l2cap,
)
from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, as_name, room, whole
from cython.cimports.cpython.bytes import PyBytes_AS_STRING
from cython.cimports.libc.stdint import uint8_t, uint16_t
from cython.cimports.libc.string import memcpy

HCI = cython.declare(cython.int, 134)
L2CAP = cython.declare(cython.int, 135)
RFCOMM = cython.declare(cython.int, 136)

SockaddrHci = cython.struct(hci_family=uint16_t, hci_node=cython.char[32])
NODE_SIZE = cython.declare(cython.Py_ssize_t, 32)  # NG_NODESIZ, with the NUL at the end

# struct sockaddr_rfcomm: the header, bdaddr and channel, which C structs of whole words cannot say (it has 9 bytes).
RFCOMM_SIZE = cython.declare(cython.Py_ssize_t, 9)
RFCOMM_BDADDR = cython.declare(cython.Py_ssize_t, 2)
RFCOMM_CHANNEL = cython.declare(cython.Py_ssize_t, 8)


@cython.cclass
class BluetoothFreeBSD(Codec):
    """L2CAP: (bdaddr, psm[, cid[, bdaddr_type]]); RFCOMM: (bdaddr, channel); HCI: the name of a netgraph node as str
    or bytes, alone or as the item of a tuple.

    An int device number n of HCI stands for the node "ubt{n}hci" (ng_ubt(4)). bdaddr is six hexadecimal octets with
    colons, in results upper case.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        if place.proto == L2CAP:
            return write_l2cap(address, place, caller)
        if place.proto == RFCOMM:
            return write_rfcomm(address, place, caller)
        if place.proto == HCI:
            return write_hci(address, place, caller)
        raise unknown_protocol(caller)

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        if place.proto == L2CAP:
            return read_l2cap(place)
        if place.proto == RFCOMM:
            at = cython.cast(cython.pointer[uint8_t], whole(place, RFCOMM_SIZE, "AF_BLUETOOTH"))
            return bdaddr_text(at + RFCOMM_BDADDR), at[RFCOMM_CHANNEL]
        if place.proto == HCI:
            return read_hci(place)
        raise ValueError("Unknown Bluetooth protocol")


@cython.cfunc
@cython.exceptval(-1, check=False)
def write_rfcomm(address, place: cython.pointer[Sockaddr], caller: str) -> cython.int:
    pair: tuple = as_items(address, 2, 2, caller)
    at = cython.cast(cython.pointer[uint8_t], room(place, RFCOMM_SIZE))
    put_bdaddr(pair[0], at + RFCOMM_BDADDR, caller)
    at[RFCOMM_CHANNEL] = as_field(pair[1], 8, "channel", caller)
    return 0


@cython.cfunc
@cython.exceptval(-1, check=False)
def write_hci(address, place: cython.pointer[Sockaddr], caller: str) -> cython.int:
    value = as_items(address, 1, 1, caller)[0] if isinstance(address, tuple) else address
    node: bytes = as_node(value, caller)
    if len(node) >= NODE_SIZE:
        raise OSError("AF_BLUETOOTH node name too long")
    at = cython.cast(cython.pointer[SockaddrHci], room(place, cython.sizeof(SockaddrHci)))
    memcpy(at.hci_node, PyBytes_AS_STRING(node), len(node))
    return 0


@cython.cfunc
def as_node(value, caller: str) -> bytes:
    """The name of the netgraph node of a controller."""
    if isinstance(value, (str, bytes)):
        return as_name(os.fsdecode(value), "character")
    return b"ubt%dhci" % as_field(value, 16, "device_id", caller)


@cython.cfunc
def read_hci(place: cython.pointer[Sockaddr]):
    at = cython.cast(cython.pointer[SockaddrHci], whole(place, cython.sizeof(SockaddrHci), "AF_BLUETOOTH"))
    return PyUnicode_DecodeFSDefaultAndSize(at.hci_node, strnlen(at.hci_node, NODE_SIZE))


CODEC = BluetoothFreeBSD()
