"""Whole messages with control data: the msghdr around recvmsg(2) and sendmsg(2), and what becomes of a failed one."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley import _addresses, _calls, _cmsg, _kept, _wait
from cython.cimports.berkeley._bytes import fresh, shortened
from cython.cimports.berkeley.libc import socket as libc
from cython.cimports.cpython.bytes import PyBytes_AS_STRING
from cython.cimports.cpython.exc import PyErr_WarnEx
from cython.cimports.libc.string import memset


def receive(endpoint, iov, count, ancbufsize, flags, data, rights):
    # All room is made before the call. (data, ancdata, msg_flags, address), or with nbytes first if data is None;
    # with rights, the descriptors stand in the place of ancdata.
    request: _calls.Request
    message: libc.msghdr
    storage: libc.sockaddr_storage
    control: bytes = fresh(ancbufsize)
    memset(cython.address(request), 0, cython.sizeof(_calls.Request))
    memset(cython.address(message), 0, cython.sizeof(libc.msghdr))
    memset(cython.address(storage), 0, cython.sizeof(libc.sockaddr_storage))
    message.msg_name = cython.address(storage)
    message.msg_namelen = cython.sizeof(libc.sockaddr_storage)
    message.msg_iov = iov
    message.msg_iovlen = count
    message.msg_control = PyBytes_AS_STRING(control) if ancbufsize > 0 else cython.NULL
    message.msg_controllen = ancbufsize
    request.message = cython.address(message)
    request.address = cython.address(storage)
    request.flags = flags
    received: cython.Py_ssize_t = _kept.receive(endpoint, _calls.recvmsg, cython.address(request))
    # Not trusted either: nothing beyond our own room is looked at.
    message.msg_controllen = min(message.msg_controllen, cython.cast(cython.size_t, ancbufsize))
    try:
        return handed_over(endpoint, cython.address(message), received, data, rights)
    except BaseException as problem:
        # The descriptors in it would be known to nobody: closed. What was received is kept if memory was short.
        _cmsg.close_rights(cython.cast(cython.p_char, message.msg_control), message.msg_controllen)
        if isinstance(problem, MemoryError) and not flags & libc.MSG_PEEK:
            _kept.keep(endpoint, cython.address(request), received)
        raise


@cython.cfunc
def handed_over(
    endpoint: cython.pointer[_wait.Endpoint],
    message: cython.pointer[libc.msghdr],
    received: cython.Py_ssize_t,
    data: bytes | None,
    rights: cython.bint,
) -> tuple:
    items, malformed = _cmsg.parsed(cython.cast(cython.p_char, message.msg_control), message.msg_controllen)
    if malformed:
        PyErr_WarnEx(RuntimeWarning, "received malformed or improperly-truncated ancillary data", 1)
    storage = cython.cast(cython.pointer[libc.sockaddr_storage], message.msg_name)
    address = _addresses.reported(endpoint, storage, message.msg_namelen)
    msg_flags: cython.int = message.msg_flags
    if rights:
        items = descriptors(items, message)
        msg_flags &= ~libc.MSG_CMSG_CLOEXEC  # Linux reports the flag it was called with
    result = received if data is None else shortened(data, min(received, len(data)))
    return result, items, msg_flags, address


@cython.cfunc
def descriptors(items: list, message: cython.pointer[libc.msghdr]) -> list:
    """The numbers in the SCM_RIGHTS items; bytes of an incomplete one at the end are dropped.

    All are closed instead where there were more of them than room: which ones are missing could not be told.
    """
    found = []
    if message.msg_flags & libc.MSG_CTRUNC:
        _cmsg.close_rights(cython.cast(cython.p_char, message.msg_control), message.msg_controllen)
        message.msg_controllen = 0
        return found
    for level, kind, data in items:
        if level == libc.SOL_SOCKET and kind == libc.SCM_RIGHTS:
            whole: cython.Py_ssize_t = len(data) // cython.sizeof(cython.int) * cython.sizeof(cython.int)
            found.extend(memoryview(data)[:whole].cast("i"))
    return found


def send(endpoint, buffers, control, flags, address, length, given):
    request: _calls.Request
    message: libc.msghdr
    memset(cython.address(request), 0, cython.sizeof(_calls.Request))
    memset(cython.address(message), 0, cython.sizeof(libc.msghdr))
    message.msg_iov = buffers.iov
    message.msg_iovlen = buffers.count
    message.msg_name = address if length > 0 else cython.NULL
    message.msg_namelen = length
    if control:
        message.msg_control = PyBytes_AS_STRING(control)
        message.msg_controllen = len(control)
    request.message = cython.address(message)
    request.flags = flags
    return _wait.perform(endpoint, _calls.sendmsg, cython.address(request), libc.POLLOUT, cython.NULL, given)
