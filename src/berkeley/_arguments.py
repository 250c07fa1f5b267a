"""Arguments of Python callers as C values: ints, sizes, buffers and vectors of buffers."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.libc import python
from cython.cimports.berkeley.libc.socket import iovec
from cython.cimports.cpython.buffer import (
    Py_buffer,
    PyBUF_SIMPLE,
    PyBUF_WRITABLE,
    PyBuffer_Release,
    PyObject_GetBuffer,
)
from cython.cimports.libc.limits import INT_MAX, INT_MIN
from cython.cimports.libc.stdlib import calloc, free


def as_int(value):
    wide: cython.long = python.PyLong_AsLong(value)
    if wide > INT_MAX:
        raise OverflowError("signed integer is greater than maximum")
    if wide < INT_MIN:
        raise OverflowError("signed integer is less than minimum")
    return cython.cast(cython.int, wide)


def as_descriptor(value):
    try:
        return as_int(value)
    except OverflowError:
        raise OverflowError(f"file descriptor {value!r} does not fit a C int") from None


def as_size(value):
    size: cython.Py_ssize_t = value
    return size


def as_tuple(values, complaint):
    # A copy: converting one item may run code that changes the caller's list.
    if type(values) is tuple:
        return values
    try:
        iterator = iter(values)
    except TypeError:
        raise TypeError(complaint) from None
    return tuple(iterator)


def get_buffer(exporter, view, writable, role):
    if not writable:
        return PyObject_GetBuffer(exporter, view, PyBUF_SIMPLE)
    try:
        return PyObject_GetBuffer(exporter, view, PyBUF_WRITABLE)
    except (BufferError, TypeError):
        kind = type(exporter).__name__
        raise TypeError(f"{role} must be read-write bytes-like object, not {kind}") from None


class Buffers:
    """A vector of exported buffers and the iovec array over them, released and freed when the object goes."""

    def hold(self, exporters, writable, role):
        # One block: the views first, the iovec array behind them.
        total: cython.Py_ssize_t = len(exporters)
        block = calloc(total + 1, cython.sizeof(Py_buffer) + cython.sizeof(iovec))
        if block == cython.NULL:
            raise MemoryError
        self.views = cython.cast(cython.pointer[Py_buffer], block)
        self.iov = cython.cast(cython.pointer[iovec], self.views + total + 1)
        for exporter in exporters:
            get_buffer(exporter, cython.address(self.views[self.count]), writable, role)
            self.iov[self.count].iov_base = self.views[self.count].buf
            self.iov[self.count].iov_len = self.views[self.count].len
            self.count += 1
        return 0

    def __dealloc__(self):
        i: cython.Py_ssize_t
        for i in range(self.count):
            PyBuffer_Release(cython.address(self.views[i]))
        free(self.views)
