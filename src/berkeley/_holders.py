"""Who has the interpreter's socket module by the time berkeley is installed, and what of that can be exchanged."""

from __future__ import annotations

import sys

from berkeley import _interpreter, _public

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any

OWN = ("socket", "_socket")
# Built on the interpreter's own type for good: its C code has taken the capsule of the module it found.
TIED = ("_ssl",)

_exchanged: list[tuple[dict[str, Any], str, Any, Any]] = []


def holders() -> list[str]:
    """The names of the modules that hold the interpreter's socket module, or classes and functions of it."""
    found = {module.__name__ for module, _, _ in _references()} | set(_tied())
    return sorted(found)


def exchange() -> list[str]:
    """Give every module berkeley's things for those it holds, and tell which are tied to the old ones all the same."""
    for module, name, replacement in list(_references()):
        if replacement is not None:
            namespace = vars(module)
            _exchanged.append((namespace, name, namespace[name], replacement))
            namespace[name] = replacement
    return sorted({module.__name__ for module, _, _ in _references()} | set(_tied()))


def change_back() -> None:
    """Undo exchange(), except where somebody has assigned something else since."""
    for namespace, name, old, replacement in _exchanged:
        if namespace.get(name) is replacement:
            namespace[name] = old
    _exchanged.clear()


def _references() -> Iterator[tuple[ModuleType, str, Any]]:
    """(module, name, what berkeley has in its place or None) for every global that is the interpreter's."""
    theirs = {id(thing): replacement for thing, replacement in _replacements()}
    skipped = {id(module) for module in map(_interpreter.imported, OWN)}
    for module in _modules():
        if id(module) not in skipped:
            for name, value in list(vars(module).items()):
                if id(value) in theirs:
                    yield module, name, theirs[id(value)]


def _replacements() -> Iterator[tuple[Any, Any]]:
    """Everything that the interpreter's modules define, and the modules themselves, with berkeley's counterpart."""
    counterparts = {"socket": sys.modules[__package__], "_socket": sys.modules.get("_socket")}
    for own in OWN:
        module = _interpreter.imported(own)
        if module is not None:
            yield module, counterparts[own] if _interpreter.replaced() else None
            for name, value in vars(module).items():
                if getattr(value, "__module__", None) in OWN:
                    yield value, _public.names.get(name)


def _tied() -> Iterator[str]:
    """Modules that no assignment can turn: those with classes derived from the interpreter's type, and C code."""
    yield from (name for name in TIED if name in sys.modules)
    module = _interpreter.imported("_socket")
    if module is not None:
        yield from (derived.__module__ for derived in _derived(module.socket) if derived.__module__ not in OWN)


def _derived(kind: type) -> Iterator[type]:
    direct: list[type] = kind.__subclasses__()
    for derived in direct:
        yield derived
        yield from _derived(derived)


def _modules() -> list[ModuleType]:
    # A program may have put anything into sys.modules; only what has a namespace of its own can hold something.
    return [module for module in list(sys.modules.values()) if isinstance(getattr(module, "__dict__", None), dict)]
