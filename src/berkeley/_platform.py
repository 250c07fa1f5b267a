"""Which names a system lacks, as data: the functions, methods and constants that the package leaves out there."""

from __future__ import annotations

import sys

# Every name that depends on something a system may be without, by that something.
FUNCTIONS: dict[str, tuple[str, ...]] = {
    "control messages": ("CMSG_LEN", "CMSG_SPACE", "send_fds", "recv_fds"),
    "interface names": ("if_nameindex", "if_nametoindex", "if_indextoname"),
    "host name setting": ("sethostname",),
    "older lookups": (
        "gethostbyname",
        "gethostbyname_ex",
        "gethostname",
        "gethostbyaddr",
        "getnameinfo",
        "getprotobyname",
        "getservbyname",
        "getservbyport",
    ),
}
METHODS: dict[str, tuple[str, ...]] = {
    "control messages": ("recvmsg", "recvmsg_into", "sendmsg", "sendmsg_afalg"),
    "kernel crypto": ("sendmsg_afalg",),
    "connections": ("bind", "connect", "connect_ex", "dup", "getsockopt", "listen", "setsockopt", "shutdown"),
}

# What a system (sys.platform) lacks; one that is not listed lacks nothing but the kernel crypto of Linux.
LACKS: dict[str, tuple[str, ...]] = {
    "linux": (),
    "android": (),
    "win32": ("control messages", "kernel crypto", "host name setting"),
    "emscripten": ("control messages", "kernel crypto", "interface names", "host name setting"),
    "wasi": (
        "control messages",
        "kernel crypto",
        "interface names",
        "host name setting",
        "older lookups",
        "connections",
    ),
}

# The build of Windows 10 that a constant works from: its versions 1607, 1703 and 1709.
FIRST_BUILDS = {"TCP_FASTOPEN": 14393, "TCP_KEEPCNT": 15063, "TCP_KEEPIDLE": 16299, "TCP_KEEPINTVL": 16299}


def absent_functions(system: str = sys.platform) -> set[str]:
    """The module functions that do not exist on a system."""
    return _named(FUNCTIONS, system)


def absent_methods(system: str = sys.platform) -> set[str]:
    """The socket methods that do not exist on a system."""
    return _named(METHODS, system)


def _named(names: dict[str, tuple[str, ...]], system: str) -> set[str]:
    lacking = LACKS.get(system, ("kernel crypto",))
    return {name for feature in lacking for name in names.get(feature, ())}


def too_new_constants(system: str = sys.platform) -> set[str]:
    """The constants that the running Windows is too old for; none when another system only plays Windows."""
    version = getattr(sys, "getwindowsversion", None)
    if system != "win32" or version is None:
        return set()
    build = version().build
    return {name for name, first in FIRST_BUILDS.items() if build < first}


class Absent:
    """Stands in a class for an inherited method that the system lacks: the attribute does not exist."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> object:
        raise AttributeError(f"type object {owner.__name__!r} has no attribute {self.name!r} on this system")
