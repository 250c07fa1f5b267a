"""Runs the programs of programs/ on both modules, with the servers that they need, and compares what they print."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import processes
import pytest

from programs.catalogue import PROGRAMS, WAYS
from programs.servers import Missing, Servers

WATCHING = Path(__file__).with_name("watching")
# Where the base type of every socket comes from, as sitecustomize.py of that folder reports it.
BASES = {"stdlib": ["_socket"], "berkeley": ["berkeley._base"]}


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """Started by the first program that needs them."""
    with Servers() as started:
        yield started


@pytest.fixture
def outcome(servers: Servers, tmp_path: Path) -> Callable[[str], list[str]]:
    """outcome("redis") is what the program of this package prints, which is the same on both modules."""

    def run(package: str) -> list[str]:
        try:
            importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pytest.skip(f"needs the package {package}, of the extra programs")
        printed = {}
        for way, python in WAYS.items():
            try:
                command = PROGRAMS[package].command(python, servers)
            except Missing as missing:
                pytest.skip(str(missing))
            before = processes.descendants()
            with processes.adopting_orphans():
                printed[way] = _printed(command, tmp_path / way, BASES[way])
                assert processes.left_over(before) == {}
        assert printed["berkeley"] == printed["stdlib"]
        return printed["berkeley"]

    return run


def _printed(command: list[str], made: Path, bases: list[str]) -> list[str]:
    """The lines of a program that ends well, complains about nothing, and makes sockets of the expected module."""
    path = os.pathsep.join([str(WATCHING), *filter(None, [os.environ.get("PYTHONPATH")])])
    variables = {**os.environ, "PYTHONPATH": path, "SOCKETS_MADE": str(made)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False, env=variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert float(done.stderr) > 0, "the program's time is not all that stands on its standard error"
    assert made.read_text("ascii").split() == bases
    return done.stdout.splitlines()
