"""Plain data in and out: how buffers become the requests of recv(2), recvfrom(2) and send(2)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley import _calls, _kept, _wait
from cython.cimports.berkeley._arguments import as_size
from cython.cimports.berkeley.libc import python
from cython.cimports.berkeley.libc import socket as libc
from cython.cimports.libc.limits import INT_MAX
from cython.cimports.libc.string import memset

# The two texts for a count above the buffer's size.
_TOO_SMALL = {
    "recv_into": "buffer too small for requested bytes",
    "recvfrom_into": "nbytes is greater than the length of the buffer",
}


def receive_from(endpoint, request, storage, data, size):
    # Zeros, so that no length that a kernel reports can uncover what was on the stack.
    memset(storage, 0, cython.sizeof(libc.sockaddr_storage))
    request.data = data
    request.size = size
    request.address = storage
    request.message = cython.NULL
    return _kept.receive(endpoint, _calls.recvfrom, request)


def keep_received(endpoint, request, received):
    # Memory ran out after the receive: the message stays with the socket, unless the kernel still has it.
    if request.flags & libc.MSG_PEEK:
        return 0
    return _kept.keep(endpoint, request, received)


def into_buffer(request, view, nbytes, caller):
    # Points the request at a held buffer to receive into; nbytes 0 means all of it.
    if nbytes < 0:
        raise ValueError(f"negative buffersize in {caller}")
    if nbytes > view.len:
        raise ValueError(_TOO_SMALL[caller])
    request.data = view.buf
    request.size = nbytes if nbytes else view.len
    request.address = cython.NULL
    request.message = cython.NULL
    return 0


def checked_room(value):
    room: cython.Py_ssize_t = as_size(value)
    if not 0 <= room <= INT_MAX:  # msg_controllen has to fit socklen_t
        raise ValueError("invalid ancillary data buffer length")
    return room


def send_some(endpoint, view, start, request, deadline):
    # One send of what is left from `start` on.
    request.data = cython.cast(cython.p_char, view.buf) + start
    request.size = view.len - start
    request.address = cython.NULL
    request.message = cython.NULL
    return _wait.perform(endpoint, _calls.send, request, libc.POLLOUT, deadline, None)


def send_all(endpoint, view, request):
    # Signals are looked at between sends too: a fast reader could otherwise keep them away for the whole transfer.
    sent: cython.Py_ssize_t = 0
    deadline: _wait.Deadline = _wait.begin(endpoint)
    while True:
        sent += send_some(endpoint, view, sent, request, cython.address(deadline))
        if sent >= view.len:
            return 0
        python.PyErr_CheckSignals()
