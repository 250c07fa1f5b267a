"""AF_NETLINK addresses: (pid, groups), as struct sockaddr_nl (linux/netlink.h, netlink(7))."""

from __future__ import annotations

from operator import index
from struct import Struct

from berkeley.sockaddr._layout import Names, as_tuple, as_unsigned, unpacked

# nl_family, nl_pad, nl_pid, nl_groups
SOCKADDR_NL = Struct("=H2xII")

ALL_GROUPS = 0xFFFFFFFF


def encode(address: object, names: Names, caller: str = "bind", proto: int = 0, family: int = 16) -> bytes:
    """The sockaddr_nl of (pid, groups); groups is a mask of 32 bits, -1 stands for all of them."""
    pair = as_tuple(address, "AF_NETLINK", caller)
    if len(pair) != 2:
        raise TypeError("AF_NETLINK address must be a pair (pid, groups)")
    pid = as_unsigned(pair[0], 32, "pid", caller)
    return SOCKADDR_NL.pack(family, pid, as_groups(pair[1], caller))


def decode(raw: bytes, names: Names, proto: int = 0) -> tuple[int, int]:
    """(pid, groups) of a sockaddr_nl."""
    _, pid, groups = unpacked(SOCKADDR_NL, raw, "AF_NETLINK")
    return pid, groups


def as_groups(value: object, caller: str) -> int:
    """A multicast group mask."""
    if index(value) == -1:  # type: ignore[arg-type]
        return ALL_GROUPS
    return as_unsigned(value, 32, "groups", caller)
