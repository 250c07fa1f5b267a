"""AF_BLUETOOTH addresses of NetBSD and DragonFly BSD: one struct sockaddr_bt for all protocols (netbt/bluetooth.h)."""

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
    unknown_protocol,
)
from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, room, whole
from cython.cimports.libc.stdint import uint8_t, uint16_t

HCI = cython.declare(cython.int, 1)
L2CAP = cython.declare(cython.int, 2)
RFCOMM = cython.declare(cython.int, 3)
SCO = cython.declare(cython.int, 4)

SockaddrBt = cython.struct(
    bt_family=uint16_t, bt_bdaddr=uint8_t[6], bt_psm=uint16_t, bt_channel=uint8_t, bt_zero=uint8_t[5]
)


@cython.cclass
class BluetoothNetBSD(Codec):
    """L2CAP: (bdaddr, psm); RFCOMM: (bdaddr, channel); HCI and SCO: bdaddr as str or bytes, which HCI also takes as
    the item of a tuple.

    bdaddr is six hexadecimal octets with colons, in results a str of upper case; with HCI it is that of the controller.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        at = cython.cast(cython.pointer[SockaddrBt], room(place, cython.sizeof(SockaddrBt)))
        if place.proto == L2CAP or place.proto == RFCOMM:
            return write_pair(at, as_items(address, 2, 2, caller), place.proto, caller)
        if place.proto == HCI and isinstance(address, tuple):
            return put_bare_bdaddr(as_items(address, 1, 1, caller)[0], at.bt_bdaddr, caller)
        if place.proto == HCI or place.proto == SCO:
            return put_bare_bdaddr(address, at.bt_bdaddr, caller)
        raise unknown_protocol(caller)

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrBt], whole(place, cython.sizeof(SockaddrBt), "AF_BLUETOOTH"))
        if place.proto == L2CAP:
            return bdaddr_text(at.bt_bdaddr), at.bt_psm
        if place.proto == RFCOMM:
            return bdaddr_text(at.bt_bdaddr), at.bt_channel
        if place.proto == HCI or place.proto == SCO:
            return bdaddr_text(at.bt_bdaddr)
        raise ValueError("Unknown Bluetooth protocol")


@cython.cfunc
@cython.exceptval(-1, check=False)
def write_pair(at: cython.pointer[SockaddrBt], pair: tuple, proto: cython.int, caller: str) -> cython.int:
    put_bdaddr(pair[0], at.bt_bdaddr, caller)
    if proto == L2CAP:
        at.bt_psm = as_field(pair[1], 16, "psm", caller)
    else:
        at.bt_channel = as_field(pair[1], 8, "channel", caller)
    return 0


CODEC = BluetoothNetBSD()
