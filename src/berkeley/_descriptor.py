"""The life of a descriptor: how a socket comes to own one, what is found out about it, how it is let go."""

import sys

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley import _kept, _options, _timeouts
from cython.cimports.berkeley._arguments import as_descriptor
from cython.cimports.berkeley._errors import raise_errno
from cython.cimports.berkeley.libc import socket as libc
from cython.cimports.berkeley.sockaddr import prepare
from cython.cimports.libc import errno as c
from cython.cimports.libc.string import memset

from berkeley.constants import load

AF_RDS = cython.declare(cython.int, load(sys.platform).get("AF_RDS", -1))


def create(endpoint, family, type, proto):
    fd: cython.int
    code: cython.int
    prepare(family)
    with cython.nogil:
        fd = libc.socket(family, type | libc.SOCK_CLOEXEC, proto)
        code = c.errno
    if fd < 0:
        raise_errno(code, None)
    return adopt(endpoint, fd, family, type, proto)


def adopt(endpoint, fd, family, type, proto):
    # The socket is the owner of the new descriptor from the first lines on, whatever fails afterwards; one that it
    # had before (__init__ was called again) is closed last.
    before: cython.int = endpoint.fd
    endpoint.fd = fd
    endpoint.has_owned = True
    endpoint.family = family
    endpoint.type = type & ~(libc.SOCK_NONBLOCK | libc.SOCK_CLOEXEC)
    endpoint.proto = proto
    endpoint.timeout = 0 if type & libc.SOCK_NONBLOCK else _timeouts.DEFAULT
    endpoint.polls_first = False
    endpoint.send_flags = signal_flags(family, endpoint.type)
    if _timeouts.DEFAULT >= 0 and not type & libc.SOCK_NONBLOCK:
        _options.set_blocking(fd, False)
    if before >= 0 and before != fd:
        close_descriptor(before)
    return 0


@cython.cfunc
@cython.exceptval(check=False)
def signal_flags(family: cython.int, type: cython.int) -> cython.int:
    """MSG_NOSIGNAL where there can be a SIGPIPE; AF_RDS and datagram families refuse flags that they do not know."""
    connected: cython.bint = type == libc.SOCK_STREAM or type == libc.SOCK_SEQPACKET
    return libc.MSG_NOSIGNAL if connected and family != AF_RDS else 0


def adopt_foreign(endpoint, fd, family, type, proto, duplicated):
    # Only the values given are known of this descriptor; -1 stands for not given.
    family = family_of(fd, family)
    type = option_or(fd, libc.SO_TYPE, type)
    proto = option_or(fd, libc.SO_PROTOCOL, proto) if libc.SO_PROTOCOL >= 0 else max(proto, 0)
    low_water: cython.int = 1
    size: libc.socklen_t = cython.sizeof(cython.int)
    libc.getsockopt(fd, libc.SOL_SOCKET, libc.SO_RCVLOWAT, cython.address(low_water), cython.address(size))
    prepare(family)  # while the descriptor is still the caller's: this may fail
    adopt(endpoint, duplicate(fd) if duplicated else fd, family, type, proto)
    endpoint.polls_first = low_water > 1
    return 0


@cython.cfunc
@cython.exceptval(-1, check=False)
def option_or(fd: cython.int, optname: cython.int, given: cython.int) -> cython.int:
    """The value given by the caller, or where it is -1 what the kernel says of the descriptor."""
    return _options.get_option(fd, libc.SOL_SOCKET, optname, 0, False) if given == -1 else given


@cython.cfunc
@cython.exceptval(-1, check=False)
def family_of(fd: cython.int, given: cython.int) -> cython.int:
    """Check that the descriptor is a socket, and tell its family where none was given.

    SO_DOMAIN knows better than getsockname(2), which some families lack (AF_KCM, AF_XDP), while the addresses of others
    are those of AF_INET (AF_SMC, AF_RDS).
    """
    if libc.SO_DOMAIN < 0:
        return named_family(fd, given)
    domain: cython.int = _options.get_option(fd, libc.SOL_SOCKET, libc.SO_DOMAIN, 0, False)
    return domain if given == -1 else given


@cython.cfunc
@cython.exceptval(-1, check=False)
def named_family(fd: cython.int, given: cython.int) -> cython.int:
    """The same where there is no SO_DOMAIN."""
    storage: libc.sockaddr_storage
    size: libc.socklen_t = cython.sizeof(libc.sockaddr_storage)
    memset(cython.address(storage), 0, cython.sizeof(libc.sockaddr_storage))
    place: cython.pointer[libc.sockaddr] = cython.cast(cython.pointer[libc.sockaddr], cython.address(storage))
    code: cython.int = 0 if libc.getsockname(fd, place, cython.address(size)) == 0 else c.errno
    if code != 0 and (given == -1 or code == c.EBADF or code == c.ENOTSOCK):
        return raise_errno(code, None)
    return storage.ss_family if given == -1 else given


def release(endpoint):
    # Forgotten before it is closed: right afterwards the number may belong to somebody else.
    fd: cython.int = endpoint.fd
    endpoint.fd = -1
    _kept.forget(endpoint)
    return close_descriptor(fd) if fd >= 0 else 0


def abandon(endpoint):
    # The object goes: nobody is left to whom an error could be told.
    fd: cython.int = endpoint.fd
    endpoint.fd = -1
    _kept.forget(endpoint)
    if fd >= 0:
        with cython.nogil:
            libc.close(fd)


@cython.cfunc
@cython.exceptval(-1, check=False)
def close_descriptor(fd: cython.int) -> cython.int:
    # Never retried: on Linux the descriptor is gone even after EINTR. ECONNRESET tells nothing the caller needs.
    outcome: cython.int
    code: cython.int
    with cython.nogil:
        outcome = libc.close(fd)
        code = c.errno
    if outcome < 0 and code != c.ECONNRESET:
        return raise_errno(code, None)
    return 0


def duplicate(fd):
    copy: cython.int = libc.fcntl(fd, libc.F_DUPFD_CLOEXEC, 0)
    return raise_errno(c.errno, None) if copy < 0 else copy


def close(fd, /):
    """close(fd): close a socket's descriptor, as os.close() does for files. Raises OSError. See close(2)."""
    close_descriptor(as_descriptor(fd))


def dup(fd, /):
    """dup(fd) -> a non-inheritable duplicate of a socket's descriptor. Raises OSError. See dup(2)."""
    return duplicate(as_descriptor(fd))
