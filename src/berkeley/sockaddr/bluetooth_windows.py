"""AF_BLUETOOTH addresses of Windows: (bdaddr, channel), as the 30 packed bytes of SOCKADDR_BTH (ws2bth.h)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._bdaddr import as_items, bdaddr_text, put_bdaddr, unknown_protocol, wrong_format
from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, as_uint32_or_all, room, whole
from cython.cimports.libc.stdint import uint8_t, uint16_t, uint32_t
from cython.cimports.libc.string import memcpy

RFCOMM = cython.declare(cython.int, 3)
L2CAP = cython.declare(cython.int, 0x100)

# The integers stand unaligned: btAddr is a number of 64 bits, port one of 32 bits, both little-endian.
SockaddrBth = cython.struct(addressFamily=uint16_t, btAddr=uint8_t[8], serviceClassId=uint8_t[16], port=uint8_t[4])


@cython.cclass
class BluetoothWindows(Codec):
    """(bdaddr, channel) for RFCOMM, (bdaddr, psm) for L2CAP, 32 bits; -1 stands for BT_PORT_ANY.

    bdaddr is six hexadecimal octets with colons, in results upper case. The service class is zeros.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        if place.proto != RFCOMM and place.proto != L2CAP:
            raise unknown_protocol(caller)
        pair: tuple = as_items(address, 2, 2, caller)
        at = cython.cast(cython.pointer[SockaddrBth], room(place, cython.sizeof(SockaddrBth)))
        put_bdaddr(pair[0], at.btAddr, caller)
        port: uint32_t = as_port_number(pair[1], caller)
        memcpy(at.port, cython.address(port), cython.sizeof(port))
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        port: uint32_t = 0
        if place.proto != RFCOMM and place.proto != L2CAP:
            raise ValueError("Unknown Bluetooth protocol")
        at = cython.cast(cython.pointer[SockaddrBth], whole(place, cython.sizeof(SockaddrBth), "AF_BLUETOOTH"))
        memcpy(cython.address(port), at.port, cython.sizeof(port))
        return bdaddr_text(at.btAddr), port


@cython.cfunc
@cython.exceptval(0xDEAD, check=True)
def as_port_number(value, caller: str) -> uint32_t:
    """A channel of RFCOMM or a PSM of L2CAP."""
    if not isinstance(value, int) and not hasattr(type(value), "__index__"):
        raise wrong_format(caller)
    return as_uint32_or_all(value, "channel", caller)


CODEC = BluetoothWindows()
