"""Child processes of a program on berkeley: those of multiprocessing follow it, other programs where asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

METHODS = ("fork", "spawn", "forkserver")
PARENT = """
import {module} as multiprocessing
import concurrent.futures, socket, sys

def answer(sock):
    import socket, _socket
    with sock:
        word = sock.recv(10)
        sock.sendall(word.upper())
    return socket.__name__, type(sock) is socket.socket, isinstance(sock, _socket.socket), __name__

def report(queue, sock):
    queue.put(answer(sock))

if __name__ == "__main__":
    context = multiprocessing.get_context({method!r})
    ours, theirs = socket.socketpair()
    ours.sendall(b"word")
    {start}
    print(ours.recv(10), *answered)
    ours.close()
    theirs.close()
"""
PROCESS = """queue = context.Queue()
    process = context.Process(target=report, args=(queue, theirs))
    process.start()
    answered = queue.get(timeout=30)
    process.join()"""
POOL = """with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        answered = pool.submit(answer, theirs).result(timeout=30)"""
ASK = "import socket, sys; print(socket.__name__)"


def run(*words: object, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def sitecustomize(tmp_path: Path) -> Path:
    """A folder with a sitecustomize of the user's own."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import sys; sys.seen_by_mine = 'mine'", "utf-8")
    return folder


@pytest.mark.parametrize("start", [PROCESS, POOL], ids=["process", "pool"])
@pytest.mark.parametrize("method", METHODS)
def test_children_of_multiprocessing_run_on_berkeley(tmp_path: Path, method: str, start: str) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(module="multiprocessing", method=method, start=start), "utf-8")
    printed = run("-m", "berkeley", "run", script).split()
    assert printed[:4] == ["b'WORD'", "berkeley", "True", "True"]
    assert printed[4] == ("__main__" if method == "fork" else "__mp_main__")


def test_children_follow_where_multiprocessing_was_imported_before(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    early = "import multiprocessing.util, berkeley\nberkeley.install(best_effort=True)\n"
    script.write_text(early + PARENT.format(module="multiprocessing", method="spawn", start=PROCESS), "utf-8")
    assert run(script).split()[:3] == ["b'WORD'", "berkeley", "True"]


def test_children_of_a_module_run_on_berkeley(tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(PARENT.format(module="multiprocessing", method="spawn", start=PROCESS), "utf-8")
    printed = run("-m", "berkeley", "run", "-m", "parent", PYTHONPATH=str(tmp_path)).split()
    assert printed[:3] == ["b'WORD'", "berkeley", "True"]


def test_the_module_that_is_watched_for_keeps_its_own_loader() -> None:
    code = """
import berkeley, sys
berkeley.install()
import inspect, multiprocessing.util as util
loader, source = util.__loader__, inspect.getsource(util)
print(type(loader).__name__, util.__spec__.loader is loader, "spawnv_passfds" in source)
"""
    assert run("-c", code) == "SourceFileLoader True True\n"


def test_other_programs_keep_the_interpreters_module_unless_asked_for() -> None:
    code = f"import subprocess, sys; print(subprocess.check_output([sys.executable, '-c', {ASK!r}], text=True), end='')"
    assert run("-m", "berkeley", "run", "-c", code) == "socket\n"
    assert run("-m", "berkeley", "run", "--children", "-c", code) == "berkeley\n"


def test_children_of_children_follow() -> None:
    inner = (
        f"import subprocess, sys; print(subprocess.check_output([sys.executable, '-c', {ASK!r}], text=True), end='')"
    )
    code = (
        f"import subprocess, sys; print(subprocess.check_output([sys.executable, '-c', {inner!r}], text=True), end='')"
    )
    assert run("-m", "berkeley", "run", "--children", "-c", code) == "berkeley\n"


def test_a_child_runs_the_sitecustomize_that_it_would_have_run(sitecustomize: Path) -> None:
    inner = "import sys, sitecustomize, socket; "
    inner += "print(socket.__name__, sys.seen_by_mine, sitecustomize.__file__, sys.path[1])"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}], check=True)"
    printed = run("-m", "berkeley", "run", "--children", "-c", code, PYTHONPATH=str(sitecustomize)).split()
    assert printed == ["berkeley", "mine", str(sitecustomize / "sitecustomize.py"), str(sitecustomize)]


@pytest.mark.parametrize("before", [None, "", "one", f"one{os.pathsep}two"])
def test_the_environment_is_given_back(before: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    code = """
import berkeley, os, sys
before = os.environ.get("PYTHONPATH")
berkeley.install(children=True)
berkeley.install(children=True)
assert os.environ["PYTHONPATH"].count("_startup") == 1
berkeley.uninstall()
print(os.environ.get("PYTHONPATH") == (before or None))
"""
    variables = {} if before is None else {"PYTHONPATH": before}
    assert run("-c", code, **variables) == "True\n"


def test_a_child_without_berkeley_goes_on_with_its_own_module(tmp_path: Path) -> None:
    # -S: no site-packages, so neither berkeley nor sitecustomize; then sitecustomize without berkeley.
    startup = "import berkeley, os; print(os.path.join(os.path.dirname(berkeley.__file__), '_startup'))"
    folder = run("-c", startup).strip()
    assert run("-S", "-c", f"{ASK}", PYTHONPATH=folder) == "socket\n"
    assert run("-S", "-c", f"import sitecustomize; {ASK}", PYTHONPATH=folder) == "socket\n"
