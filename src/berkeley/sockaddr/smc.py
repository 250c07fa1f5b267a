"""AF_SMC addresses: those of AF_INET or AF_INET6, as the protocol says (net/smc/af_smc.c, RFC 7609)."""

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

SMCPROTO_SMC6 = cython.declare(cython.int, 1)


@cython.cclass
class Smc(Codec):
    """(host, port) with protocol 0 (SMCPROTO_SMC), (host, port[, flowinfo[, scope_id]]) with 1 (SMCPROTO_SMC6)."""

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        if place.proto == SMCPROTO_SMC6:
            place.family = AF_INET6
            return INET6.write(address, place, names, caller)
        place.family = AF_INET
        return INET.write(address, place, names, caller)

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        return (INET6 if family_of(place.raw) == AF_INET6 else INET).read(place, names)


CODEC = Smc()
