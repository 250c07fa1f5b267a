"""What the Bluetooth addresses of all systems share: device addresses as text, integers, and the form of L2CAP."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._hex import digit, upper
from cython.cimports.berkeley.sockaddr._layout import as_unsigned, room, whole
from cython.cimports.libc.stdint import uint8_t, uint16_t

OCTETS = cython.declare(cython.int, 6)
TEXT_SIZE = cython.declare(cython.Py_ssize_t, 17)

# struct sockaddr_l2 (bluetooth/l2cap.h of BlueZ) and sockaddr_l2cap (ng_btsocket.h of FreeBSD) agree after the header.
# The two bytes of psm and cid stand with the low one first, as in the protocol itself.
SockaddrL2 = cython.struct(
    l2_family=uint16_t,
    l2_psm=uint8_t[2],
    l2_bdaddr=uint8_t[6],
    l2_cid=uint8_t[2],
    l2_bdaddr_type=uint8_t,
    padding=uint8_t,
)
BDADDR_BREDR = cython.declare(cython.int, 0)


def wrong_format(caller):
    # CPython has an OSError where other families have a TypeError.
    return OSError(f"{caller}(): wrong format")


def unknown_protocol(caller):
    return OSError(f"{caller}(): unknown Bluetooth protocol")


def as_items(address, least, most, caller):
    # The items of a tuple that has a permitted number of them.
    items: tuple = (address if type(address) is tuple else tuple(address)) if isinstance(address, tuple) else ()
    if not least <= len(items) <= most:
        raise wrong_format(caller)
    return items


def as_field(value, bits, what, caller):
    # An unsigned integer of at most 16 bits.
    if type(value) is not int and not hasattr(type(value), "__index__"):
        raise wrong_format(caller)
    return as_unsigned(value, bits, what, caller)


def put_bdaddr(text, at, caller):
    # The octets of a device address stand in reverse order.
    left: cython.int = OCTETS - 1
    digits: cython.int = 0
    octet: cython.int = 0
    if not isinstance(text, str):
        raise wrong_format(caller)
    for letter in cython.cast(str, text):
        if letter == ":":
            if digits == 0 or left == 0:
                raise OSError("bad bluetooth address")
            at[left] = octet
            left -= 1
            digits = octet = 0
        else:
            octet = octet << 4 | digit(ord(letter))
            digits += 1
            if not 0 <= octet <= 0xFF:
                raise OSError("bad bluetooth address")
    if digits == 0 or left != 0:
        raise OSError("bad bluetooth address")
    at[0] = octet
    return 0


def put_bare_bdaddr(value, at, caller):
    # Where the device address is the whole address, it may be given as text or as bytes.
    return put_bdaddr(value.decode("latin-1") if isinstance(value, bytes) else value, at, caller)


def put_le16(number, at):
    at[0] = number & 0xFF
    at[1] = number >> 8
    return 0


def get_le16(at):
    return at[1] << 8 | at[0]


def bdaddr_text(at):
    text: cython.char[18]
    position: cython.int = 0
    for octet in range(OCTETS - 1, -1, -1):
        text[position] = upper(at[octet] >> 4)
        text[position + 1] = upper(at[octet] & 0xF)
        text[position + 2] = 58  # the colon
        position += 3
    return text[:TEXT_SIZE].decode("ascii")


def write_l2cap(address, place, caller):
    items: tuple = as_items(address, 2, 4, caller)
    count: cython.Py_ssize_t = len(items)
    at = cython.cast(cython.pointer[SockaddrL2], room(place, cython.sizeof(SockaddrL2)))
    put_bdaddr(items[0], at.l2_bdaddr, caller)
    put_le16(as_field(items[1], 16, "psm", caller), at.l2_psm)
    if count > 2:
        put_le16(as_field(items[2], 16, "cid", caller), at.l2_cid)
    if count > 3:
        at.l2_bdaddr_type = as_field(items[3], 8, "bdaddr_type", caller)
    return 0


def read_l2cap(place):
    # As short as it can be without losing anything, which is what CPython 3.14 returns.
    at = cython.cast(cython.pointer[SockaddrL2], whole(place, cython.sizeof(SockaddrL2), "AF_BLUETOOTH"))
    text = bdaddr_text(at.l2_bdaddr)
    psm: cython.int = get_le16(at.l2_psm)
    cid: cython.int = get_le16(at.l2_cid)
    if at.l2_bdaddr_type != BDADDR_BREDR:
        return text, psm, cid, at.l2_bdaddr_type
    return (text, psm, cid) if cid else (text, psm)
