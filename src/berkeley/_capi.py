"""The capsule through which the interpreter's ssl module finds the socket type, its state and its exceptions."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.cpython.object import PyObject
from cython.cimports.cpython.pycapsule import PyCapsule_New

from berkeley._base import socket

Exported = cython.struct(
    socket_type=cython.pointer[PyObject],
    error=cython.pointer[PyObject],
    timeout_error=cython.pointer[PyObject],
)

# Static: _ssl keeps the pointer for the life of the process; the three objects live as long.
exported = cython.declare(Exported)
exported.socket_type = cython.cast(cython.pointer[PyObject], socket)
exported.error = cython.cast(cython.pointer[PyObject], OSError)
exported.timeout_error = cython.cast(cython.pointer[PyObject], TimeoutError)

CAPI = PyCapsule_New(cython.address(exported), "_socket.CAPI", cython.NULL)
