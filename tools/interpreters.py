"""Finds the CPython interpreters 3.10 to 3.14 on this machine: those on PATH and those of pyenv."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

MINORS = ("3.10", "3.11", "3.12", "3.13", "3.14")
ASK = "import json, sys; print(json.dumps([sys.implementation.name, list(sys.version_info), sys.executable]))"

# (3, 12, 1, "final", 0): release levels are in the order of the alphabet, so versions compare as they are.
Version = tuple[int, int, int, str, int]


def _answer(command: list[str | Path]) -> str:
    """What a command prints, or "" if it does not start, fails or hangs."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _on_path(name: str) -> Iterator[Path]:
    for directory in os.get_exec_path():
        if path := shutil.which(name, path=directory):
            yield Path(path)


def _in_pyenv(name: str) -> Iterator[Path]:
    root = _answer(["pyenv", "root"])
    if root:
        yield from sorted(Path(root, "versions").glob(f"*/bin/{name}"))


def _identify(path: Path) -> tuple[Version, Path] | None:
    """Version and true path of a CPython, None for anything else: a pyenv shim exists even where it cannot start."""
    try:
        implementation, version, executable = json.loads(_answer([path, "-c", ASK]))
    except ValueError:
        return None
    return (tuple(version), Path(executable)) if implementation == "cpython" else None


def _newest(minor: str) -> Path | None:
    name = f"python{minor}"
    found = [known for path in (*_on_path(name), *_in_pyenv(name)) if (known := _identify(path))]
    right = [known for known in found if "{}.{}".format(*known[0]) == minor]
    return max(right, key=lambda known: known[0])[1] if right else None


def find() -> dict[str, Path]:
    """The newest patch release of each minor version that really starts, by version as in "3.12"."""
    newest = {minor: _newest(minor) for minor in MINORS}
    return {minor: path for minor, path in newest.items() if path}


if __name__ == "__main__":
    for path in find().values():
        print(path)
