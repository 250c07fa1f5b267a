"""What the interpreter's ssl module reads of a socket: the capsule that leads to the type, and where its state lies."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley import _base
from cython.cimports.berkeley._wait import Endpoint
from cython.cimports.berkeley.libc import socket as libc
from cython.cimports.cpython.object import PyObject
from cython.cimports.cpython.pycapsule import PyCapsule_New
from cython.cimports.libc.string import memcpy

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

# Numbers that no two fields share. Only the descriptor is a real one: what is given along with it is believed.
FAMILY = cython.declare(cython.int, 0x51)
TYPE = cython.declare(cython.int, 0x52)
PROTO = cython.declare(cython.int, 0x53)
SECONDS = cython.declare(cython.double, 1.25)
NANOSECONDS = cython.declare(cython.longlong, 1_250_000_000)

# The state begins behind the header of the object, which is longer in free-threaded builds; _ssl has its offsets from
# the same headers as this. What follows the timeout is no concern of _ssl.
START = cython.declare(cython.Py_ssize_t, cython.sizeof(PyObject))
END = cython.declare(cython.Py_ssize_t, START + 4 * cython.sizeof(cython.int) + cython.sizeof(cython.p_void) + 8)


def check_layout(theirs, /):
    """check_layout(type): whether a socket type of the interpreter keeps its state where ours has it.

    Raises RuntimeError where it does not, with the first field that lies elsewhere.
    """
    if theirs.__basicsize__ < END:
        raise _mismatch(f"its objects have {theirs.__basicsize__} bytes, ours {END} at least")
    with_descriptor = socket(libc.AF_UNIX, libc.SOCK_DGRAM)
    try:
        _check_offset(with_descriptor)
        _compare(theirs, with_descriptor.fileno())
    finally:
        with_descriptor.close()


@cython.cfunc
def _compare(theirs, fd):
    """Give one of their objects a state, and look for it at the places of our fields."""
    probe = theirs(FAMILY, TYPE, PROTO, fd)
    try:
        probe.settimeout(SECONDS)
        found = _state(probe)
    finally:
        probe.detach()
    wanted = {"descriptor": fd, "family": FAMILY, "type": TYPE, "protocol": PROTO, "timeout": NANOSECONDS}
    for field, value in wanted.items():
        if found[field] != value:
            raise _mismatch(f"its {field} lies elsewhere")


@cython.cfunc
def _state(probe):
    """What stands in an object at the places of our fields."""
    state: Endpoint
    memcpy(
        cython.address(state),
        cython.cast(cython.p_char, cython.cast(cython.pointer[PyObject], probe)) + START,
        END - START,
    )
    return {
        "descriptor": state.fd,
        "family": state.family,
        "type": state.type,
        "protocol": state.proto,
        "timeout": state.timeout,
    }


@cython.cfunc
def _check_offset(sock: _base.socket):
    state: cython.p_char = cython.cast(cython.p_char, cython.address(sock.state))
    offset: cython.Py_ssize_t = state - cython.cast(cython.p_char, cython.cast(cython.pointer[PyObject], sock))
    if offset != START:
        raise _mismatch(f"our state begins at byte {offset}, not {START}")


@cython.cfunc
def _mismatch(what: str):
    return RuntimeError(f"berkeley cannot stand in for the socket type of this interpreter: {what}")
