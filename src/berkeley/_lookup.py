"""Lookups as programs see them: getaddrinfo() with enum members, and getfqdn()."""

from __future__ import annotations

from berkeley import _netdb, _public
from berkeley._enums import AddressFamily, SocketKind, _intenum_converter
from berkeley._errors import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def getaddrinfo(
    host: str | bytes | bytearray | None,
    port: str | bytes | int | None,
    family: int = 0,
    type: int = 0,
    proto: int = 0,
    flags: int = 0,
) -> list[tuple[int, int, int, str, Any]]:
    """getaddrinfo(host, port, family=0, type=0, proto=0, flags=0) -> [(family, type, proto, canonname, sockaddr), ...].

    host is a name, an address text or None; port a service name, a number or None. family, type and proto (0 for
    any) narrow the result, flags are AI_*. Raises gaierror, which is a UnicodeError too for names outside IDNA.
    """
    return [
        (_intenum_converter(af, AddressFamily), _intenum_converter(kind, SocketKind), number, canonname, sockaddr)
        for af, kind, number, canonname, sockaddr in _netdb.getaddrinfo(host, port, family, type, proto, flags)
    ]


def getfqdn(name: str = "") -> str:
    """getfqdn([name]) -> the first name with a period among those of a host; without a name, of this host.

    Where no such name is found, the name itself (this host's name for "", "0.0.0.0" and "::").
    """
    name = name.strip()
    if not name or name in ("0.0.0.0", "::"):
        name = _public.names["gethostname"]()
    try:
        names: tuple[str, list[str], list[str]] = _public.names["gethostbyaddr"](name)
    except error:
        return name
    return next((known for known in (names[0], *names[1]) if "." in known), names[0])
