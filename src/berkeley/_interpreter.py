"""The interpreter's own socket modules, beside berkeley or behind it: what may be asked of them is asked here alone."""

from __future__ import annotations

import importlib
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

# What stood in sys.modules under a name that berkeley has taken: nothing if it was not imported by then.
_behind: dict[str, ModuleType | None] = {}
# What is in their place, and how to make another one.
_makers: dict[str, Callable[[], ModuleType]] = {}


def own(name: str) -> ModuleType:
    """The interpreter's module "socket" or "_socket", imported if need be, even while berkeley has its name."""
    if name not in _behind:
        return importlib.import_module(name)
    module = _behind[name]
    if module is None:
        module = _behind[name] = _imported_behind(name)
    return module


def imported(name: str) -> ModuleType | None:
    """The same, but None if nobody has imported it."""
    return _behind[name] if name in _behind else sys.modules.get(name)


def _imported_behind(name: str) -> ModuleType:
    # For the moment of the import the names are the interpreter's again, since its modules ask for each other.
    ours = {each: sys.modules.pop(each) for each in _behind if each in sys.modules}
    sys.meta_path.remove(_finder)
    sys.modules.update({each: module for each, module in _behind.items() if module is not None})
    try:
        return importlib.import_module(name)
    finally:
        for each in _behind:
            sys.modules.pop(each, None)
        sys.modules.update(ours)
        sys.meta_path.insert(0, _finder)


def stand_in_for(name: str, module: ModuleType, another: Callable[[], ModuleType]) -> None:
    """From now on `import name` gives this module, and another one to who has taken it out of sys.modules."""
    if not _behind:
        sys.meta_path.insert(0, _finder)
    _behind[name] = sys.modules.get(name)
    _makers[name] = another
    sys.modules[name] = module


def replaced() -> bool:
    """Whether berkeley has the names."""
    return bool(_behind)


def step_forward() -> None:
    """`import socket` and `import _socket` give the interpreter's modules again."""
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
    for name, module in _behind.items():
        sys.modules.pop(name, None)
        if module is not None:
            sys.modules[name] = module
    _behind.clear()


class _Finder:
    """Finds our modules under the interpreter's names, and is their loader; eventlet imports socket more than once."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        return type(sys.__spec__)(name, self) if name in _makers else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _makers[spec.name]()

    def exec_module(self, module: ModuleType) -> None:
        """It is complete."""


_finder = _Finder()
