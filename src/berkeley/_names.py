"""The names that address tuples may hold, looked up for real: hosts by the resolver, interfaces by the kernel."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley import _inet
from cython.cimports.berkeley._errors import raise_errno
from cython.cimports.berkeley._hostname import host_bytes
from cython.cimports.berkeley._resolve import resolve_first
from cython.cimports.berkeley.libc import inet as libc
from cython.cimports.berkeley.libc.socket import AF_INET, AF_INET6
from cython.cimports.libc import errno as c

_WILDCARDS = {AF_INET: bytes(4), AF_INET6: bytes(16)}
_SIZES = {AF_INET: 4, AF_INET6: 16}
_BROADCAST = b"\xff\xff\xff\xff"


# Numeric texts and packed addresses seen lately, each by the other: what they mean never changes, and a program
# that sends and receives datagrams asks for the same few again and again.
PACKED = cython.declare(dict, {})
TEXTS = cython.declare(dict, {})
ROOM_FOR_SEEN = cython.declare(cython.Py_ssize_t, 1024)


@cython.cfunc
def remembered(seen: dict, key, value):
    """The value, which is found by the key from now on; when there is no room all that was seen is forgotten."""
    if len(seen) >= ROOM_FOR_SEEN:
        seen.clear()
    seen[key] = value
    return value


@cython.cclass
class _LiveNames:
    """The surroundings that the codecs ask when a socket is real."""

    def host(self, host, family: cython.int, /):
        """Packed address of a host: numeric texts first, so that they never reach the resolver."""
        known = PACKED.get(host) if type(host) is str else None
        if known is not None and len(known) == _SIZES[family]:
            return known
        name: bytes = host_bytes(host)
        if not name:
            return _WILDCARDS[family]
        if name == b"<broadcast>":
            return _broadcast(family)
        numeric = _inet.packed(family, name)
        if numeric is None:
            return resolve_first(name, family, host)
        return remembered(PACKED, host, numeric) if type(host) is str else numeric

    def text(self, packed: bytes, family: cython.int, /):
        """Numeric text of a packed address."""
        known = TEXTS.get(packed)
        return remembered(TEXTS, packed, _inet.text(family, packed)) if known is None else known

    def ifindex(self, name, /):
        """Index of an interface; OSError ENODEV where there is none."""
        encoded: bytes = name.encode("utf-8", "surrogateescape")
        index: cython.uint = 0
        if encoded and len(encoded) < libc.IF_NAMESIZE:
            index = libc.if_nametoindex(encoded)
        if index == 0:
            raise_errno(c.ENODEV, name)
        return index

    def ifname(self, index: cython.int, /):
        """Name of an interface, "" where it has gone (the kernel then reports the index -1)."""
        buffer: cython.char[64]
        if libc.if_indextoname(index, buffer) == cython.NULL:
            return ""
        return cython.cast(cython.p_char, buffer).decode("utf-8", "surrogateescape")


@cython.cfunc
def _broadcast(family: cython.int) -> bytes:
    if family != AF_INET:
        raise OSError("address family mismatched")
    return _BROADCAST


NAMES = _LiveNames()
