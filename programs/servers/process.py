"""Starts a server, waits until it answers, and ends it: each is a child of this process, and dies with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

PATIENCE = 20.0  # seconds that a server may take to start or to end
# Debian keeps servers where the PATH of an ordinary user does not lead.
FOLDERS = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", "/usr/local/sbin"])


class Missing(Exception):
    """A server cannot run here; the text says what it lacks."""


def find(command: str, package: str, folders: str = FOLDERS) -> str:
    """The path of a command, or an exception that names its Debian package."""
    if found := shutil.which(command, path=folders):
        return found
    raise Missing(f"needs {command} of the Debian package {package}")


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on, and that the kernel will not hand out again at once."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def accepts(port: int) -> Callable[[], bool]:
    """Whether somebody accepts connections on a port of 127.0.0.1."""

    def ask() -> bool:
        with socket.socket() as sock:
            sock.settimeout(1)
            return sock.connect_ex(("127.0.0.1", port)) == 0

    return ask


@contextlib.contextmanager
def running(
    command: Sequence[str | Path], folder: Path, ready: Callable[[], bool], end: signal.Signals = signal.SIGTERM
) -> Iterator[None]:
    """The command as a child of this process, from when it is ready until the block ends."""
    setpriv = find("setpriv", "util-linux")
    log = folder / "output.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [setpriv, "--pdeathsig", "TERM", "--", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
    try:
        _wait(process, ready, log)
        yield
    finally:
        _end(process, end)


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} did not start:\n{log.read_text('utf-8', 'replace')}")
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes], end: signal.Signals) -> None:
    process.send_signal(end)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
