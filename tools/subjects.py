"""The interpreters that a command is to use: those of `make test` with their environments, or a python as it is."""

from __future__ import annotations

import dataclasses
import shlex
import subprocess
from pathlib import Path

from tools import interpreters
from tools.environment import environment

EXTRAS = "test,bench,programs"
ASK = "import sys; print('{}.{}'.format(*sys.version_info))"


class SubjectError(Exception):
    """No such interpreter, or no environment for it, in one sentence for the user."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """An interpreter that has the package."""

    version: str
    python: Path


def find(wanted: list[str]) -> list[Subject]:
    """Those wanted, by version, by path, or as "oldest" and "newest"; all at hand if none is named."""
    paths = [name for name in wanted if "/" in name]
    versions = [name for name in wanted if "/" not in name]
    chosen = [_as_it_is(Path(name)) for name in paths]
    if versions or not paths:
        chosen += _with_environment(versions)
    return chosen


def _as_it_is(python: Path) -> Subject:
    try:
        done = subprocess.run([python, "-c", ASK], capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise SubjectError(f"{python} does not start: {error}") from error
    return Subject(done.stdout.strip(), python.absolute())


def _with_environment(versions: list[str]) -> list[Subject]:
    found = interpreters.find()
    ends = dict(zip(("oldest", "newest"), (*list(found)[:1], *list(found)[-1:]), strict=False))
    named = list(dict.fromkeys(ends.get(version, version) for version in versions))
    absent = [version for version in named if version not in found]
    if absent or not found:
        raise SubjectError(f"no CPython {' or '.join(absent) or '3.10 to 3.14'} found")
    try:
        return [Subject(version, environment(found[version], version, EXTRAS)) for version in named or found]
    except subprocess.CalledProcessError as error:
        raise SubjectError(f"no environment, because this failed: {shlex.join(map(str, error.cmd))}") from error
