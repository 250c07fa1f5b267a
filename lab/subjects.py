"""The interpreters that the lab runs: those of `make test`, with their environments, or a python taken as it is."""

from __future__ import annotations

import dataclasses
import os
import shlex
import subprocess
from pathlib import Path

from lab.job import ROOT, VARIABLES
from lab.needs import LabError
from tools import interpreters
from tools.environment import environment

EXTRAS = "test,bench"
COMPILING = ("BERKELEY_LAB", "PYTHONPATH", "PYTHONPYCACHEPREFIX")
ASK = "import sys; print('{}.{}'.format(*sys.version_info))"


@dataclasses.dataclass(frozen=True)
class Subject:
    """An interpreter that has pytest and the package."""

    version: str
    python: Path


def compile_ahead(subject: Subject, tests: list[str], conformance: bool) -> None:
    """Leave byte code for the guest, of the tests as pytest rewrites them too; what fails here is seen there."""
    variables = {
        **os.environ,
        **{name: VARIABLES[name] for name in ("BERKELEY_LAB", "PYTHONPATH", "PYTHONPYCACHEPREFIX")},
    }
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    commands = [["-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", *tests]]
    if conformance:
        commands.append(["-c", "import test.test_socket, test.libregrtest.main, lab.guest, tools.conformance"])
    for command in commands:
        subprocess.run([subject.python, *command], cwd=ROOT, env=variables, capture_output=True, check=False)


def find(wanted: list[str]) -> list[Subject]:
    """Those wanted, by version or by path; all at hand if none is named."""
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
        raise LabError(f"{python} does not start: {error}") from error
    return Subject(done.stdout.strip(), python.absolute())


def _with_environment(versions: list[str]) -> list[Subject]:
    found = interpreters.find()
    absent = [version for version in versions if version not in found]
    if absent or not found:
        raise LabError(f"no CPython {' or '.join(absent) or '3.10 to 3.14'} found")
    try:
        return [Subject(version, environment(found[version], version, EXTRAS)) for version in versions or found]
    except subprocess.CalledProcessError as error:
        raise LabError(f"no environment, because this failed: {shlex.join(map(str, error.cmd))}") from error
