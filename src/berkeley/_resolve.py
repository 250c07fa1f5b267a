"""The call to getaddrinfo(3) itself, made with the GIL let go."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley._errors import raise_gaierror
from cython.cimports.berkeley.libc import netdb as libc
from cython.cimports.berkeley.libc.socket import AF_INET, AF_INET6, SOCK_DGRAM
from cython.cimports.libc.string import memset

# Where an address of fixed size stands in its sockaddr: sin_addr and sin6_addr (netinet/in.h).
_PLACES = {AF_INET: (4, 4), AF_INET6: (8, 16)}


def lookup(host, service, hints, given):
    found: cython.pointer[libc.addrinfo] = cython.NULL
    code: cython.int
    with cython.nogil:
        code = libc.getaddrinfo(host, service, hints, cython.address(found))
    if code != 0:
        raise_gaierror(code, given)
    return found


def resolve_first(name, family, given):
    hints: libc.addrinfo
    memset(cython.address(hints), 0, cython.sizeof(libc.addrinfo))
    hints.ai_family = family
    hints.ai_socktype = SOCK_DGRAM  # one entry per address instead of one per socket type
    found: cython.pointer[libc.addrinfo] = lookup(name, cython.NULL, cython.address(hints), given)
    try:
        offset, size = _PLACES[family]
        start: cython.int = offset
        return cython.cast(cython.p_char, found.ai_addr)[start : start + size]
    finally:
        libc.freeaddrinfo(found)
