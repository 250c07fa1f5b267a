"""Whole programs on both modules: the scripts of programs/, with the real servers that they talk to."""

from __future__ import annotations

import importlib.metadata
import subprocess
import time
from collections.abc import Iterator
from types import ModuleType

from bench.measure import Comparison, interleave, share
from programs.catalogue import PROGRAMS, WAYS, Program
from programs.servers import Missing, Servers

TITLE = "real programs"
ROUNDS = (
    5  # of 101: a round takes a second for each program and module. No bounds: most of the time is the servers' own.
)


class Timed:
    """One program on one module: a call gives the seconds of its work, and those of the whole process are kept."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.whole: list[float] = []

    def __call__(self) -> float:
        began = time.perf_counter()
        done = subprocess.run(self.command, capture_output=True, text=True, timeout=120, check=False)
        self.whole.append(time.perf_counter() - began)
        if done.returncode:
            raise RuntimeError(f"{self.command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return float(done.stderr.splitlines()[-1])


def python_for(module: ModuleType) -> list[str]:
    """How to start Python so that a program has this module for its sockets."""
    return {"socket": WAYS["stdlib"], "berkeley": WAYS["berkeley"]}[module.__name__]


def compare(program: Program, modules: dict[str, ModuleType], servers: Servers, rounds: int) -> Iterator[Comparison]:
    """What the program itself took, and what the process took with the start of the interpreter and the imports."""
    contenders = {name: Timed(program.command(python_for(module), servers)) for name, module in modules.items()}
    work = interleave(dict(contenders), rounds)
    yield Comparison(program.package, "its work", work)
    # interleave() has let each run once more, before the rounds that count.
    yield Comparison(program.package, "the process", {name: each.whole[1:] for name, each in contenders.items()})


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """Every program whose package, server and rights are there; the others are named."""
    del trips  # a program makes as many round trips as it makes
    with Servers() as servers:
        for program in PROGRAMS.values():
            try:
                importlib.metadata.version(program.package)
                yield from compare(program, modules, servers, share(rounds, ROUNDS))
            except importlib.metadata.PackageNotFoundError:
                print(f"programs: {program.package} not measured, because the package is not installed")
            except Missing as missing:
                print(f"programs: {program.package} not measured: {missing}")
