"""The interpreter's own socket modules, beside berkeley or behind it: what may be asked of them is asked here alone."""

from __future__ import annotations

import importlib
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

# What stood in sys.modules under a name that berkeley has taken: nothing if it was not imported by then.
_behind: dict[str, ModuleType | None] = {}


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
    sys.modules.update({each: module for each, module in _behind.items() if module is not None})
    try:
        return importlib.import_module(name)
    finally:
        for each in _behind:
            sys.modules.pop(each, None)
        sys.modules.update(ours)


def stand_in_for(name: str, module: ModuleType) -> None:
    """From now on `import name` gives this module."""
    _behind[name] = sys.modules.get(name)
    sys.modules[name] = module


def replaced() -> bool:
    """Whether berkeley has the names."""
    return bool(_behind)


def step_forward() -> None:
    """`import socket` and `import _socket` give the interpreter's modules again."""
    for name, module in _behind.items():
        sys.modules.pop(name, None)
        if module is not None:
            sys.modules[name] = module
    _behind.clear()
