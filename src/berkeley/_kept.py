"""A message that was received when memory ran out: kept with its address, and what the next receive gets."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley import _wait
from cython.cimports.berkeley.libc import socket as libc
from cython.cimports.libc.stdlib import calloc, free
from cython.cimports.libc.string import memcpy, memmove

Kept = cython.struct(
    size=cython.size_t,
    msg_flags=cython.int,
    address_length=libc.socklen_t,
    address=libc.sockaddr_storage,
)


def receive(endpoint, call, request):
    if endpoint.kept != cython.NULL:
        return replay(endpoint, request)
    # The error queue is announced by POLLERR, which poll(2) reports unasked, and not by POLLIN.
    events: cython.short = 0 if request.flags & libc.MSG_ERRQUEUE else libc.POLLIN
    return _wait.perform(endpoint, call, request, events, cython.NULL, None)


def keep(endpoint, request, received):
    # Called while a MemoryError is on its way: calloc() is asked directly, Python's allocators have just failed.
    size: cython.size_t = stored_size(request, received)
    kept: cython.pointer[Kept] = cython.cast(cython.pointer[Kept], calloc(1, cython.sizeof(Kept) + size))
    if kept == cython.NULL:
        return 0
    kept.size = size
    if request.address != cython.NULL:
        kept.address = request.address[0]
        kept.address_length = request.address_length
    if request.message != cython.NULL:
        kept.msg_flags = request.message.msg_flags
        if request.message.msg_controllen > 0:
            kept.msg_flags |= libc.MSG_CTRUNC  # descriptors and other control data are gone by then
        kept.address_length = request.message.msg_namelen
    copy_data(cython.cast(cython.p_char, kept) + cython.sizeof(Kept), request, size, False)
    endpoint.kept = kept
    return 0


def forget(endpoint):
    free(endpoint.kept)
    endpoint.kept = cython.NULL


@cython.cfunc
@cython.exceptval(check=False)
def room(request: cython.pointer[Request]) -> cython.size_t:
    """Bytes that the request's buffers hold."""
    if request.message == cython.NULL:
        return request.size
    total: cython.size_t = 0
    i: cython.size_t
    for i in range(request.message.msg_iovlen):
        total += request.message.msg_iov[i].iov_len
    return total


@cython.cfunc
@cython.exceptval(check=False)
def stored_size(request: cython.pointer[Request], received: cython.Py_ssize_t) -> cython.size_t:
    return min(cython.cast(cython.size_t, received), room(request))


@cython.cfunc
@cython.exceptval(check=False)
def copy_data(
    stored: cython.p_char, request: cython.pointer[Request], size: cython.size_t, into_request: cython.bint
) -> cython.void:
    """Copy between one flat block and the request's buffer or vector of buffers."""
    if request.message == cython.NULL:
        copy_part(stored, cython.cast(cython.p_char, request.data), size, into_request)
        return
    done: cython.size_t = 0
    i: cython.size_t = 0
    while done < size:
        part: cython.size_t = min(request.message.msg_iov[i].iov_len, size - done)
        copy_part(stored + done, cython.cast(cython.p_char, request.message.msg_iov[i].iov_base), part, into_request)
        done += part
        i += 1


@cython.cfunc
@cython.exceptval(check=False)
def copy_part(
    stored: cython.p_char, buffer: cython.p_char, size: cython.size_t, into_buffer: cython.bint
) -> cython.void:
    if into_buffer:
        memcpy(buffer, stored, size)
    else:
        memcpy(stored, buffer, size)


@cython.cfunc
@cython.exceptval(-1, check=False)
def replay(endpoint: cython.pointer[Endpoint], request: cython.pointer[Request]) -> cython.Py_ssize_t:
    """Fill the request from the kept message, as the kernel would have."""
    kept: cython.pointer[Kept] = cython.cast(cython.pointer[Kept], endpoint.kept)
    size: cython.size_t = min(kept.size, room(request))
    stored: cython.p_char = cython.cast(cython.p_char, kept) + cython.sizeof(Kept)
    copy_data(stored, request, size, True)
    replay_address(kept, request)
    if request.flags & libc.MSG_PEEK:
        return size
    if endpoint.type == libc.SOCK_STREAM and size < kept.size:
        kept.size -= size
        memmove(stored, stored + size, kept.size)
    else:
        forget(endpoint)
    return size


@cython.cfunc
@cython.exceptval(check=False)
def replay_address(kept: cython.pointer[Kept], request: cython.pointer[Request]) -> cython.void:
    request.address_length = kept.address_length
    if request.address != cython.NULL:
        request.address[0] = kept.address
    if request.message != cython.NULL:
        request.message.msg_namelen = kept.address_length
        request.message.msg_controllen = 0
        request.message.msg_flags = kept.msg_flags
        if room(request) < kept.size:
            request.message.msg_flags |= libc.MSG_TRUNC
