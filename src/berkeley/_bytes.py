"""Bytes objects that the kernel fills: made before a receive, shortened after it without ever losing the message."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.libc import python
from cython.cimports.berkeley.libc.socket import MSG_TRUNC
from cython.cimports.cpython.bytes import PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cython.cimports.libc.string import memset

# Unused room up to this many bytes stays part of the object instead of being given back.
ROOM_TO_KEEP = cython.declare(cython.Py_ssize_t, 64)


def fresh(size):
    return PyBytes_FromStringAndSize(cython.NULL, size)


def fresh_for(size, flags):
    # With MSG_TRUNC a stream reports what it threw away without writing it: old memory must not show instead.
    data: bytes = PyBytes_FromStringAndSize(cython.NULL, size)
    if flags & MSG_TRUNC and size > 0:
        memset(PyBytes_AS_STRING(data), 0, size)
    return data


def shortened(data, used):
    # Never PyBytes_Resize: when memory runs out it destroys the object, and with it what the kernel handed over.
    # `data` is known to nobody but the caller, so its length may still be changed in place.
    size: cython.Py_ssize_t = len(data)
    if used >= size:
        return data
    if used == 0:
        return b""
    if size - used > ROOM_TO_KEEP and size - used > size // 4:
        try:
            return PyBytes_FromStringAndSize(PyBytes_AS_STRING(data), used)
        except MemoryError:
            pass
    python.Py_SET_SIZE(data, used)
    PyBytes_AS_STRING(data)[used] = 0
    return data
