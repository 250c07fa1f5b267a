"""AF_XDP addresses: (ifname, queue_id[, flags[, shared_umem_fd]]), as struct sockaddr_xdp (linux/if_xdp.h)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import (
    Codec,
    Names,
    Sockaddr,
    as_name,
    as_tuple,
    as_uint32,
    as_unsigned,
    room,
    whole,
)
from cython.cimports.libc.stdint import uint16_t, uint32_t

SockaddrXdp = cython.struct(
    sxdp_family=uint16_t,
    sxdp_flags=uint16_t,
    sxdp_ifindex=uint32_t,
    sxdp_queue_id=uint32_t,
    sxdp_shared_umem_fd=uint32_t,
)

# The sockets of this family answer no ioctl(2), so the names are those of the calling thread's network namespace.
NO_SOCKET = cython.declare(cython.int, -1)


@cython.cclass
class Xdp(Codec):
    """(ifname, queue_id, flags, shared_umem_fd), of which the last two count as 0 when they are left out.

    flags has 16 bits (XDP_COPY, XDP_ZEROCOPY ...); shared_umem_fd counts with XDP_SHARED_UMEM alone. The kernel
    reports no address of its own.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        parts: tuple = as_tuple(address, "AF_XDP", caller)
        count: cython.Py_ssize_t = len(parts)
        if not 2 <= count <= 4:
            raise TypeError("AF_XDP address must be a tuple (ifname, queue_id[, flags[, shared_umem_fd]])")
        ifname: bytes = as_ifname(parts[0])
        at = cython.cast(cython.pointer[SockaddrXdp], room(place, cython.sizeof(SockaddrXdp)))
        at.sxdp_queue_id = as_uint32(parts[1], "queue_id", caller)
        at.sxdp_flags = as_unsigned(parts[2], 16, "flags", caller) if count > 2 else 0
        at.sxdp_shared_umem_fd = as_uint32(parts[3], "shared_umem_fd", caller) if count > 3 else 0
        at.sxdp_ifindex = names.ifindex(ifname, NO_SOCKET) if ifname else 0
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        at = cython.cast(cython.pointer[SockaddrXdp], whole(place, cython.sizeof(SockaddrXdp), "AF_XDP"))
        ifname = names.ifname(at.sxdp_ifindex, NO_SOCKET) if at.sxdp_ifindex else ""
        return ifname, at.sxdp_queue_id, at.sxdp_flags, at.sxdp_shared_umem_fd


@cython.cfunc
def as_ifname(value) -> bytes:
    """An interface name; the empty one is index 0, which is no interface."""
    if not isinstance(value, str):
        kind = type(value).__name__
        raise TypeError(f"AF_XDP interface name must be str, not {kind}")
    return as_name(value, "character")


CODEC = Xdp()
