"""Name lookups, all by the reentrant calls of the C library and all with the GIL let go: getaddrinfo(3), netdb(3)."""

import os

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley import _inet
from cython.cimports.berkeley._arguments import as_int
from cython.cimports.berkeley._errors import raise_errno, raise_gaierror
from cython.cimports.berkeley._hostname import checked_host_bytes, text_bytes
from cython.cimports.berkeley._names import NAMES
from cython.cimports.berkeley._resolve import lookup
from cython.cimports.berkeley.libc import netdb as libc
from cython.cimports.berkeley.libc import python
from cython.cimports.berkeley.libc.socket import SOCK_DGRAM, sockaddr, sockaddr_storage
from cython.cimports.berkeley.sockaddr import decode, encode
from cython.cimports.berkeley.sockaddr._layout import Sockaddr
from cython.cimports.libc import errno as c
from cython.cimports.libc.string import memset

_HOST_NAME_ROOM = 1024
_PORT_MAX = 0xFFFF


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    """getaddrinfo(host, port, family=0, type=0, proto=0, flags=0) -> [(family, type, proto, canonname, sockaddr)].

    host is a name, an address text or None; port a service name, a number or None. family, type, proto (0 for any)
    and flags (AI_*) narrow the result. Raises gaierror; HostNameError for a name outside IDNA. See getaddrinfo(3).
    """
    hints: libc.addrinfo
    memset(cython.address(hints), 0, cython.sizeof(libc.addrinfo))
    hints.ai_family = as_int(family)
    hints.ai_socktype = as_int(type)
    hints.ai_protocol = as_int(proto)
    hints.ai_flags = as_int(flags)
    name: bytes = None if host is None else checked_host_bytes(host)
    service: bytes = _service(port, host)
    _audit_lookup(host, port, cython.address(hints))
    found: cython.pointer[libc.addrinfo] = lookup(
        cython.NULL if name is None else cython.cast(cython.p_char, name),
        cython.NULL if service is None else cython.cast(cython.p_char, service),
        cython.address(hints),
        port if host is None else host,
    )
    try:
        return _entries(found)
    finally:
        libc.freeaddrinfo(found)


@cython.cfunc
def _service(port, host) -> bytes:
    """A service as getaddrinfo(3) takes it; a port number that the C library would cut to 16 bits is refused."""
    if port is None:
        return None
    if isinstance(port, int):
        if not 0 <= port <= _PORT_MAX:
            raise_gaierror(libc.EAI_SERVICE, host)
        return b"%d" % port
    if isinstance(port, str):
        return text_bytes(port, "service name")
    if not isinstance(port, bytes):
        raise OSError("Int or String expected")
    if b"\0" in port:
        raise ValueError("service name must not contain null character")
    return bytes(port)


@cython.cfunc
@cython.exceptval(-1, check=False)
def _audit_lookup(host, port, hints: cython.pointer[libc.addrinfo]) -> cython.int:
    return python.PySys_Audit(
        "socket.getaddrinfo",
        "OOiii",
        cython.cast(cython.pointer[python.PyObject], host),
        cython.cast(cython.pointer[python.PyObject], port),
        hints.ai_family,
        hints.ai_socktype,
        hints.ai_protocol,
    )


@cython.cfunc
def _entries(found: cython.pointer[libc.addrinfo]) -> list:
    entries = []
    while found != cython.NULL:
        canonname: str = "" if found.ai_canonname == cython.NULL else _text(found.ai_canonname)
        address = _reported(found)
        entries.append((found.ai_family, found.ai_socktype, found.ai_protocol, canonname, address))
        found = found.ai_next
    return entries


@cython.cfunc
def _reported(entry: cython.pointer[libc.addrinfo]):
    place: Sockaddr
    place.raw = cython.cast(cython.p_char, entry.ai_addr)
    place.length = entry.ai_addrlen
    place.family = entry.ai_family
    place.proto = entry.ai_protocol
    place.fd = -1
    return decode(cython.address(place), NAMES)


@cython.cfunc
def _text(name: cython.p_char) -> str:
    return name.decode("utf-8", "surrogateescape")


