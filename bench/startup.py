"""Fresh interpreters that do one thing: nothing of the site is loaded, and what they take is processor time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from bench.measure import Contender


def command(module: ModuleType | None, code: str) -> list[str]:
    """How to start one; `{module}` in the code is the module's name, and its folder is where it is looked for."""
    if module is None:
        return [sys.executable, "-I", "-S", "-c", code]
    folder = Path(module.__file__ or "").parent
    if hasattr(module, "__path__"):
        folder = folder.parent
    start = f"import sys; sys.path.append({str(folder)!r}); "
    return [sys.executable, "-I", "-S", "-c", start + code.format(module=module.__name__)]


def process_time(command: list[str]) -> float:
    """The seconds of processor time of a process from its start to its end."""
    pid = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"{command} ended with status {status}")
    return usage.ru_utime + usage.ru_stime


def whole(command: list[str], starts: int) -> Contender:
    """Rounds of whole processes: the fastest of some starts."""
    return lambda: min(process_time(command) for _ in range(starts))


def printed(command: list[str]) -> Contender:
    """Rounds of processes that print the seconds of what counts."""
    return lambda: float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
