"""Services and protocols by name and number, as /etc/services and /etc/protocols list them: getservbyname_r(3)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley._arguments import as_int
from cython.cimports.berkeley._errors import refusal
from cython.cimports.berkeley._hostname import text_bytes
from cython.cimports.berkeley.libc import netdb as libc
from cython.cimports.berkeley.libc import python
from cython.cimports.berkeley.libc.inet import htons
from cython.cimports.libc import errno as c

_FIRST_ROOM = 1024  # bytes for the texts of an answer; doubled until they fit
_PORT_MAX = 0xFFFF


def getservbyname(servicename, protocolname=None, /):
    """getservbyname(servicename[, protocolname]) -> port: the port number of a service ("tcp", "udp" or any protocol).

    Raises OSError where the service is not listed. See getservbyname(3).
    """
    name: bytes = _name(servicename, "getservbyname", 1)
    proto: bytes = None if protocolname is None else _name(protocolname, "getservbyname", 2)
    python.PySys_Audit(
        "socket.getservbyname",
        "OO",
        cython.cast(cython.pointer[python.PyObject], servicename),
        cython.cast(cython.pointer[python.PyObject], protocolname),
    )
    found = _service(name, 0, proto)
    if found is None:
        raise refusal("service/proto not found", servicename)
    return found[1]


def getservbyport(port, protocolname=None, /):
    """getservbyport(port[, protocolname]) -> name: the name of the service on a port ("tcp", "udp" or any protocol).

    Raises OSError where the port is not listed, OverflowError outside 0 to 65535. See getservbyport(3).
    """
    number: cython.int = as_int(port)
    proto: bytes = None if protocolname is None else _name(protocolname, "getservbyport", 2)
    if not 0 <= number <= _PORT_MAX:
        raise OverflowError("getservbyport: port must be 0-65535.")
    python.PySys_Audit("socket.getservbyport", "iO", number, cython.cast(cython.pointer[python.PyObject], protocolname))
    found = _service(None, number, proto)
    if found is None:
        raise refusal("port/proto not found", number)
    return found[0]


def getprotobyname(protocolname, /):
    """getprotobyname(name) -> number: the number of an IP protocol, for the third argument of socket().

    Raises OSError where the protocol is not listed. See getprotobyname(3).
    """
    name: bytes = _name(protocolname, "getprotobyname", 1)
    number = _protocol(name)
    if number is None:
        raise refusal("protocol not found", protocolname)
    return number


@cython.cfunc
def _name(value, function: str, position: cython.int) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"{function}() argument {position} must be str, not {type(value).__name__}")
    return text_bytes(value, f"{function}() argument {position}")


@cython.cfunc
def _service(name: bytes | None, port: cython.int, proto: bytes | None):
    """(name, port) by name, or by port where there is no name; None if it is not listed."""
    room: cython.size_t = _FIRST_ROOM
    entry: libc.servent
    result: cython.pointer[libc.servent] = cython.NULL
    status: cython.int
    wanted: cython.p_char = cython.NULL if name is None else cython.cast(cython.p_char, name)
    protocol: cython.p_char = cython.NULL if proto is None else cython.cast(cython.p_char, proto)
    while True:
        buffer: bytearray = bytearray(room)
        texts: cython.p_char = buffer
        with cython.nogil:
            if wanted != cython.NULL:
                status = libc.getservbyname_r(
                    wanted, protocol, cython.address(entry), texts, room, cython.address(result)
                )
            else:
                status = libc.getservbyport_r(
                    htons(port), protocol, cython.address(entry), texts, room, cython.address(result)
                )
        if status != c.ERANGE:
            break
        room *= 2
    if result == cython.NULL:
        return None
    return result.s_name.decode("utf-8", "surrogateescape"), htons(result.s_port)


@cython.cfunc
def _protocol(name: bytes):
    room: cython.size_t = _FIRST_ROOM
    entry: libc.protoent
    result: cython.pointer[libc.protoent] = cython.NULL
    status: cython.int
    wanted: cython.p_char = name
    while True:
        buffer: bytearray = bytearray(room)
        texts: cython.p_char = buffer
        with cython.nogil:
            status = libc.getprotobyname_r(wanted, cython.address(entry), texts, room, cython.address(result))
        if status != c.ERANGE:
            break
        room *= 2
    return None if result == cython.NULL else result.p_proto
