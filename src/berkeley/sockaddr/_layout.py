"""What the codecs share: the header of a sockaddr, fields of fixed width, shapes of tuples, names from outside."""

import sys
from operator import index

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.libc import python
from cython.cimports.berkeley.libc.socket import AF_INET, sockaddr_storage
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cython.cimports.cpython.long import PyLong_AsLongLongAndOverflow, PyLong_AsUnsignedLongLong
from cython.cimports.libc.stdint import uint8_t, uint16_t, uint32_t
from cython.cimports.libc.string import memchr, memset

from berkeley.sockaddr._systems import has_length

# sa_family is a number of 16 bits; the systems that descend from 4.4BSD have a byte for the length before one for it.
HAS_LENGTH = cython.declare(cython.bint, has_length(sys.platform))

HEADER_SIZE = cython.declare(cython.Py_ssize_t, 2)
IN_ADDR_SIZE = cython.declare(cython.Py_ssize_t, 4)
IN6_ADDR_SIZE = cython.declare(cython.Py_ssize_t, 16)
ALL_ONES = cython.declare(uint32_t, 0xFFFFFFFF)


class Names:
    """What a codec asks of its surroundings to turn names into numbers: it does no lookup of its own.

    `fd` is the socket that the address is for, or -1. These surroundings know nothing; the methods are C methods, which
    are overridden where sockets are live.
    """

    def host(self, host, family):
        # Packed address of a host text, resolved if it is a name.
        raise OSError(f"host {host!r} is not known here")

    def text(self, packed, family):
        # Numeric text of a packed address.
        return packed.hex(":")

    def ifindex(self, name, fd):
        # Index of a network interface, whose name has the bytes that the kernel knows.
        raise OSError(f"interface {name!r} is not known here")

    def ifname(self, index, fd):
        # Name of a network interface, "" if it has none.
        return ""

    def control(self, name, fd):
        # Number of a kernel control of macOS.
        raise OSError(f"kernel control {name!r} is not known here")


class Asked(Names):
    """Surroundings in plain Python, as tests have them: any object with the same methods."""

    def __init__(self, answering):
        self.answering = answering

    def host(self, host, family):
        packed: bytes = self.answering.host(host, family)
        if len(packed) != (IN_ADDR_SIZE if family == AF_INET else IN6_ADDR_SIZE):
            raise ValueError(f"a packed address of family {family} cannot have {len(packed)} bytes")
        return packed

    def text(self, packed, family):
        return self.answering.text(packed, family)

    def ifindex(self, name, fd):
        return self.answering.ifindex(name, fd)

    def ifname(self, index, fd):
        return self.answering.ifname(index, fd)

    def control(self, name, fd):
        return self.answering.control(name, fd)


@cython.cfunc
def surroundings(names) -> Names:
    if isinstance(names, Names):
        return names
    return Names() if names is None else Asked(names)


class Codec:
    """The address format of one family: `write` and `read` are the two directions, which each family defines."""

    def serve(self, family):
        """Take the number that the family has on this system."""
        self.family = family
        return self

    def write(self, address, place, names, caller):
        # Everything but the header, from a Python value that has been given to `caller`.
        raise NotImplementedError

    def read(self, place, names):
        # The Python value; the bytes may be fewer than the format has.
        raise NotImplementedError

    def fill(self, address, place, names, caller):
        self.write(address, place, names, caller)
        stamp(place)
        return 0

    def encode(self, address, names=None, caller="bind", proto=0, family=-1):
        """The bytes of the sockaddr for an address."""
        place: Sockaddr
        storage: sockaddr_storage
        place.raw = cython.cast(cython.p_char, cython.address(storage))
        place.family = self.family if family < 0 else family
        place.proto = proto
        place.fd = -1
        self.fill(address, cython.address(place), surroundings(names), caller)
        return PyBytes_FromStringAndSize(place.raw, place.length)

    def decode(self, raw: bytes, names=None, proto=0):
        """The address in the bytes of a sockaddr."""
        place: Sockaddr
        if len(raw) < HEADER_SIZE:
            raise ValueError(f"a sockaddr has at least {HEADER_SIZE} bytes, not {len(raw)}")
        place.raw = PyBytes_AS_STRING(raw)
        place.length = len(raw)
        place.family = family_of(place.raw)
        place.proto = proto
        place.fd = -1
        return self.read(cython.address(place), surroundings(names))


