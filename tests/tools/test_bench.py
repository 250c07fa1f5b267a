"""The benchmark runs, reports and judges, on the interpreter's own module in both roles."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def bench(root: Path) -> Any:
    """bench("--only", "pingpong") measures a handful of round trips."""
    pytest.importorskip("rich", reason="the table needs the package rich")

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bench", "--subject", "socket", "--rounds", "3", "--trips", "20", *options]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)

    return run


def test_bench_compares_each_transport_in_each_mode(bench: Any, tmp_path: Path) -> None:
    done = bench("--only", "pingpong", "--json", str(tmp_path / "figures.json"))
    assert (done.returncode, done.stderr) == (0, "")
    rows = json.loads((tmp_path / "figures.json").read_text())["benchmarks"]["pingpong"]
    combinations = {(row["transport"], row["mode"]) for row in rows}
    assert combinations == {(t, m) for t in ("unix", "tcp") for m in ("blocking", "timeout", "non-blocking")}
    assert all(row["ratio"] > 0 and row["microseconds"]["stdlib"] > 0 for row in rows)


def test_bench_fails_when_a_median_exceeds_the_limit(bench: Any) -> None:
    done = bench("--only", "pingpong", "--max-ratio", "0.001")
    assert done.returncode == 1
    assert done.stdout.count("exceeds 0.001") == 6


def test_bench_passes_when_no_median_exceeds_the_limit(bench: Any) -> None:
    assert bench("--only", "pingpong", "--only", "addresses", "--max-ratio", "1000").returncode == 0


def test_bench_measures_without_a_c_compiler(bench: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CC", str(tmp_path / "no-compiler"))
    done = bench("--only", "pingpong", "--json", str(tmp_path / "figures.json"))
    assert (done.returncode, done.stderr) == (0, "")
    rows = json.loads((tmp_path / "figures.json").read_text())["benchmarks"]["pingpong"]
    assert all(row["ratio_to_c"] is None for row in rows)


def test_bench_compares_the_addresses_of_every_family_that_both_modules_have(bench: Any, tmp_path: Path) -> None:
    done = bench("--only", "addresses", "--json", str(tmp_path / "figures.json"))
    assert (done.returncode, done.stderr) == (0, "")
    rows = json.loads((tmp_path / "figures.json").read_text())["benchmarks"]["addresses"]
    families = {row["transport"] for row in rows}
    assert {"AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET"} <= families
    assert all(row["ratio"] > 0 for row in rows)


def test_bench_judges_each_table_by_its_own_limit(bench: Any) -> None:
    done = bench("--only", "addresses", "--judge", "--max-ratio", "0.001")
    assert done.returncode == 1
    assert "AF_INET ('127.0.0.1', 80): " in done.stdout
    assert "exceeds 0.001" in done.stdout
