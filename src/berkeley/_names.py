"""The names that address tuples may hold, looked up for real: hosts by the resolver, interfaces by the kernel."""

import sys

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley import _inet
from cython.cimports.berkeley._errors import raise_errno
from cython.cimports.berkeley._hostname import host_bytes
from cython.cimports.berkeley._resolve import resolve_first
from cython.cimports.berkeley.libc import inet as libc
from cython.cimports.berkeley.libc.python import PyUnicode_DecodeFSDefault
from cython.cimports.berkeley.libc.socket import AF_INET, AF_INET6, ioctl
from cython.cimports.berkeley.sockaddr._layout import Names, as_name
from cython.cimports.cpython.bytes import PyBytes_AS_STRING
from cython.cimports.libc import errno as c
from cython.cimports.libc.stdint import uint32_t
from cython.cimports.libc.string import memcpy, memset

# netdevice(7): struct ifreq, and the requests of Linux, which have one number on every CPU.
Ifreq = cython.struct(name=cython.char[16], number=cython.int, rest=cython.char[20])
SIOCGIFNAME = cython.declare(cython.ulong, 0x8910)
SIOCGIFINDEX = cython.declare(cython.ulong, 0x8933)
SOCKET_KNOWS = cython.declare(cython.bint, sys.platform in ("linux", "android"))

# sys/kern_control.h of macOS: struct ctl_info and CTLIOCGINFO, with the NUL at the end of a name.
CtlInfo = cython.struct(ctl_id=uint32_t, ctl_name=cython.char[96])
CTLIOCGINFO = cython.declare(cython.ulong, 0xC0644E03)
MAX_KCTL_NAME = cython.declare(cython.Py_ssize_t, 96)
HAS_CONTROLS = cython.declare(cython.bint, sys.platform in ("darwin", "ios"))

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
class _LiveNames(Names):
    """The surroundings that the codecs ask when a socket is real."""

    @cython.cfunc
    def host(self, host, family: cython.int) -> bytes:
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

    @cython.cfunc
    def text(self, packed: bytes, family: cython.int):
        """Numeric text of a packed address."""
        known = TEXTS.get(packed)
        return remembered(TEXTS, packed, _inet.text(family, packed)) if known is None else known

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def ifindex(self, name: bytes, fd: cython.int) -> cython.int:
        """Index of an interface; OSError ENODEV where there is none."""
        size: cython.Py_ssize_t = len(name)
        index: cython.int = 0
        if 0 < size < libc.IF_NAMESIZE:
            asked: cython.bint = fd >= 0 and SOCKET_KNOWS
            index = socket_ifindex(fd, name, size) if asked else libc.if_nametoindex(name)
        if index <= 0:
            raise_errno(c.EBADF if c.errno == c.EBADF else c.ENODEV, decoded(name))
        return index

    @cython.cfunc
    def ifname(self, index: cython.int, fd: cython.int):
        """Name of an interface, "" where it has gone (the kernel then reports the index -1)."""
        name: cython.char[64]
        request: Ifreq
        if fd >= 0 and SOCKET_KNOWS:
            memset(cython.address(request), 0, cython.sizeof(Ifreq))
            request.number = index
            if ioctl(fd, SIOCGIFNAME, cython.address(request)) < 0:
                return ""
            return decoded(request.name)
        return "" if libc.if_indextoname(index, name) == cython.NULL else decoded(name)

    @cython.cfunc
    @cython.exceptval(0xFFFFFFFF, check=True)
    def control(self, name: str, fd: cython.int) -> cython.uint:
        """Number of a kernel control, which only macOS has; OSError where there is none of that name."""
        info: CtlInfo
        text: bytes = as_name(name, "character")
        if len(text) >= MAX_KCTL_NAME:
            raise ValueError("provided string is too long")
        memset(cython.address(info), 0, cython.sizeof(CtlInfo))
        memcpy(info.ctl_name, PyBytes_AS_STRING(text), len(text))
        if not HAS_CONTROLS:
            raise_errno(c.EOPNOTSUPP, name)
        if ioctl(fd, CTLIOCGINFO, cython.address(info)) < 0:
            raise_errno(c.errno, name)
        return info.ctl_id


@cython.cfunc
@cython.exceptval(check=False)
def socket_ifindex(fd: cython.int, name: cython.p_char, size: cython.size_t) -> cython.int:
    """What the socket's own network namespace knows, in one system call where if_nametoindex(3) makes three."""
    request: Ifreq
    memset(cython.address(request), 0, cython.sizeof(Ifreq))
    memcpy(request.name, name, size)
    return -1 if ioctl(fd, SIOCGIFINDEX, cython.address(request)) < 0 else request.number


@cython.cfunc
def decoded(name: cython.p_char) -> str:
    return PyUnicode_DecodeFSDefault(name)


@cython.cfunc
def _broadcast(family: cython.int) -> bytes:
    if family != AF_INET:
        raise OSError("address family mismatched")
    return _BROADCAST


NAMES = _LiveNames()
