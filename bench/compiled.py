"""Compiles the C files of the benchmark at run time, where there is a compiler."""

from __future__ import annotations

import atexit
import ctypes
import functools
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def compiler() -> list[str] | None:
    """The C compiler's command line, or None where there is none."""
    command = shlex.split(os.environ.get("CC", "cc"))
    return command if shutil.which(command[0]) else None


@functools.cache
def _directory() -> Path:
    path = Path(tempfile.mkdtemp(prefix="berkeley-bench-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


@functools.cache
def program(name: str, *flags: str) -> Path | None:
    """Path of bench/NAME.c compiled with these flags, or None without a compiler."""
    command = compiler()
    if command is None:
        return None
    target = _directory() / (f"{name}.so" if "-shared" in flags else name)
    subprocess.run([*command, "-O2", "-Wall", *flags, "-o", target, HERE / f"{name}.c"], check=True)
    return target


def library(name: str) -> Path | None:
    """Path of bench/NAME.c compiled as a shared library, or None without a compiler."""
    return program(name, "-shared", "-fPIC")


def function(name: str, symbol: str, *parameters: Any, result: Any = ctypes.c_longlong) -> Callable[..., Any] | None:
    """A function of bench/NAME.c, or None without a compiler. As a rule it tells nanoseconds."""
    path = library(name)
    if path is None:
        return None
    found = getattr(ctypes.CDLL(str(path)), symbol)
    found.argtypes = parameters
    found.restype = result
    called: Callable[..., Any] = found
    return called