@cython.cfunc
@cython.exceptval(check=False)
def stamp(place: cython.pointer[Sockaddr]) -> cython.void:
    """Write the header of a sockaddr, whose length is known by now."""
    if HAS_LENGTH:
        cython.cast(cython.pointer[uint8_t], place.raw)[0] = place.length
        cython.cast(cython.pointer[uint8_t], place.raw)[1] = place.family
    else:
        cython.cast(cython.pointer[uint16_t], place.raw)[0] = place.family


def family_of(raw):
    if HAS_LENGTH:
        return cython.cast(cython.pointer[uint8_t], raw)[1]
    return cython.cast(cython.pointer[uint16_t], raw)[0]


def room(place, size):
    # The place of a sockaddr of that size, all zeros.
    memset(place.raw, 0, size)
    place.length = size
    return place.raw


def whole(place, size, family):
    # The bytes of a sockaddr, of which so many have to be there.
    if place.length < size:
        raise ValueError(f"an {family} address has {size} bytes, not {place.length}")
    return place.raw


def as_tuple(address, family, caller):
    if type(address) is tuple:
        return address
    if not isinstance(address, tuple):
        kind = type(address).__name__
        raise TypeError(f"{caller}(): {family} address must be tuple, not {kind}")
    return tuple(address)


def as_port(value, caller):
    overflow: cython.int
    number = value if type(value) is int else index(value)
    port: cython.longlong = PyLong_AsLongLongAndOverflow(number, cython.address(overflow))
    if overflow or not 0 <= port <= 0xFFFF:
        raise OverflowError(f"{caller}(): port must be 0-65535.")
    return port


def as_unsigned(value, bits, what, caller):
    # An unsigned integer of so many bits; nothing is ever cut.
    overflow: cython.int
    number = value if type(value) is int else index(value)
    small: cython.longlong = PyLong_AsLongLongAndOverflow(number, cython.address(overflow))
    if overflow > 0 and bits == 64 and number <= 0xFFFFFFFFFFFFFFFF:
        return PyLong_AsUnsignedLongLong(number)
    if overflow or small < 0 or (bits < 63 and small >> bits):
        raise OverflowError(f"{caller}(): {what} must be 0-{2 ** cython.cast(object, bits) - 1}.")
    return small


def as_uint32(value, what, caller):
    overflow: cython.int
    number = value if type(value) is int else index(value)
    small: cython.longlong = PyLong_AsLongLongAndOverflow(number, cython.address(overflow))
    return small if 0 <= small <= ALL_ONES else as_unsigned(number, 32, what, caller)


def as_uint32_or_all(value, what, caller):
    # -1 stands for all bits set, which kernels use for "any".
    overflow: cython.int
    number = value if type(value) is int else index(value)
    small: cython.longlong = PyLong_AsLongLongAndOverflow(number, cython.address(overflow))
    if 0 <= small <= ALL_ONES:
        return small
    return ALL_ONES if small == -1 and not overflow else as_unsigned(number, 32, what, caller)


def as_name(value, unit):
    # The bytes of a name that the kernel takes as a C string; CPython speaks of null bytes or null characters.
    name: bytes = python.PyUnicode_EncodeFSDefault(value)
    if memchr(PyBytes_AS_STRING(name), 0, len(name)) != cython.NULL:
        raise ValueError(f"embedded null {unit}")
    return name


def as_bytes(value):
    return value if type(value) is bytes else bytes(memoryview(value))
