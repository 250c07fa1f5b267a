"""The older host lookups, which tell aliases and all addresses: gethostbyname(3), gethostbyaddr(3)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley import _inet
from cython.cimports.berkeley._errors import raise_errno, raise_herror
from cython.cimports.berkeley._hostname import checked_host_bytes
from cython.cimports.berkeley._names import NAMES
from cython.cimports.berkeley.libc import netdb as libc
from cython.cimports.berkeley.libc import python
from cython.cimports.libc import errno as c

_FIRST_ROOM = 1024  # bytes for the texts of an answer; doubled until they fit


def gethostbyname_ex(hostname, /):
    """gethostbyname_ex(hostname) -> (name, aliases, addresses): the IPv4 addresses of a host and all its names.

    Raises gaierror for an unknown name. See gethostbyname(3).
    """
    name: bytes = checked_host_bytes(hostname)
    python.PySys_Audit("socket.gethostbyname", "O", cython.cast(cython.pointer[python.PyObject], hostname))
    NAMES.host(hostname, libc.AF_INET)  # an unknown name is a gaierror, as from all other lookups by name
    return _answer(name, None, libc.AF_INET, hostname)


def gethostbyaddr(ip_address, /):
    """gethostbyaddr(ip_address) -> (name, aliases, addresses) of an IPv4 or IPv6 host; a host name works too.

    Raises herror for an address without a name, gaierror for an unknown name. See gethostbyaddr(3).
    """
    name: bytes = checked_host_bytes(ip_address)
    python.PySys_Audit("socket.gethostbyaddr", "O", cython.cast(cython.pointer[python.PyObject], ip_address))
    family: cython.int = libc.AF_INET6 if b":" in name else libc.AF_INET
    packed = _inet.packed(family, name)
    if packed is None:
        family, packed = _first_address(ip_address)
    return _answer(None, packed, family, ip_address)


@cython.cfunc
def _first_address(host) -> tuple:
    """(family, packed) of a host name, IPv4 first."""
    try:
        return libc.AF_INET, NAMES.host(host, libc.AF_INET)
    except OSError as problem:
        try:
            return libc.AF_INET6, NAMES.host(host, libc.AF_INET6)
        except OSError:
            raise problem from None


@cython.cfunc
def _answer(name: bytes | None, packed: bytes | None, family: cython.int, given) -> tuple:
    """Ask by name, or by packed address where there is no name, with ever more room until the answer fits."""
    room: cython.size_t = _FIRST_ROOM
    entry: libc.hostent
    result: cython.pointer[libc.hostent] = cython.NULL
    code: cython.int = 0
    status: cython.int
    wanted: cython.p_char = cython.NULL if name is None else cython.cast(cython.p_char, name)
    address: cython.p_char = cython.NULL if packed is None else cython.cast(cython.p_char, packed)
    size: cython.uint = 0 if packed is None else len(packed)
    while True:
        buffer: bytearray = bytearray(room)
        texts: cython.p_char = buffer
        with cython.nogil:
            if wanted != cython.NULL:
                status = libc.gethostbyname_r(
                    wanted, cython.address(entry), texts, room, cython.address(result), cython.address(code)
                )
            else:
                status = libc.gethostbyaddr_r(
                    address,
                    size,
                    family,
                    cython.address(entry),
                    texts,
                    room,
                    cython.address(result),
                    cython.address(code),
                )
        if status != c.ERANGE:
            break
        room *= 2
    if result == cython.NULL:
        _refuse(status, code, given)
    return _names_and_addresses(result, family)


@cython.cfunc
def _refuse(status: cython.int, code: cython.int, given):
    if code > 0:
        raise_herror(code, given)
    raise_errno(status if status > 0 else c.EIO, given)


@cython.cfunc
def _names_and_addresses(entry: cython.pointer[libc.hostent], family: cython.int) -> tuple:
    aliases = []
    addresses = []
    i: cython.int = 0
    while entry.h_aliases != cython.NULL and entry.h_aliases[i] != cython.NULL:
        aliases.append(entry.h_aliases[i].decode("utf-8", "surrogateescape"))
        i += 1
    i = 0
    while entry.h_addr_list[i] != cython.NULL:
        addresses.append(_inet.text(family, entry.h_addr_list[i][: entry.h_length]))
        i += 1
    return entry.h_name.decode("utf-8", "surrogateescape"), aliases, addresses
