"""Descriptors sent from process to process over AF_UNIX sockets: send_fds() and recv_fds()."""

from array import array

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from berkeley._cmsg import CMSG_LEN
from cython.cimports.berkeley import _cmsg
from cython.cimports.berkeley._arguments import as_int
from cython.cimports.berkeley.libc import socket as libc


def send_fds(sock, buffers, fds, flags=0, address=None):
    """send_fds(sock, buffers, fds[, flags[, address]]) -> count of data bytes sent along with the descriptors.

    See unix(7), SCM_RIGHTS. Raises OSError.
    """
    rights = (libc.SOL_SOCKET, libc.SCM_RIGHTS, array("i", fds))
    return sock.sendmsg(buffers, [rights], flags, address)


def recv_fds(sock, bufsize, maxfds, flags=0, *, inheritable=False):
    """recv_fds(sock, bufsize, maxfds[, flags]) -> (data, list of descriptors, msg_flags, address).

    At most maxfds descriptors come, not inheritable unless asked for. If there were more (MSG_CTRUNC in msg_flags),
    the list is empty and those that came are closed: which ones are missing could not be told.
    """
    wanted: cython.int = as_int(flags)
    if not inheritable:
        wanted |= libc.MSG_CMSG_CLOEXEC
    room = CMSG_LEN(maxfds * cython.sizeof(cython.int))
    data, ancdata, msg_flags, address = sock.recvmsg(bufsize, room, wanted)
    told: cython.int = msg_flags
    try:
        found = [] if told & libc.MSG_CTRUNC else _descriptors(ancdata)
        result = (data, found, told & ~libc.MSG_CMSG_CLOEXEC, address)
    except BaseException:
        _close_rights(ancdata)
        raise
    if told & libc.MSG_CTRUNC:
        _close_rights(ancdata)
    return result


@cython.cfunc
def _descriptors(ancdata) -> list:
    """The numbers in the SCM_RIGHTS items; bytes of an incomplete one at the end are dropped."""
    found = []
    for level, kind, data in ancdata:
        if level == libc.SOL_SOCKET and kind == libc.SCM_RIGHTS:
            whole: cython.Py_ssize_t = len(data) // cython.sizeof(cython.int) * cython.sizeof(cython.int)
            found.extend(memoryview(data)[:whole].cast("i"))
    return found


@cython.cfunc
def _close_rights(ancdata):
    for level, kind, data in ancdata:
        if level == libc.SOL_SOCKET and kind == libc.SCM_RIGHTS and isinstance(data, bytes):
            place: bytes = data
            _cmsg.close_all(place, len(place) // cython.sizeof(cython.int))
