"""AF_NETLINK addresses: (pid, groups), as struct sockaddr_nl (linux/netlink.h, netlink(7))."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import (
    Codec,
    Names,
    Sockaddr,
    as_tuple,
    as_uint32,
    as_uint32_or_all,
    room,
    whole,
)
from cython.cimports.libc.stdint import uint16_t, uint32_t

SockaddrNl = cython.struct(nl_family=uint16_t, nl_pad=uint16_t, nl_pid=uint32_t, nl_groups=uint32_t)


@cython.cclass
class Netlink(Codec):
    """(pid, groups); groups is a mask of 32 bits, -1 stands for all of them."""

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        pair: tuple = as_tuple(address, "AF_NETLINK", caller)
        if len(pair) != 2:
            raise TypeError("AF_NETLINK address must be a pair (pid, groups)")
        at = cython.cast(cython.pointer[SockaddrNl], room(place, cython.sizeof(SockaddrNl)))
        at.nl_pid = as_uint32(pair[0], "pid", caller)
        at.nl_groups = as_uint32_or_all(pair[1], "groups", caller)
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrNl], whole(place, cython.sizeof(SockaddrNl), "AF_NETLINK"))
        return at.nl_pid, at.nl_groups


CODEC = Netlink()
