"""Measurements that need a process of their own: a module of the bench is run there, and prints its figures as JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def figures(module: str, modules: dict[str, ModuleType], trips: int, rounds: int, *more: str, **variables: str) -> Any:
    """What `python -m MODULE` prints, given the modules to measure, trips, rounds, and whatever else it takes."""
    command = [sys.executable, "-m", module, f"--trips={trips}", f"--rounds={rounds}", *more]
    command += [f"{name}={each.__name__}" for name, each in modules.items()]
    environment = {**os.environ, **variables}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def parser(description: str | None) -> argparse.ArgumentParser:
    """Understands what figures() says."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--trips", type=int, required=True)
    made.add_argument("--rounds", type=int, required=True)
    made.add_argument("modules", nargs="+", metavar="NAME=MODULE")
    return made


def named(modules: list[str]) -> dict[str, ModuleType]:
    """The modules that NAME=MODULE stand for."""
    pairs = (each.split("=") for each in modules)
    return {name: importlib.import_module(module) for name, module in pairs}


class Worker:
    """A contender in a process of its own: bench/SCRIPT prints the seconds of a round for every line that it reads."""

    def __init__(self, script: str, *arguments: str) -> None:
        command = [sys.executable, str(Path(__file__).with_name(script)), *arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self) -> float:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.communicate()
