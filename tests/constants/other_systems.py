"""What the package names on another system: it is imported in a process that claims to run there."""

from __future__ import annotations

import errno
import functools
from typing import Any

import fresh

import berkeley

UNIXES = {"macOS": "darwin", "FreeBSD": "freebsd14", "NetBSD": "netbsd10", "OpenBSD": "openbsd7"}

# Only the import sees the claim: what it imports of the standard library has to work on the real system.
BEFORE = "import enum\nreal, sys.platform = sys.platform, {system!r}"
CODE = """
sys.platform = real
public = {name: getattr(socket, name) for name in dir(socket) if not name.startswith("_")}
enums = (socket.AddressFamily, socket.SocketKind, socket.MsgFlag, socket.AddressInfo)
report({
    "values": {name: value for name, value in public.items() if isinstance(value, (int, str))},
    "all": list(socket.__all__),
    "enums": {made.__name__: {name: int(member) for name, member in made.__members__.items()} for made in enums},
    "names": {made.__name__: {int(member): member.name for member in made} for made in enums},
})
"""


@functools.cache
def report(system: str) -> Any:
    """All constants after an import on that system, what a star import has, and the enumerations."""
    return fresh.run(berkeley, CODE, before=BEFORE.format(system=system))


def constants_on(system: str) -> dict[str, int | str]:
    """The public names of the module that are constants, without what it passes on from errno."""
    passed_on = {*errno.errorcode.values(), "EWOULDBLOCK"}
    return {name: value for name, value in report(system)["values"].items() if name not in passed_on}


def group(system: str, prefix: str) -> dict[str, int | str]:
    """The constants of one documented wildcard."""
    return {name: value for name, value in constants_on(system).items() if name.startswith(prefix)}
