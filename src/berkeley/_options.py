"""Options of a descriptor and its blocking mode: getsockopt(2), setsockopt(2), FIONBIO."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley._arguments import as_int, get_buffer
from cython.cimports.berkeley._bytes import fresh, shortened
from cython.cimports.berkeley._errors import raise_errno
from cython.cimports.berkeley.libc import python
from cython.cimports.berkeley.libc import socket as libc
from cython.cimports.cpython.buffer import Py_buffer, PyBuffer_Release
from cython.cimports.cpython.bytes import PyBytes_AS_STRING
from cython.cimports.libc import errno as c
from cython.cimports.libc.limits import INT_MAX
from cython.cimports.libc.stdint import uint64_t

_BUFFER_MAX = 1024


def get_option(fd, level, optname, buflen, wide):
    # AF_VSOCK has 64-bit options and no others (`wide`); everywhere else an integer option is a C int.
    number: cython.int = 0
    wide_number: uint64_t = 0
    size: libc.socklen_t
    if buflen == 0 and wide:
        size = cython.sizeof(uint64_t)
        _get(fd, level, optname, cython.address(wide_number), cython.address(size))
        return wide_number
    if buflen == 0:
        size = cython.sizeof(cython.int)
        _get(fd, level, optname, cython.address(number), cython.address(size))
        return number
    if not 0 < buflen <= _BUFFER_MAX:
        raise OSError("getsockopt buflen out of range")
    data: bytes = fresh(buflen)
    size = buflen
    _get(fd, level, optname, PyBytes_AS_STRING(data), cython.address(size))
    return shortened(data, min(cython.cast(cython.Py_ssize_t, size), buflen))


@cython.cfunc
@cython.exceptval(-1, check=False)
def _get(
    fd: cython.int,
    level: cython.int,
    optname: cython.int,
    value: cython.p_void,
    size: cython.pointer[libc.socklen_t],
) -> cython.int:
    if libc.getsockopt(fd, level, optname, value, size) < 0:
        return raise_errno(c.errno, None)
    return 0


def set_option(fd, level, optname, value, wide):
    number: cython.int
    wide_number: uint64_t
    if isinstance(value, int) and wide:
        wide_number = python.PyLong_AsUnsignedLongLong(value)
        return _set(fd, level, optname, cython.address(wide_number), cython.sizeof(uint64_t))
    if isinstance(value, int) or hasattr(value, "__index__"):
        number = _option_int(value)
        return _set(fd, level, optname, cython.address(number), cython.sizeof(cython.int))
    if value is None:
        raise TypeError("setsockopt() takes an optlen with None")
    view: Py_buffer
    get_buffer(value, cython.address(view), False, "setsockopt() argument 3")
    try:
        if view.len > INT_MAX:
            raise OSError("option value too large")
        return _set(fd, level, optname, view.buf, view.len)
    finally:
        PyBuffer_Release(cython.address(view))


def set_null_option(fd, level, optname, value, optlen):
    # A NULL pointer with a length, which some options of the kernel's crypto sockets want.
    if value is not None:
        raise TypeError(f"setsockopt() argument 3 must be None with an optlen, not {type(value).__name__}")
    length: cython.int = as_int(optlen)
    return _set(fd, level, optname, cython.NULL, length)


@cython.cfunc
@cython.exceptval(-1)
def _option_int(value) -> cython.int:
    try:
        return as_int(value)
    except OverflowError:
        raise TypeError("a bytes-like object is required, not 'int': the number does not fit a C int") from None


@cython.cfunc
@cython.exceptval(-1, check=False)
def _set(
    fd: cython.int, level: cython.int, optname: cython.int, value: cython.p_const_void, size: libc.socklen_t
) -> cython.int:
    if libc.setsockopt(fd, level, optname, value, size) < 0:
        return raise_errno(c.errno, None)
    return 0


def set_blocking(fd, blocking):
    flag: cython.int = not blocking
    if libc.ioctl(fd, libc.FIONBIO, cython.address(flag)) < 0:
        return raise_errno(c.errno, None)
    return 0
