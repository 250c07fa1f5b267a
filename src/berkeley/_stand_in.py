"""The modules that stand in for the interpreter's: one with the names of _socket, and further copies of our own."""

from __future__ import annotations

import sys
from types import ModuleType

from berkeley import _base, _netdb, _pair, _platform, _public
from berkeley.constants import load

# What the interpreter's _socket module offers besides constants; the classes and functions are the public ones.
NAMES = [
    *["CAPI", "CMSG_LEN", "CMSG_SPACE", "close", "dup", "error", "gaierror", "getdefaulttimeout"],
    *["gethostbyaddr", "gethostbyname", "gethostbyname_ex", "gethostname", "getnameinfo", "getprotobyname"],
    *["getservbyname", "getservbyport", "herror", "htonl", "htons", "if_indextoname", "if_nameindex"],
    *["if_nametoindex", "inet_aton", "inet_ntoa", "inet_ntop", "inet_pton", "ntohl", "ntohs"],
    *["setdefaulttimeout", "sethostname", "timeout"],
]


def made() -> ModuleType:
    """A new module with the names of _socket: the compiled type, functions, numbers, the capsule for the ssl module."""
    module = ModuleType("_socket", "The compiled layer of berkeley under the name of the interpreter's own.")
    module.__dict__.update(load(sys.platform))
    for name in NAMES:
        if name not in _platform.absent_functions():
            setattr(module, name, _public.names[name])
    module.socket = module.SocketType = _base.socket  # type: ignore[attr-defined]
    module.socketpair = _socketpair  # type: ignore[attr-defined]
    module.getaddrinfo = _netdb.getaddrinfo  # type: ignore[attr-defined]  # plain numbers, as everything here
    return module


def copied(package: ModuleType) -> ModuleType:
    """A module with all names of ours as they are now: what is assigned in one does not show in the other."""
    module = ModuleType("socket", package.__doc__)
    module.__dict__.update({name: value for name, value in vars(package).items() if not name.startswith("__")})
    module.__dict__.update(__all__=package.__all__, __version__=package.__version__, __file__=package.__file__)
    return module


def _socketpair(family: int | None = None, type: int = 1, proto: int = 0) -> tuple[_base.socket, _base.socket]:
    """socketpair() with objects of the compiled type."""
    return tuple(_as_base(sock) for sock in _pair.socketpair(family, type, proto))  # type: ignore[return-value]


def _as_base(sock: _base.socket) -> _base.socket:
    made = _base.socket(sock.family, sock.type, sock.proto, sock.fileno())
    sock.detach()
    return made
