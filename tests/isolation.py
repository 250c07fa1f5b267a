"""Fresh interpreters and private Linux namespaces, for tests that must not touch this process or this machine."""

from __future__ import annotations

import ast
import contextlib
import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

CLONE_FLAG = {"net": 0x40000000, "uts": 0x04000000}


def run_python(code: str, *, through: Sequence[str] = (), **options: Any) -> str:
    """What the code prints in a fresh interpreter, which is started through another command if one is given."""
    command = [*through, sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def evaluate(net: ModuleType, expression: str, *, before: str = "", **options: Any) -> Any:
    """The value of an expression over `net` in a fresh interpreter."""
    code = f"import {net.__name__} as net\n{before}\nprint(repr(({expression})))"
    return ast.literal_eval(run_python(code, **options))


@contextlib.contextmanager
def private_namespace(kind: str) -> Iterator[None]:
    """Move the calling thread into a new namespace ("net" or "uts") and back; the kernel then removes the new one."""
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open(f"/proc/thread-self/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC)
    if libc.unshare(CLONE_FLAG[kind]):
        os.close(home)
        pytest.skip(f"a private {kind} namespace needs CAP_SYS_ADMIN: {os.strerror(ctypes.get_errno())}")
    try:
        yield
    finally:
        failed = libc.setns(home, CLONE_FLAG[kind])
        os.close(home)
        assert not failed, "the test could not return to its own namespace"


def ip(*arguments: str) -> None:
    """Run ip(8) in the network namespace of the calling thread."""
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=20)


@contextlib.contextmanager
def private_network() -> Iterator[None]:
    """A network namespace that holds nothing but a working loopback device."""
    with private_namespace("net"):
        ip("link", "set", "lo", "up")
        yield


def through_hosts_file(directory: Path, hosts: str, hostname: str = "box") -> list[str]:
    """The command that gives what follows it its own /etc/hosts, no other name service, and its own host name."""
    if subprocess.run(["unshare", "--mount", "--uts", "true"], capture_output=True).returncode:
        pytest.skip("a private /etc/hosts needs CAP_SYS_ADMIN for a mount namespace")
    (directory / "hosts").write_text(hosts, "ascii")
    switch = "hosts: files\nservices: files\nprotocols: files\nnetworks: files\n"
    (directory / "nsswitch.conf").write_text(switch, "ascii")
    script = (
        'mount --bind "$0/hosts" /etc/hosts && mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf '
        '&& hostname "$1" && shift && exec "$@"'
    )
    return ["unshare", "--mount", "--uts", "--propagation", "private", "sh", "-c", script, str(directory), hostname]