def getnameinfo(sockaddr, flags, /):
    """getnameinfo(sockaddr, flags) -> (host, port), both texts, names or numbers as flags (NI_*) ask.

    sockaddr is (host, port) or (host, port, flowinfo, scope_id) with a numeric host. Raises gaierror where nothing
    is found, OSError for an address that is ambiguous or does not fit. See getnameinfo(3).
    """
    wanted: cython.int = as_int(flags)
    if not isinstance(sockaddr, tuple):
        raise TypeError("getnameinfo() argument 1 must be a tuple")
    python.PySys_Audit("socket.getnameinfo", "(O)", cython.cast(cython.pointer[python.PyObject], sockaddr))
    storage: sockaddr_storage
    place: Sockaddr
    place.raw = cython.cast(cython.p_char, cython.address(storage))
    place.proto = 0
    place.fd = -1
    _numeric_sockaddr(sockaddr, cython.address(place))
    return _name_of(cython.address(place), wanted, sockaddr)


@cython.cfunc
@cython.exceptval(-1, check=False)
def _numeric_sockaddr(given, place: cython.pointer[Sockaddr]) -> cython.int:
    """Fill in the sockaddr of a numeric address, whose text decides the family."""
    address: tuple = tuple(given)
    if not 2 <= len(address) <= 4:
        raise TypeError("getnameinfo(): illegal sockaddr argument")
    if not isinstance(address[0], str):
        raise TypeError("getnameinfo(): illegal sockaddr argument")
    if len(address) > 2 and not 0 <= as_int(address[2]) <= 0xFFFFF:
        raise OverflowError("getnameinfo(): flowinfo must be 0-1048575.")
    place.family = _numeric_family(address[0], b"%d" % as_int(address[1]))
    if place.family == libc.AF_INET and len(address) != 2:
        raise OSError("IPv4 sockaddr must be 2 tuple")
    host = address[0].partition("%")[0]
    return encode((host, as_int(address[1]), *address[2:]), place, NAMES, "getnameinfo")


@cython.cfunc
@cython.exceptval(-1, check=False)
def _numeric_family(host, service: bytes) -> cython.int:
    hints: libc.addrinfo
    memset(cython.address(hints), 0, cython.sizeof(libc.addrinfo))
    hints.ai_socktype = SOCK_DGRAM
    hints.ai_flags = libc.AI_NUMERICHOST
    name: bytes = checked_host_bytes(host)
    found: cython.pointer[libc.addrinfo] = lookup(name, service, cython.address(hints), host)
    family: cython.int = found.ai_family
    ambiguous: cython.bint = found.ai_next != cython.NULL
    libc.freeaddrinfo(found)
    if ambiguous:
        raise OSError("sockaddr resolved to multiple addresses")
    return family


@cython.cfunc
def _name_of(place: cython.pointer[Sockaddr], flags: cython.int, given) -> tuple:
    host: cython.char[1025]
    service: cython.char[32]
    address: cython.pointer[sockaddr] = cython.cast(cython.pointer[sockaddr], place.raw)
    length: cython.uint = place.length
    code: cython.int
    with cython.nogil:
        code = libc.getnameinfo(address, length, host, 1025, service, 32, flags)
    if code != 0:
        raise_gaierror(code, given)
    return _text(host), _text(service)


def gethostname():
    """gethostname() -> string: the name of this machine as gethostname(2) tells it."""
    python.PySys_Audit("socket.gethostname", cython.NULL)
    name: cython.char[1024]
    if libc.gethostname(name, _HOST_NAME_ROOM - 1) < 0:
        raise_errno(c.errno, None)
    name[_HOST_NAME_ROOM - 1] = 0  # a name that was cut may lack its end
    return python.PyUnicode_DecodeFSDefault(name)


def sethostname(name, /):
    """sethostname(name): set the name of this machine; str or bytes.

    Raises PermissionError without the right to do so. See sethostname(2).
    """
    encoded: bytes = os.fsencode(name) if isinstance(name, str) else bytes(memoryview(name))
    size: cython.size_t = len(encoded)
    python.PySys_Audit("socket.sethostname", "(O)", cython.cast(cython.pointer[python.PyObject], encoded))
    if libc.sethostname(encoded, size) < 0:
        raise_errno(c.errno, name)


def gethostbyname(hostname, /):
    """gethostbyname(hostname) -> string: the first IPv4 address of a host name, in dotted decimal.

    Raises gaierror for a name that has none. See getaddrinfo(3).
    """
    checked_host_bytes(hostname)
    python.PySys_Audit("socket.gethostbyname", "O", cython.cast(cython.pointer[python.PyObject], hostname))
    return _inet.text(libc.AF_INET, NAMES.host(hostname, libc.AF_INET))
