"""Byte order and the text forms of IP addresses: byteorder(3), inet(3), inet_pton(3)."""

from operator import index

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley._arguments import as_int
from cython.cimports.berkeley._errors import raise_errno
from cython.cimports.berkeley.libc import inet as libc
from cython.cimports.berkeley.libc.socket import AF_INET, AF_INET6
from cython.cimports.libc import errno as c

TEXT_SIZE = cython.declare(cython.int, 64)  # room for any text inet_ntop makes, INET6_ADDRSTRLEN is 46

_SIZES = {AF_INET: 4, AF_INET6: 16}


@cython.cfunc
@cython.exceptval(-1, check=False)
def _unsigned(value, bits: cython.int, function: str) -> cython.longlong:
    if not isinstance(value, int):
        raise TypeError(f"expected int, {type(value).__name__} found")
    if value < 0:
        raise OverflowError(f"{function}: can't convert negative Python int to C {bits}-bit unsigned integer")
    if value >> bits:
        raise OverflowError(f"{function}: Python int too large to convert to C {bits}-bit unsigned integer")
    return value


@cython.cfunc
@cython.exceptval(-1, check=False)
def _sixteen(value, function: str) -> cython.longlong:
    return _unsigned(index(value), 16, function)


@cython.cfunc
def _packed_bytes(value) -> bytes:
    return value if type(value) is bytes else bytes(memoryview(value))


def htons(x, /):
    """htons(integer) -> integer: a 16-bit unsigned integer from host to network byte order.

    Raises OverflowError for values outside 0 to 65535. See byteorder(3).
    """
    return libc.htons(_sixteen(x, "htons"))


def ntohs(x, /):
    """ntohs(integer) -> integer: a 16-bit unsigned integer from network to host byte order.

    Raises OverflowError for values outside 0 to 65535. See byteorder(3).
    """
    return libc.htons(_sixteen(x, "ntohs"))


def htonl(x, /):
    """htonl(integer) -> integer: a 32-bit unsigned integer from host to network byte order.

    Raises OverflowError for values outside 0 to 2**32 - 1. See byteorder(3).
    """
    return libc.htonl(_unsigned(x, 32, "htonl"))


def ntohl(x, /):
    """ntohl(integer) -> integer: a 32-bit unsigned integer from network to host byte order.

    Raises OverflowError for values outside 0 to 2**32 - 1. See byteorder(3).
    """
    return libc.htonl(_unsigned(x, 32, "ntohl"))


@cython.cfunc
def _ascii(value, function: str, position: cython.int) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"{function}() argument {position} must be str, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError("embedded null character")
    return value.encode("utf-8")


def inet_aton(ip_string, /):
    """inet_aton(string) -> bytes: the 4 bytes, in network order, of an IPv4 address text.

    All forms of inet_aton(3) are taken: fewer than three dots, octal and hexadecimal parts.
    Raises OSError for anything else.
    """
    text: bytes = _ascii(ip_string, "inet_aton", 1)
    address: libc.in_addr
    if not text or libc.inet_aton(text, cython.address(address)) == 0:
        raise OSError("illegal IP address string passed to inet_aton")
    return cython.cast(cython.p_char, cython.address(address))[:4]


def inet_ntoa(packed_ip, /):
    """inet_ntoa(bytes) -> string: dotted decimal text of a bytes-like object of 4 bytes.

    Raises OSError for any other length. See inet(3).
    """
    address: bytes = _packed_bytes(packed_ip)
    if len(address) != 4:
        raise OSError("packed IP wrong length for inet_ntoa")
    return text(AF_INET, address)


def inet_pton(address_family, ip_string, /):
    """inet_pton(family, string) -> bytes: an AF_INET (4 bytes) or AF_INET6 (16 bytes) address text, packed.

    Raises OSError for a text that is not valid, EAFNOSUPPORT for another family. See inet_pton(3).
    """
    family: cython.int = as_int(address_family)
    given: bytes = _ascii(ip_string, "inet_pton", 2)
    if family not in _SIZES:
        raise_errno(c.EAFNOSUPPORT, None)
    address = packed(family, given)
    if address is None:
        raise OSError("illegal IP address string passed to inet_pton")
    return address


def inet_ntop(address_family, packed_ip, /):
    """inet_ntop(family, bytes) -> string: the text of a packed AF_INET (4 bytes) or AF_INET6 (16 bytes) address.

    Raises ValueError for a wrong length or another family. See inet_ntop(3).
    """
    family: cython.int = as_int(address_family)
    address: bytes = _packed_bytes(packed_ip)
    size = _SIZES.get(family)
    if size is None:
        raise ValueError(f"unknown address family {family}")
    if len(address) != size:
        raise ValueError("invalid length of packed IP address string")
    return text(family, address)


def packed(family, text):
    # None where the text is no numeric address.
    buffer: cython.char[16]
    if libc.inet_pton(family, text, cython.address(buffer)) != 1:
        return None
    return cython.cast(cython.p_char, buffer)[: 4 if family == AF_INET else 16]


def text(family, packed):
    buffer: cython.char[64]
    if libc.inet_ntop(family, cython.cast(cython.p_char, packed), buffer, TEXT_SIZE) == cython.NULL:
        raise_errno(c.errno, None)
    return cython.cast(cython.p_char, buffer).decode("ascii")
