"""AF_BLUETOOTH addresses of Linux: one form per protocol, as in the headers bluetooth/*.h of BlueZ."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._bdaddr import (
    as_field,
    as_items,
    bdaddr_text,
    put_bare_bdaddr,
    put_bdaddr,
    read_l2cap,
    unknown_protocol,
    write_l2cap,
    wrong_format,
)
from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, room, whole
from cython.cimports.cpython.long import PyLong_AsLongLongAndOverflow
from cython.cimports.libc.stdint import uint8_t, uint16_t

L2CAP = cython.declare(cython.int, 0)
HCI = cython.declare(cython.int, 1)
SCO = cython.declare(cython.int, 2)
RFCOMM = cython.declare(cython.int, 3)

SockaddrRc = cython.struct(rc_family=uint16_t, rc_bdaddr=uint8_t[6], rc_channel=uint8_t, padding=uint8_t)
SockaddrHci = cython.struct(hci_family=uint16_t, hci_dev=uint16_t, hci_channel=uint16_t)
SockaddrSco = cython.struct(sco_family=uint16_t, sco_bdaddr=uint8_t[6])

HCI_CHANNEL_RAW = cython.declare(cython.int, 0)
HCI_DEV_NONE = cython.declare(cython.int, 0xFFFF)


@cython.cclass
class Bluetooth(Codec):
    """L2CAP: (bdaddr, psm[, cid[, bdaddr_type]]); RFCOMM: (bdaddr, channel); HCI: device_id or (device_id[, channel]);
    SCO: bdaddr as str or bytes.

    bdaddr is six hexadecimal octets with colons, in results upper case. Items that have their default value (no cid,
    BDADDR_BREDR, HCI_CHANNEL_RAW) are left out of results; the device_id -1 is HCI_DEV_NONE.
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
        if place.proto == SCO:
            at = cython.cast(cython.pointer[SockaddrSco], room(place, cython.sizeof(SockaddrSco)))
            return put_bare_bdaddr(address, at.sco_bdaddr, caller)
        raise unknown_protocol(caller)

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        if place.proto == L2CAP:
            return read_l2cap(place)
        if place.proto == RFCOMM:
            return read_rfcomm(place)
        if place.proto == HCI:
            return read_hci(place)
        if place.proto == SCO:
            at = cython.cast(cython.pointer[SockaddrSco], whole(place, cython.sizeof(SockaddrSco), "AF_BLUETOOTH"))
            return bdaddr_text(at.sco_bdaddr)
        raise ValueError("Unknown Bluetooth protocol")


@cython.cfunc
@cython.exceptval(-1, check=False)
def write_rfcomm(address, place: cython.pointer[Sockaddr], caller: str) -> cython.int:
    pair: tuple = as_items(address, 2, 2, caller)
    at = cython.cast(cython.pointer[SockaddrRc], room(place, cython.sizeof(SockaddrRc)))
    put_bdaddr(pair[0], at.rc_bdaddr, caller)
    at.rc_channel = as_field(pair[1], 8, "channel", caller)
    return 0


@cython.cfunc
def read_rfcomm(place: cython.pointer[Sockaddr]):
    at = cython.cast(cython.pointer[SockaddrRc], whole(place, cython.sizeof(SockaddrRc), "AF_BLUETOOTH"))
    return bdaddr_text(at.rc_bdaddr), at.rc_channel


@cython.cfunc
@cython.exceptval(-1, check=False)
def write_hci(address, place: cython.pointer[Sockaddr], caller: str) -> cython.int:
    at = cython.cast(cython.pointer[SockaddrHci], room(place, cython.sizeof(SockaddrHci)))
    if not isinstance(address, tuple):
        at.hci_dev = as_device(address, caller)
        return 0
    items: tuple = address if type(address) is tuple else tuple(address)
    if not 1 <= len(items) <= 2:
        raise wrong_format(caller)
    at.hci_dev = as_device(items[0], caller)
    if len(items) > 1:
        at.hci_channel = as_field(items[1], 16, "channel", caller)
    return 0


@cython.cfunc
@cython.inline
@cython.exceptval(-1, check=False)
def as_device(value, caller: str) -> cython.int:
    """The number of a controller."""
    overflow: cython.int
    if isinstance(value, int):
        number: cython.longlong = PyLong_AsLongLongAndOverflow(value, cython.address(overflow))
        if 0 <= number <= HCI_DEV_NONE:
            return number
        if number == -1 and not overflow:
            return HCI_DEV_NONE
    return as_field(value, 16, "device_id", caller)


@cython.cfunc
def read_hci(place: cython.pointer[Sockaddr]):
    at = cython.cast(cython.pointer[SockaddrHci], whole(place, cython.sizeof(SockaddrHci), "AF_BLUETOOTH"))
    if at.hci_channel == HCI_CHANNEL_RAW:
        return at.hci_dev
    return at.hci_dev, at.hci_channel


CODEC = Bluetooth()
