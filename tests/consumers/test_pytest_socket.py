"""pytest-socket: it assigns to `socket.socket` and to `socket.socket.connect`, and derives a class that asks first."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from two_runs import PYTHON

pytestmark = pytest.mark.skipif(not importlib.util.find_spec("pytest_socket"), reason="needs the package pytest-socket")

GUARDED = """
import socket
import urllib.request

import pytest
from pytest_socket import SocketBlockedError, SocketConnectBlockedError

NAME = {name!r}
native = socket.SocketType


def test_sockets_are_refused_everywhere(socket_disabled):
    assert native.__module__.startswith(NAME) or native.__module__ == "_socket"
    calls = [socket.socket, socket.socketpair, lambda: socket.create_server(("127.0.0.1", 0))]
    calls += [lambda: socket.create_connection(("127.0.0.1", 9)), lambda: socket.getaddrinfo("127.0.0.1", 9)]
    for call in calls:
        with pytest.raises(SocketBlockedError):
            call()


def test_libraries_are_refused_too(socket_disabled):
    with pytest.raises(SocketBlockedError):
        urllib.request.urlopen("http://127.0.0.1:9/")


def test_a_guarded_class_is_ours(socket_disabled):
    assert issubclass(socket.socket, native)
    assert NAME in [cls.__module__ for cls in socket.socket.__mro__]


def test_sockets_come_back():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            assert type(client) is socket.socket
            server.accept()[0].close()


@pytest.mark.allow_hosts(["127.0.0.2"])
def test_other_hosts_are_refused():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        with pytest.raises(SocketConnectBlockedError):
            client.connect(server.getsockname())
    with socket.create_server(("127.0.0.2", 0)) as server, socket.create_connection(server.getsockname()) as client:
        server.accept()[0].close()
        assert client.recv(1) == b""
"""

UNIX = """
import socket

import pytest
from pytest_socket import SocketBlockedError


def test_unix_sockets_are_let_through():
    left, right = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    with left, right:
        assert type(left) is socket.socket
        left.bind("")
        left.listen()
        right.connect(left.getsockname())
        conn, _ = left.accept()
        with conn:
            conn.send(b"let through")
            assert right.recv(100) == b"let through"
        copy = right.dup()
        copy.close()


def test_others_are_not():
    with pytest.raises(SocketBlockedError):
        socket.socket()
"""


def outcomes(command: list[str], folder: Path, *options: str) -> tuple[int, int]:
    """(passed, others) of a pytest run in that folder; what is blocked is a warning too."""
    whole = [*command, "-p", "pytest_socket", "-p", "no:cacheprovider", "--rootdir", str(folder), *options]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(whole, cwd=folder, env=alone, capture_output=True, text=True, timeout=50, check=False)
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped)", done.stdout)}
    assert counts, done.stdout + done.stderr
    assert not done.returncode, done.stdout
    return counts.pop("passed", 0), sum(counts.values())


def test_a_guarded_class_stands_before_ours_and_leaves_again(runs_on: str, tmp_path: Path) -> None:
    module = {"berkeley": "berkeley", "stdlib": "socket"}[runs_on]
    (tmp_path / "test_guarded.py").write_text(GUARDED.format(name=module), "utf-8")
    assert outcomes([*PYTHON[runs_on], "-m", "pytest"], tmp_path) == (5, 0)


def test_unix_sockets_may_be_let_through(runs_on: str, tmp_path: Path) -> None:
    (tmp_path / "test_unix.py").write_text(UNIX, "utf-8")
    command = [*PYTHON[runs_on], "-m", "pytest"]
    assert outcomes(command, tmp_path, "--disable-socket", "--allow-unix-socket") == (2, 0)


@pytest.mark.berkeley_only("the plugin is berkeley's")
def test_both_plugins_work_in_one_run(tmp_path: Path) -> None:
    (tmp_path / "test_guarded.py").write_text(GUARDED.format(name="berkeley"), "utf-8")
    assert outcomes([sys.executable, "-m", "pytest", "-p", "berkeley.pytest"], tmp_path) == (5, 0)
