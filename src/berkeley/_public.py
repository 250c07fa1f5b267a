"""The public namespace as programs see it, so that what they assign to `socket.socket` and the like counts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


# Filled by the package when it has been imported: its own globals, and so always up to date.
names: dict[str, Any] = {}


def register(namespace: dict[str, Any]) -> None:
    """Take the namespace that programs import from and may patch."""
    global names
    names = namespace
