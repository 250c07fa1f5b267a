"""AF_HYPERV addresses: (vm_id, service_id), two GUIDs, as the 36 bytes of SOCKADDR_HV (hvsocket.h)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._hex import digit, lower
from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, as_tuple, room, whole
from cython.cimports.libc.stdint import uint8_t, uint16_t

SockaddrHv = cython.struct(Family=uint16_t, Reserved=uint16_t, VmId=uint8_t[16], ServiceId=uint8_t[16])

HV_PROTOCOL_RAW = cython.declare(cython.int, 1)
GUID_SIZE = cython.declare(cython.int, 16)
GUID_TEXT_SIZE = cython.declare(cython.int, 36)
GUID_DASHES = cython.declare(cython.ulonglong, 1 << 8 | 1 << 13 | 1 << 18 | 1 << 23)


@cython.cclass
class HyperV(Codec):
    """(vm_id, service_id): two texts such as "90db8b89-0d35-4f79-8ce9-49ea0ac8b7cd" in either case, in results lower.

    The HV_GUID_* constants are values of vm_id.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        if place.proto != HV_PROTOCOL_RAW:
            raise OSError(f"{caller}(): unsupported AF_HYPERV protocol: {place.proto}")
        pair: tuple = as_tuple(address, "AF_HYPERV", caller)
        if len(pair) != 2 or not isinstance(pair[0], str) or not isinstance(pair[1], str):
            raise TypeError("AF_HYPERV address must be a str tuple (vm_id, service_id)")
        at = cython.cast(cython.pointer[SockaddrHv], room(place, cython.sizeof(SockaddrHv)))
        if not put_guid(str(pair[0]), at.VmId):
            raise ValueError(f"{caller}(): AF_HYPERV address vm_id is not a valid UUID string")
        if not put_guid(str(pair[1]), at.ServiceId):
            raise ValueError(f"{caller}(): AF_HYPERV address service_id is not a valid UUID string")
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrHv], whole(place, cython.sizeof(SockaddrHv), "AF_HYPERV"))
        return guid_text(at.VmId), guid_text(at.ServiceId)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def byte_of(number: cython.int) -> cython.int:
    """Where a byte of the text stands: the first three fields of a GUID are little-endian integers."""
    if number < 4:
        return 3 - number
    if number < 6:
        return 9 - number
    return 13 - number if number < 8 else number


@cython.cfunc
@cython.exceptval(check=False)
def is_dash(position: cython.Py_ssize_t) -> cython.bint:
    return GUID_DASHES >> position & 1


@cython.cfunc
@cython.exceptval(-1, check=False)
def put_guid(text: str, at: cython.pointer[uint8_t]) -> cython.bint:
    """The bytes of a GUID; whether the text is one."""
    position: cython.Py_ssize_t
    digits: cython.int = 0
    if len(text) != GUID_TEXT_SIZE:
        return False
    for position, letter in enumerate(text):
        if is_dash(position):
            if letter != "-":
                return False
        else:
            value: cython.int = digit(ord(letter))
            if value < 0:
                return False
            where: cython.int = byte_of(digits >> 1)
            at[where] = at[where] << 4 | value
            digits += 1
    return True


@cython.cfunc
def guid_text(at: cython.pointer[uint8_t]) -> str:
    """The text of a GUID."""
    text: cython.char[36]
    position: cython.int = 0
    for number in range(GUID_SIZE):
        if is_dash(position):
            text[position] = 45  # the dash
            position += 1
        byte: cython.int = at[byte_of(number)]
        text[position] = lower(byte >> 4)
        text[position + 1] = lower(byte & 0xF)
        position += 2
    return text[:GUID_TEXT_SIZE].decode("ascii")


CODEC = HyperV()
