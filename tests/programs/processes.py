"""Which processes descend from this one, those that have lost their parent included."""

from __future__ import annotations

import contextlib
import ctypes
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER = 36, 37  # linux/prctl.h


@contextlib.contextmanager
def adopting_orphans() -> Iterator[None]:
    """Whatever is started within the block and loses its parent becomes a child of this process, and is seen so."""
    libc = ctypes.CDLL(None)
    before = ctypes.c_int()
    libc.prctl(PR_GET_CHILD_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, before.value, 0, 0, 0)


def descendants(root: int | None = None) -> dict[int, str]:
    """The process ids below a process, this one by default, with their commands."""
    parents: dict[int, list[tuple[int, str]]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            head, _, tail = path.read_text("utf-8", "replace").rpartition(")")
            parents.setdefault(int(tail.split()[1]), []).append((int(head.split()[0]), head.partition("(")[2]))
    found: dict[int, str] = {}
    waiting = [os.getpid() if root is None else root]
    while waiting:
        below = parents.get(waiting.pop(), [])
        found.update(below)
        waiting += [pid for pid, _ in below]
    return found


def _bury(pids: Iterable[int]) -> None:
    """Orphans that this process has adopted wait for it to ask how they ended."""
    for pid in pids:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def left_over(before: dict[int, str], patience: float = 10.0) -> dict[int, str]:
    """Those that were not there before, when each has had the time to end."""
    deadline = time.monotonic() + patience
    while new := {pid: command for pid, command in descendants().items() if pid not in before}:
        if time.monotonic() > deadline:
            break
        _bury(new)
        time.sleep(0.05)
    return new
