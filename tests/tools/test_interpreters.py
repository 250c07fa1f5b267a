"""The finder of interpreters, among programs that only pretend to be one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """write("bin/python3.12", "exit 127") makes a shell program."""

    def script(path: str, body: str) -> Path:
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"#!/bin/sh\n{body}\n")
        target.chmod(0o755)
        return target

    return script


def pretended(version: list[object], executable: str, implementation: str = "cpython") -> str:
    return f"echo '{json.dumps([implementation, version, executable])}'"


@pytest.fixture
def find(tool: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """The finder, with a PATH of bin/ and second/ alone."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{tmp_path / 'second'}")
    return tool("interpreters").find  # type: ignore[no-any-return]


def test_an_interpreter_on_path_is_found_by_its_own_name_for_itself(find: Callable[[], object], write: Write) -> None:
    minor = "{}.{}".format(*sys.version_info)
    write(f"bin/python{minor}", f'exec {sys.executable} "$@"')
    assert find() == {minor: Path(sys.executable)}


def test_a_shim_that_cannot_start_is_not_an_interpreter(find: Callable[[], object], write: Write) -> None:
    write("bin/python3.11", "echo 'command not found' >&2; exit 127")
    assert find() == {}


def test_a_program_that_prints_something_else_is_not_an_interpreter(find: Callable[[], object], write: Write) -> None:
    write("bin/python3.11", "echo hello")
    assert find() == {}


def test_an_interpreter_that_is_not_cpython_is_passed_over(find: Callable[[], object], write: Write) -> None:
    write("bin/python3.11", pretended([3, 11, 9, "final", 0], "/opt/pypy", "pypy"))
    assert find() == {}


def test_an_interpreter_behind_a_failing_shim_is_still_found(find: Callable[[], object], write: Write) -> None:
    write("bin/python3.12", "exit 127")
    write("second/python3.12", pretended([3, 12, 4, "final", 0], "/opt/python3.12"))
    assert find() == {"3.12": Path("/opt/python3.12")}


def test_the_newest_patch_release_of_a_minor_version_wins(
    find: Callable[[], object], write: Write, tmp_path: Path
) -> None:
    write("bin/python3.12", pretended([3, 12, 4, "final", 0], "/opt/path"))
    write("bin/pyenv", f"echo {tmp_path / 'pyenv'}")
    write("pyenv/versions/3.12.11/bin/python3.12", pretended([3, 12, 11, "final", 0], "/opt/pyenv"))
    write("pyenv/versions/3.12.9/bin/python3.12", pretended([3, 12, 9, "final", 0], "/opt/older"))
    assert find() == {"3.12": Path("/opt/pyenv")}


def test_a_final_release_is_newer_than_its_candidates(find: Callable[[], object], write: Write) -> None:
    write("bin/python3.14", pretended([3, 14, 0, "candidate", 2], "/opt/candidate"))
    write("second/python3.14", pretended([3, 14, 0, "final", 0], "/opt/final"))
    assert find() == {"3.14": Path("/opt/final")}


def test_a_name_that_starts_another_version_is_passed_over(find: Callable[[], object], write: Write) -> None:
    write("bin/python3.13", pretended([3, 9, 1, "final", 0], "/opt/python3.9"))
    assert find() == {}
