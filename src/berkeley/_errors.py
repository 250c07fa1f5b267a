"""The exceptions of the module, and the only place where an error code of the system becomes one."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.libc import netdb, python
from cython.cimports.cpython.object import PyObject
from cython.cimports.libc import errno as c

error = OSError
timeout = TimeoutError


class herror(OSError):
    """Failure of gethostbyaddr() or gethostbyname_ex(): args are (h_errno, text), see gethostbyname(3)."""

    __module__ = "berkeley"


class gaierror(OSError):
    """Failure of getaddrinfo() or getnameinfo(): args are (EAI_* number, text), see gai_strerror(3)."""

    __module__ = "berkeley"


class HostNameError(gaierror, UnicodeError):
    """A host name that no DNS name can stand for (RFC 3490): both a gaierror and a UnicodeError."""

    __module__ = "berkeley"


def raise_errno(code, address):
    c.errno = code
    if address is None:
        python.PyErr_SetFromErrno(OSError)
    else:
        python.PyErr_SetFromErrnoWithFilenameObject(OSError, cython.cast(cython.pointer[PyObject], address))
    return -1


def refusal(text, name):
    # An OSError that no system call made: without an errno.
    return _with_name_and_text(OSError(text), name, text)


def raise_timeout(address):
    problem = TimeoutError("timed out")
    raise problem if address is None else _with_name_and_text(problem, address, "timed out")


def _with_name_and_text(problem, name, text):
    # args stay (text,) as in CPython; strerror keeps the text in str(error) beside the name.
    problem.strerror = text
    problem.filename = name
    return problem


def raise_gaierror(code, name):
    if code == netdb.EAI_SYSTEM:
        return raise_errno(c.errno, name)
    text = netdb.gai_strerror(code).decode("utf-8", "surrogateescape")
    raise _with_name(gaierror(code, text), name)


def raise_herror(code, name):
    text = netdb.hstrerror(code).decode("utf-8", "surrogateescape")
    raise _with_name(herror(code, text), name)


def _with_name(problem, name):
    if name is not None:
        problem.filename = name
    return problem
