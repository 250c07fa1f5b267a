"""`python -m berkeley run`: a program finds berkeley where it asks for socket, and its own arguments and neighbours."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ASK = """
import sys, socket, _socket
print(socket.__name__, _socket.socket is socket.SocketType, __name__, sys.argv[1:])
"""


def run(*arguments: object, folder: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "berkeley", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False, **options)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "there" / "program.py"
    path.parent.mkdir()
    path.write_text(ASK, "utf-8")
    return path


def test_a_script_finds_berkeley_and_its_own_arguments(program: Path, tmp_path: Path) -> None:
    done = run("run", program, "-m", "one", "--two", folder=tmp_path)
    assert done.stdout == "berkeley True __main__ ['-m', 'one', '--two']\n"
    assert done.returncode == 0


def test_a_module_finds_berkeley_and_its_own_arguments(program: Path) -> None:
    done = run("run", "-m", "program", "-v", "x", folder=program.parent)
    assert done.stdout == "berkeley True __main__ ['-v', 'x']\n"


def test_a_package_is_run_by_its_main_module(program: Path) -> None:
    package = program.parent / "package"
    package.mkdir()
    (package / "__main__.py").write_text(ASK, "utf-8")
    assert run("run", "-m", "package", folder=program.parent).stdout == "berkeley True __main__ []\n"


def test_a_script_imports_what_lies_beside_it(program: Path, tmp_path: Path) -> None:
    (program.parent / "beside.py").write_text("word = 'beside'", "utf-8")
    program.write_text("import beside; print(beside.word)", "utf-8")
    assert run("run", program, folder=tmp_path).stdout == "beside\n"


@pytest.mark.parametrize(("ending", "status"), [("raise SystemExit(7)", 7), ("1 / 0", 1), ("pass", 0)])
def test_the_exit_status_is_the_programs_own(program: Path, tmp_path: Path, ending: str, status: int) -> None:
    program.write_text(ending, "utf-8")
    assert run("run", program, folder=tmp_path).returncode == status


def test_what_the_standard_library_imports_runs_on_berkeley(program: Path, tmp_path: Path) -> None:
    program.write_text(
        "import socketserver, http.client, asyncio, socket\n"
        "print(socketserver.socket is http.client.socket is socket, type(asyncio.new_event_loop()._ssock).__module__)",
        "utf-8",
    )
    done = run("run", program, folder=tmp_path)
    assert done.stdout == "True berkeley\n"


@pytest.mark.parametrize("arguments", [[], ["run", "-m"], ["run", "-c"], ["run", "--unknown"], ["walk", "x.py"]])
def test_a_wrong_command_line_gets_the_usage(tmp_path: Path, arguments: list[str]) -> None:
    done = run(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert "usage: python -m berkeley run" in done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"]])
def test_help_is_no_error(tmp_path: Path, arguments: list[str]) -> None:
    done = run(*arguments, folder=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("usage: ")


def test_an_unbuilt_core_says_in_one_line_what_to_do(tmp_path: Path) -> None:
    import berkeley

    package = tmp_path / "berkeley"
    for path in Path(berkeley.__file__).parent.rglob("*.py"):
        target = package / path.relative_to(Path(berkeley.__file__).parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    stub = tmp_path / "cython.py"  # whether or not Cython itself is installed
    stub.write_text("compiled = False\ndef __getattr__(name): raise AttributeError(name)\n", "utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import berkeley"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].startswith("ImportError: berkeley's compiled core is not built here")


def test_a_missing_script_is_told_in_one_line(tmp_path: Path) -> None:
    done = run("run", "missing.py", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "can't open file" in done.stderr


def test_a_missing_module_is_told_in_one_line(tmp_path: Path) -> None:
    done = run("run", "-m", "no_such_module_anywhere", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "No module named" in done.stderr


def test_the_program_is_main_to_the_end_of_the_process(program: Path, tmp_path: Path) -> None:
    program.write_text(
        "import atexit, sys\nvalue = 'kept'\natexit.register(lambda: print(sys.modules['__main__'].value, __file__))",
        "utf-8",
    )
    assert run("run", program, folder=tmp_path).stdout == f"kept {program}\n"


@pytest.fixture
def early(tmp_path: Path) -> dict[str, str]:
    """An environment in which every interpreter imports http.client at its start, and with it socket."""
    (tmp_path / "early").mkdir()
    (tmp_path / "early" / "sitecustomize.py").write_text("import http.client", "utf-8")
    return {**os.environ, "PYTHONPATH": str(tmp_path / "early")}


def test_a_module_that_came_before_us_is_named(program: Path, tmp_path: Path, early: dict[str, str]) -> None:
    done = run("run", program, folder=tmp_path, env=early)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(r"too late: .*\bhttp\.client\b", done.stderr)


def test_with_best_effort_such_a_module_is_turned(program: Path, tmp_path: Path, early: dict[str, str]) -> None:
    program.write_text("import sys; print(sys.modules['http.client'].socket.__name__)", "utf-8")
    assert run("run", "--best-effort", program, folder=tmp_path, env=early).stdout == "berkeley\n"
