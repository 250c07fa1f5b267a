"""What the codecs share: numbered fields of fixed width and the shape of address tuples, checked with clear errors."""

from __future__ import annotations

from operator import index
from struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Names:
    """What a codec asks of its surroundings to turn names into numbers: it does no lookup of its own.

    These surroundings know no name; the live ones and those of tests have the same methods.
    """

    def host(self, host: object, family: int) -> bytes:
        """Packed address of a host text, resolved if it is a name."""
        raise OSError(f"host {host!r} is not known here")

    def text(self, packed: bytes, family: int) -> str:
        """Numeric text of a packed address."""
        return packed.hex(":")

    def ifindex(self, name: str) -> int:
        """Index of a network interface."""
        raise OSError(f"interface {name!r} is not known here")

    def ifname(self, index: int) -> str:
        """Name of a network interface, "" if it has none."""
        return ""


def as_tuple(address: object, family: str, caller: str) -> tuple[object, ...]:
    """The address itself, which has to be a tuple."""
    if type(address) is tuple:
        return address
    if not isinstance(address, tuple):
        kind = type(address).__name__
        raise TypeError(f"{caller}(): {family} address must be tuple, not {kind}")
    return tuple(address)


def as_port(value: object, caller: str) -> int:
    """A port number."""
    port = value if type(value) is int else index(value)  # type: ignore[arg-type]
    if not 0 <= port <= 0xFFFF:
        raise OverflowError(f"{caller}(): port must be 0-65535.")
    return port


def as_unsigned(value: object, bits: int, what: str, caller: str) -> int:
    """An unsigned integer of `bits` bits; nothing is ever cut."""
    number = index(value)  # type: ignore[arg-type]
    if not 0 <= number < 1 << bits:
        raise OverflowError(f"{caller}(): {what} must be 0-{(1 << bits) - 1}.")
    return number


def unpacked(layout: Struct, raw: bytes, family: str) -> tuple[Any, ...]:
    """The fields of a sockaddr, which has to be whole."""
    if len(raw) < layout.size:
        raise ValueError(f"an {family} address has {layout.size} bytes, not {len(raw)}")
    return layout.unpack_from(raw)
