"""Control messages (ancillary data): their sizes, the walk over received ones, the making of sent ones: cmsg(3)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley._arguments import as_int, as_size, as_tuple
from cython.cimports.berkeley.libc import socket as libc
from cython.cimports.libc.limits import INT_MAX
from cython.cimports.libc.string import memcpy, memset

# What fits socklen_t together with the header, and with the header and the padding after the data.
LEN_MAX = cython.declare(cython.Py_ssize_t, INT_MAX - libc.CMSG_LEN(0))
SPACE_MAX = cython.declare(cython.Py_ssize_t, INT_MAX - libc.CMSG_SPACE(1))


def CMSG_LEN(length):
    """CMSG_LEN(length) -> size of a control message with `length` bytes of data, without the padding after it.

    Raises OverflowError for a length out of range. See cmsg(3).
    """
    return libc.CMSG_LEN(_length(length, LEN_MAX, "CMSG_LEN"))


def CMSG_SPACE(length, /):
    """CMSG_SPACE(length) -> room that a control message with `length` bytes of data takes, padding included.

    Raises OverflowError for a length out of range. See cmsg(3).
    """
    return libc.CMSG_SPACE(_length(length, SPACE_MAX, "CMSG_SPACE"))


@cython.cfunc
@cython.exceptval(-1, check=False)
def _length(value, limit: cython.Py_ssize_t, function: str) -> cython.Py_ssize_t:
    size: cython.Py_ssize_t
    try:
        size = as_size(value)
    except OverflowError:
        size = -1
    if not 0 <= size <= limit:
        raise OverflowError(f"{function}() argument out of range")
    return size


def parse(control: bytes):
    """Take received control data apart: (items, malformed); for tests and tools, recvmsg() does it by itself."""
    return parsed(control, len(control))


@cython.cfunc
@cython.exceptval(check=False)
def next_item(
    control: cython.p_const_char,
    length: cython.size_t,
    offset: cython.size_t,
    header: cython.pointer[libc.cmsghdr],
    size: cython.pointer[cython.size_t],
) -> cython.int:
    """Read the header at offset and how much data lies inside: 1, 0 at the end, -1 if cut, -2 if nonsense."""
    start: cython.size_t = libc.CMSG_LEN(0)
    if length < start or offset > length - start:
        return 0
    memcpy(header, control + offset, cython.sizeof(libc.cmsghdr))
    size[0] = 0
    if header.cmsg_len < start:
        return -2
    size[0] = header.cmsg_len - start
    if size[0] <= length - offset - start:
        return 1
    size[0] = length - offset - start
    return -1


def parsed(control, length):
    # The lengths in the headers are not trusted: an item that runs over the end is cut there and ends the walk.
    header: libc.cmsghdr
    size: cython.size_t
    offset: cython.size_t = 0
    items = []
    while True:
        state: cython.int = next_item(control, length, offset, cython.address(header), cython.address(size))
        if state == 1 or state == -1:
            data: bytes = control[offset + libc.CMSG_LEN(0) : offset + libc.CMSG_LEN(0) + size]
            items.append((header.cmsg_level, header.cmsg_type, data))
        if state != 1:
            return items, state < 0
        offset += libc.CMSG_SPACE(size)


def close_rights(control, length):
    # Allocates nothing: it runs when memory has just failed.
    header: libc.cmsghdr
    size: cython.size_t
    offset: cython.size_t = 0
    while True:
        state: cython.int = next_item(control, length, offset, cython.address(header), cython.address(size))
        if (state == 1 or state == -1) and header.cmsg_level == libc.SOL_SOCKET and header.cmsg_type == libc.SCM_RIGHTS:
            close_all(control + offset + libc.CMSG_LEN(0), size // cython.sizeof(cython.int))
        if state != 1:
            return 0
        offset += libc.CMSG_SPACE(size)


@cython.cfunc
@cython.exceptval(check=False)
def close_all(data: cython.p_const_char, count: cython.size_t) -> cython.void:
    fd: cython.int
    i: cython.size_t
    for i in range(count):
        memcpy(cython.address(fd), data + i * cython.sizeof(cython.int), cython.sizeof(cython.int))
        libc.close(fd)


def build(items, several=True):
    """The control data that sendmsg() sends for (level, type, data) items.

    Without CMSG_SPACE it is not known where a second item would have to start: several is False there.
    """
    if items == ():
        return b""
    # Every item is converted before any byte is written: converting one may run code that changes another.
    converted = [_item(item) for item in as_tuple(items, "sendmsg() argument 2 must be an iterable")]
    if len(converted) > 1 and not several:
        raise OSError("sending multiple control messages is not supported on this system")
    return b"".join([_packed(level, kind, data) for level, kind, data in converted])


@cython.cfunc
def _item(item) -> tuple:
    try:
        level, kind, data = item
    except TypeError:
        raise TypeError("[sendmsg() ancillary data items] must be a (level, type, data) sequence") from None
    except ValueError:
        raise TypeError("[sendmsg() ancillary data items] must hold three values") from None
    return as_int(level), as_int(kind), bytes(memoryview(data))


@cython.cfunc
def _packed(level: cython.int, kind: cython.int, data: bytes) -> bytes:
    size: cython.size_t = len(data)
    if size > cython.cast(cython.size_t, SPACE_MAX):
        raise OSError("ancillary data item too large")
    header: libc.cmsghdr
    item: bytearray = bytearray(libc.CMSG_SPACE(size))
    start: cython.p_char = item
    memset(cython.address(header), 0, cython.sizeof(libc.cmsghdr))  # musl's has a gap that the kernel reads
    header.cmsg_len = libc.CMSG_LEN(size)
    header.cmsg_level = level
    header.cmsg_type = kind
    memcpy(start, cython.address(header), cython.sizeof(libc.cmsghdr))
    memcpy(start + libc.CMSG_LEN(0), cython.cast(cython.p_char, data), size)
    return bytes(item)
