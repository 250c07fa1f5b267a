"""An asyncio program on the interpreter's module, on berkeley and on uvloop: bench/asyncio_echo.py, unchanged."""

from __future__ import annotations

import contextlib
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from bench.bounds import Bound, faster
from bench.measure import Comparison, Contender, interleave, on_all_cpus, share

TITLE = "a request to an asyncio echo server and back, 32 connections in one process"
ROUNDS = 9  # of 101
SCRIPT = str(Path(__file__).with_name("asyncio_echo.py"))
LONGEST = 0.5  # seconds of a round
CONDITIONS: dict[str, tuple[list[str], tuple[Bound, ...]]] = {
    "in a fresh process": ([], (faster(2.5), faster(0.85, "uvloop"))),
    "once a large block was freed": (["--freed"], (faster(1.02), faster(0.85, "uvloop"))),
    "fresh, beside a CPU-bound thread": (["--busy"], (faster(5.0), faster(2.0, "uvloop"))),
}


def process(*arguments: str) -> Contender:
    """Rounds that are processes, and print the seconds of a request."""
    command = [sys.executable, *arguments]
    return lambda: float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def contenders(modules: dict[str, ModuleType], *options: str) -> dict[str, Contender]:
    """The program on each module; on uvloop too, if it is installed."""
    ways: dict[str, list[str]] = {"socket": [], "berkeley": ["-m", "berkeley", "run"]}
    found = {name: process(*ways[module.__name__], SCRIPT, *options) for name, module in modules.items()}
    if importlib.util.find_spec("uvloop"):
        found["uvloop"] = process(SCRIPT, "--uvloop", *options)
    else:
        print("asyncio: uvloop not measured, because the package is not installed")
    return found


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """Processor time of a request; beside a thread that computes, the time on the wall."""
    seconds = min(LONGEST, trips / 1000)
    for condition, (options, bounds) in CONDITIONS.items():
        each = contenders(modules, f"--seconds={seconds}", *options)
        with on_all_cpus() if "--busy" in options else contextlib.nullcontext():
            found = interleave(each, share(rounds, ROUNDS))
        yield Comparison("request", condition, found, bounds)
