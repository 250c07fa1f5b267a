"""AddressFamily, SocketKind, MsgFlag and AddressInfo, made of this system's table as the interpreter makes its own."""

import enum
import sys

from berkeley.constants import load

CONSTANTS = load(sys.platform)

# The interpreter's enumerations keep unknown bits; Python 3.10 has no other way.
_BOUNDARY = {"boundary": enum.KEEP} if sys.version_info >= (3, 11) else {}


def _collect(base: enum.EnumMeta, name: str, prefix: str) -> enum.EnumMeta:
    """Make the enumeration of all names with a prefix; of two names with one value the first by name is the member."""
    found = [(key, value) for key, value in CONSTANTS.items() if key.startswith(prefix) and key.isupper()]
    found.sort(key=lambda member: (member[1], member[0]))
    made = base(name, found, module="berkeley", **_BOUNDARY)
    CONSTANTS.update(made.__members__)
    return made


AddressFamily = _collect(enum.IntEnum, "AddressFamily", "AF_")
SocketKind = _collect(enum.IntEnum, "SocketKind", "SOCK_")
MsgFlag = _collect(enum.IntFlag, "MsgFlag", "MSG_")
AddressInfo = _collect(enum.IntFlag, "AddressInfo", "AI_")


_MEMBERS = {made: {member.value: member for member in made} for made in (AddressFamily, SocketKind)}


def _intenum_converter(value: int, enum_class: enum.EnumMeta) -> int:
    """Give the member with this value, or the value itself where the enumeration does not know it."""
    return _MEMBERS[enum_class].get(value, value)
