"""AF_RDS addresses: those of AF_INET, or of AF_INET6 where the network is IPv6 (rds(7), net/rds/af_rds.c)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.libc.socket import AF_INET, AF_INET6
from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, family_of

from berkeley.sockaddr.inet import CODEC as _INET
from berkeley.sockaddr.inet6 import CODEC as _INET6

INET = cython.declare(Codec, _INET)
INET6 = cython.declare(Codec, _INET6)

ITEMS_OF_IPV6 = cython.declare(cython.Py_ssize_t, 4)


@cython.cclass
class Rds(Codec):
    """(host, port), or for RDS over IPv6 (Linux 4.19) all four of (host, port, flowinfo, scope_id)."""

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        if isinstance(address, tuple) and len(address) == ITEMS_OF_IPV6:
            place.family = AF_INET6
            return INET6.write(address, place, names, caller)
        place.family = AF_INET
        return INET.write(address, place, names, caller)

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        return (INET6 if family_of(place.raw) == AF_INET6 else INET).read(place, names)


CODEC = Rds()
