"""A program under `python -m berkeley run` beside the same under plain `python`: what it prints, and how it ends."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import zipapp
from pathlib import Path

import pytest

# All that __main__ holds, its arguments, its path and its flags; with postponed annotations not leaking in.
SHOW = '''"""What a program sees of itself."""
import sys
seen = {name: str(value) for name, value in globals().items() if name != "__builtins__"}
for name in sorted(seen):
    print(name, "=", seen[name])
print(type(__builtins__), sys.argv, sys.path, sys.flags, sys.warnoptions)
def typed(number: int): pass
print(typed.__annotations__, sys.stdin.read())
'''
FAILING = """
def fail():
    1 / 0

try:
    fail()
except ZeroDivisionError as error:
    raise ValueError("second") from error
"""
GROUP = "raise ExceptionGroup('both', [ValueError(1), KeyError(2)])" if sys.version_info >= (3, 11) else "1 / 0"

PROGRAMS: dict[str, list[str]] = {
    "script": ["show.py", "one", "-m", "--children"],
    "script, relative": [os.path.join(os.curdir, "show.py")],
    "script, linked": ["linked.py"],
    "script, failing": ["failing.py"],
    "script, malformed": ["malformed.py"],
    "script, compiled": ["compiled.pyc", "x"],
    "script, not there": ["missing.py"],
    "module": ["-m", "show", "-c", "x"],
    "module, failing": ["-m", "failing"],
    "module, malformed": ["-m", "malformed"],
    "module, not there": ["-m", "no_such_module"],
    "package": ["-m", "package", "x"],
    "module of a package": ["-m", "package.failing"],
    "folder": ["package", "x"],
    "folder without a program": ["empty"],
    "zip file": ["program.pyz", "x"],
    "code": ["-c", SHOW, "-", "x"],
    "code, failing": ["-c", FAILING],
    "code, malformed": ["-c", "x = = 1"],
    "code, error group": ["-c", GROUP],
    "code, failing thread": ["-c", "import threading; t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()"],
    "code, warning": ["-c", "import warnings; warnings.warn('look')"],
    "code, traceback printed": ["-c", "import traceback\ntry: 1 / 0\nexcept Exception: traceback.print_exc()"],
    "code, hook of its own": [
        "-c",
        "import sys; sys.excepthook = lambda k, v, t: print(k, t.tb_lineno, t.tb_next)\n1 / 0",
    ],
    "code, status": ["-c", "raise SystemExit(7)"],
    "code, text as status": ["-c", "raise SystemExit('said')"],
    "code, interrupted": ["-c", "raise KeyboardInterrupt"],
    "code, killed": ["-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"],
    "code, at exit": ["-c", "import atexit; atexit.register(lambda: print(__name__, value)); value = 3"],
    "code, last error": [
        "-c",
        "import atexit, sys; atexit.register(lambda: print(sys.last_traceback.tb_lineno))\n\n1 / 0",
    ],
}
FROM_INPUT: dict[str, tuple[list[str], str]] = {
    "input": (["-", "x"], SHOW),
    "input, not named": ([], SHOW),
    "input, failing": (["-"], FAILING),
    "input, empty": (["-"], ""),
}
FLAGS: dict[str, list[str]] = {
    "plain": [],
    "isolated": ["-I"],
    "strict": ["-X", "dev", "-W", "error", "-O", "-B"],
    **({"safe path": ["-P"]} if sys.version_info >= (3, 11) else {}),
}
UNDER_FLAGS = ["script", "script, failing", "module", "package", "folder", "zip file", "code", "code, failing"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("programs")
    texts = {"show.py": SHOW, "failing.py": FAILING, "malformed.py": "x = = 1\n"}
    texts |= {"package/__main__.py": SHOW, "package/failing.py": FAILING, "elsewhere/target.py": SHOW}
    for name, text in texts.items():
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).write_text(text, "utf-8")
    (made / "empty").mkdir()
    (made / "linked.py").symlink_to(made / "elsewhere" / "target.py")
    zipapp.create_archive(made / "package", made / "program.pyz")
    compiler = "import py_compile; py_compile.compile('show.py', 'compiled.pyc', doraise=True)"
    subprocess.run([sys.executable, "-c", compiler], cwd=made, check=True)
    return made


def outcome(folder: Path, words: list[str], text: str = "") -> tuple[int, str, str]:
    """Status, output and errors of an interpreter with these arguments; addresses in them are no difference."""
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=folder, input=text, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, *(re.sub("0x[0-9a-f]+", "0x", each) for each in (done.stdout, done.stderr))


def same(folder: Path, flags: list[str], words: list[str], text: str = "") -> bool:
    # Code that stands in the command itself is compiled by nobody beforehand, and byte code would be left behind.
    plain = outcome(folder, [*flags, *words], text)
    assert outcome(folder, [*flags, "-m", "berkeley", "run", *words], text) == plain
    return bool(plain[1] or plain[2] or plain[0])


@pytest.mark.parametrize("words", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_prints_and_ends_as_under_plain_python(folder: Path, words: list[str]) -> None:
    assert same(folder, [], words)


@pytest.mark.parametrize("flags", FLAGS.values(), ids=FLAGS)
@pytest.mark.parametrize("name", UNDER_FLAGS)
def test_options_of_the_interpreter_reach_the_program(folder: Path, flags: list[str], name: str) -> None:
    assert same(folder, flags, PROGRAMS[name])


@pytest.mark.parametrize(("words", "text"), FROM_INPUT.values(), ids=FROM_INPUT)
def test_a_program_from_standard_input_runs_as_under_plain_python(folder: Path, words: list[str], text: str) -> None:
    assert same(folder, [], words, text) == bool(text)


def test_a_terminal_gets_a_console(folder: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "berkeley", "run"]
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder)
    os.write(ours, b"import socket; print(socket.__name__, __name__)\nexit()\n")
    output, _ = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert b"berkeley __main__\n" in output


def test_a_program_may_be_named_by_its_full_path(folder: Path, tmp_path: Path) -> None:
    script = shutil.copy(folder / "failing.py", tmp_path)
    assert same(folder, [], [str(script)])
