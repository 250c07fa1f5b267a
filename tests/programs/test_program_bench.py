"""bench/programs.py times the programs on both modules, and says what it could not time."""

from __future__ import annotations

import socket as stdlib_socket

import pytest

import berkeley
from bench import programs
from programs.catalogue import PROGRAMS, Program
from programs.servers import Missing, Servers

MODULES = {"stdlib": stdlib_socket, "berkeley": berkeley}


def test_a_program_is_timed_by_its_work_and_by_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("uvloop", reason="needs the package uvloop, of the extra programs")
    monkeypatch.setattr(programs, "PROGRAMS", {"uvloop": PROGRAMS["uvloop"]})
    work, process = programs.comparisons(MODULES, trips=1, rounds=40)
    assert [(row.operation, row.condition) for row in (work, process)] == [
        ("uvloop", "its work"),
        ("uvloop", "the process"),
    ]
    for name in MODULES:
        assert len(work.costs[name]) == len(process.costs[name]) == 2
        assert all(mine < whole for mine, whole in zip(work.costs[name], process.costs[name], strict=True))


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(self: Servers, name: str) -> list[str]:
        raise Missing(f"needs {name}")

    monkeypatch.setattr(Servers, "arguments", missing)


@pytest.mark.usefixtures("nothing_installed")
def test_a_missing_server_or_package_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = {"pytest": Program("x.py", "pytest", "redis"), "none": Program("x.py", "no-such-package")}
    monkeypatch.setattr(programs, "PROGRAMS", chosen)
    assert list(programs.comparisons(MODULES, trips=1, rounds=1)) == []
    assert capsys.readouterr().out.splitlines() == [
        "programs: pytest not measured: needs redis",
        "programs: no-such-package not measured, because the package is not installed",
    ]
