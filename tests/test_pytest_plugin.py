"""`pytest -p berkeley.pytest`: a test run on berkeley, told in its header, and undone at its end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TEST = """
import http.client
import socket
import _socket

def test_on_berkeley():
    assert socket.__name__ == "berkeley"
    assert http.client.socket is socket
    assert _socket.socket is socket.SocketType
"""
CONFTEST = "import socket, urllib.request\nassert socket.__name__ == 'berkeley'\n"


def pytest_run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, str(folder)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_tests_and_their_conftest_run_on_berkeley(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TEST, "utf-8")
    (tmp_path / "conftest.py").write_text(CONFTEST, "utf-8")
    done = pytest_run(tmp_path, "-p", "berkeley.pytest")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "socket: berkeley 0." in done.stdout


def test_without_the_plugin_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TEST, "utf-8")
    done = pytest_run(tmp_path)
    assert done.returncode == 1
    assert "AssertionError" in done.stdout


def test_modules_tied_to_the_interpreters_own_are_told_in_the_header(tmp_path: Path) -> None:
    (tmp_path / "early.py").write_text("import ssl", "utf-8")
    (tmp_path / "test_it.py").write_text(TEST, "utf-8")
    done = pytest_run(tmp_path, "-p", "early", "-p", "berkeley.pytest")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "; _ssl, ssl on the interpreter's own module" in done.stdout


def test_the_process_has_its_own_module_back_after_the_run(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TEST, "utf-8")
    code = f"""
import pytest, sys
assert pytest.main(["-q", "-p", "no:cacheprovider", "-p", "berkeley.pytest", {str(tmp_path)!r}]) == 0
import socket
print("after", socket.__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("after socket\n")
