"""Child processes on berkeley too: those of multiprocessing always, other Python programs where it is asked for."""

from __future__ import annotations

import os
import sys

from berkeley._socket import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

# multiprocessing starts every process that is no fork with `python -c`, and all by this one function.
MODULE, STARTER = "multiprocessing.util", "spawnv_passfds"
# Its programs that end in code of the user; its resource tracker has no use for sockets.
PROGRAMS = ("from multiprocessing.spawn import", "from multiprocessing.forkserver import")
INSTALL = "import berkeley; berkeley.install(best_effort=True); "
# A folder with a sitecustomize, which every interpreter imports at its start if it is on PYTHONPATH.
STARTUP = os.path.join(os.path.dirname(__file__), "_startup")
PATH = "PYTHONPATH"


def follow() -> None:
    """Have what multiprocessing starts from now on run on berkeley."""
    if MODULE in sys.modules:
        _take_over(sys.modules[MODULE])
    elif _watcher not in sys.meta_path:
        sys.meta_path.insert(0, _watcher)
    # It pickles a socket by its exact class, which was another one if it has been imported before.
    reduction = sys.modules.get("multiprocessing.reduction")
    if reduction is not None:
        reduction.register(socket, reduction._reduce_socket)


def follow_subprocesses() -> None:
    """Have all Python programs run on berkeley that are started from now on with this environment."""
    folders = os.environ.get(PATH, "")
    if not _leads(folders):
        os.environ[PATH] = os.pathsep.join([STARTUP, folders] if folders else [STARTUP])


def leave() -> None:
    """Undo both."""
    if _watcher in sys.meta_path:
        sys.meta_path.remove(_watcher)
    starter = getattr(sys.modules.get(MODULE), STARTER, None)
    if isinstance(starter, _Starter):
        setattr(sys.modules[MODULE], STARTER, starter.original)
    folders = os.environ.get(PATH, "")
    if folders == STARTUP:
        del os.environ[PATH]
    elif _leads(folders):
        os.environ[PATH] = folders[len(STARTUP + os.pathsep) :]


def _leads(folders: str) -> bool:
    return folders.split(os.pathsep)[0] == STARTUP


def _take_over(util: ModuleType) -> None:
    original = getattr(util, STARTER)
    if not isinstance(original, _Starter):
        setattr(util, STARTER, _Starter(original))


class _Starter:
    """spawnv_passfds() of multiprocessing, for programs that install berkeley before all else."""

    def __init__(self, original: Any) -> None:
        self.original = original

    def __call__(self, path: Any, args: Sequence[Any], passfds: Sequence[int]) -> Any:
        return self.original(path, [_on_berkeley(word) for word in args], passfds)


def _on_berkeley(word: Any) -> Any:
    return INSTALL + word if isinstance(word, str) and word.startswith(PROGRAMS) else word


class _Watcher:
    """Finds no module itself: it waits for the one whose function is to be taken over."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != MODULE:
            return None
        sys.meta_path.remove(self)
        import importlib.util

        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)  # type: ignore[assignment]
        return spec


class _Loader:
    """Loads the module by its own loader, which it then leaves to the module, and takes the function over."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)  # type: ignore[no-any-return]

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self.loader
        if module.__spec__ is not None:
            module.__spec__.loader = self.loader
        self.loader.exec_module(module)
        _take_over(module)


_watcher = _Watcher()
