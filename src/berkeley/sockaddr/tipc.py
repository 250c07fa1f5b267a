"""AF_TIPC addresses: (addr_type, v1, v2, v3[, scope]), as struct sockaddr_tipc (linux/tipc.h)."""

from operator import index

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, as_tuple, as_uint32, room, whole
from cython.cimports.cpython.long import PyLong_AsLongLongAndOverflow
from cython.cimports.libc.stdint import int8_t, uint8_t, uint16_t, uint32_t

TIPC_ADDR_NAMESEQ = cython.declare(cython.int, 1)
TIPC_ADDR_NAME = cython.declare(cython.int, 2)
TIPC_ADDR_ID = cython.declare(cython.int, 3)
TIPC_CLUSTER_SCOPE = cython.declare(cython.int, 2)

ALL_ONES = cython.declare(cython.longlong, 0xFFFFFFFF)
NEGATIVE_SCOPES = cython.declare(cython.longlong, 0xFFFFFF80)  # and above, read as unsigned numbers of 32 bits

# The union addr has a member for each type of address; in that of a socket the reference precedes the node.
SockaddrTipc = cython.struct(
    family=uint16_t, addrtype=uint8_t, scope=int8_t, type=uint32_t, lower=uint32_t, upper=uint32_t
)
SockaddrTipcId = cython.struct(family=uint16_t, addrtype=uint8_t, scope=int8_t, ref=uint32_t, node=uint32_t)


@cython.cclass
class Tipc(Codec):
    """(TIPC_ADDR_NAMESEQ, type, lower, upper), (TIPC_ADDR_NAME, type, instance, 0), (TIPC_ADDR_ID, node, ref, 0).

    A fifth item is the scope, that of the cluster where it is left out; its negative withdraws a binding. Results
    have all five, and repeat the instance of a name in the place of v3, which does not count there.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        parts: tuple = as_tuple(address, "AF_TIPC", caller)
        count: cython.Py_ssize_t = len(parts)
        if not 4 <= count <= 5:
            raise TypeError("AF_TIPC address must be a tuple (addr_type, v1, v2, v3[, scope])")
        at = cython.cast(cython.pointer[SockaddrTipc], room(place, cython.sizeof(SockaddrTipc)))
        at.addrtype = as_addrtype(parts[0])
        at.scope = as_scope(parts[4], caller) if count > 4 else TIPC_CLUSTER_SCOPE
        write_values(at, as_uint32(parts[1], "v1", caller), as_uint32(parts[2], "v2", caller))
        upper: uint32_t = as_uint32(parts[3], "v3", caller)
        if at.addrtype == TIPC_ADDR_NAMESEQ:
            at.upper = upper
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrTipc], whole(place, cython.sizeof(SockaddrTipc), "AF_TIPC"))
        scope: uint32_t = cython.cast(uint32_t, cython.cast(cython.int, at.scope))
        if at.addrtype == TIPC_ADDR_NAME:
            return at.addrtype, at.type, at.lower, at.lower, scope
        if at.addrtype == TIPC_ADDR_NAMESEQ:
            return at.addrtype, at.type, at.lower, at.upper, scope
        if at.addrtype == TIPC_ADDR_ID:
            socket = cython.cast(cython.pointer[SockaddrTipcId], at)
            return at.addrtype, socket.node, socket.ref, 0, scope
        raise ValueError("Invalid address type")


@cython.cfunc
@cython.exceptval(check=False)
def write_values(at: cython.pointer[SockaddrTipc], v1: uint32_t, v2: uint32_t) -> cython.void:
    if at.addrtype == TIPC_ADDR_ID:
        socket = cython.cast(cython.pointer[SockaddrTipcId], at)
        socket.node = v1
        socket.ref = v2
    else:
        at.type = v1
        at.lower = v2


@cython.cfunc
@cython.exceptval(-1, check=False)
def as_addrtype(value) -> cython.int:
    overflow: cython.int
    number = value if type(value) is int else index(value)
    addrtype: cython.longlong = PyLong_AsLongLongAndOverflow(number, cython.address(overflow))
    if overflow or not TIPC_ADDR_NAMESEQ <= addrtype <= TIPC_ADDR_ID:
        raise TypeError("Invalid address type")
    return addrtype


@cython.cfunc
@cython.exceptval(-0xDEAD, check=False)
def as_scope(value, caller: str) -> cython.int:
    """A scope, or its negative, which results give as an unsigned number of 32 bits."""
    overflow: cython.int
    number = value if type(value) is int else index(value)
    scope: cython.longlong = PyLong_AsLongLongAndOverflow(number, cython.address(overflow))
    if NEGATIVE_SCOPES <= scope <= ALL_ONES:
        scope -= ALL_ONES + 1
    if overflow or not -128 <= scope <= 127:
        raise OverflowError(f"{caller}(): scope must be -128 to 127.")
    return scope


CODEC = Tipc()
