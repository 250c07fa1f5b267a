"""The benchmark runs, reports and judges, on the interpreter's own module in both roles."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rich", reason="the table needs the package rich")

from bench import chart
from bench.__main__ import BENCHMARKS

# Programs have tests of their own; batches are not in the interpreter's module.
MEASURED = [name for name in BENCHMARKS if name not in ("programs", "batches")]


@pytest.fixture
def run(root: Path) -> Any:
    """run("bench", "--only", "pingpong") measures a handful of operations."""

    def start(module: str, *options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", module, "--subject", "socket", "--rounds", "3", *options]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)

    return start


@pytest.fixture
def figures(run: Any, tmp_path: Path) -> Any:
    """figures("pingpong") are the rows of one benchmark."""

    def measure(name: str) -> Any:
        done = run("bench", "--trips", "20", "--only", name, "--json", str(tmp_path / "figures.json"))
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads((tmp_path / "figures.json").read_text())["benchmarks"][name]

    return measure


@pytest.mark.parametrize("name", MEASURED)
def test_every_benchmark_measures_all_contenders_and_what_the_chart_shows(figures: Any, name: str) -> None:
    rows = figures(name)
    assert rows
    assert all(cost >= 0 for row in rows for costs in row["costs"].values() for cost in costs)
    assert all({"stdlib", "berkeley"} <= set(row["costs"]) for row in rows)
    found = {(row["operation"], row["condition"]) for row in rows}
    assert {(operation, condition) for bench, operation, condition, _ in chart.CHARTED if bench == name} <= found


def test_ping_pong_compares_each_transport_in_each_mode(figures: Any) -> None:
    rows = {(row["operation"], row["condition"]) for row in figures("pingpong")}
    modes = {
        f"{mode}{threads}"
        for mode in ("blocking", "timeout", "non-blocking")
        for threads in ("", ", other threads alive")
    }
    assert {(f"64 B over {transport}", mode) for transport in ("unix", "udp", "tcp") for mode in modes} <= rows


def test_a_missed_bound_fails_the_run_that_is_to_judge(run: Any, tmp_path: Path) -> None:
    given = ("--trips", "20", "--only", "numeric_hosts", "--json", str(tmp_path / "figures.json"))
    assert run("bench", *given).returncode == 0
    done = run("bench", *given, "--judge")
    assert done.returncode == 1
    assert "numeric_hosts: getaddrinfo, numeric host: " in done.stdout
    assert "times as fast as stdlib is not ≥ 12" in done.stdout


def test_figures_tell_where_they_come_from(run: Any, tmp_path: Path) -> None:
    run("bench", "--trips", "20", "--only", "files", "--json", str(tmp_path / "figures.json"))
    found = json.loads((tmp_path / "figures.json").read_text())
    assert all(found[name] for name in ("machine", "kernel", "interpreter", "date"))
    assert (found["rounds"], found["trips"], found["subject"]) == (3, 20, "socket")


def test_bench_measures_without_a_c_compiler(figures: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CC", str(tmp_path / "no-compiler"))
    for name in ("pingpong", "bulk", "connections", "large_receives"):
        assert all(row["ratio_to_c"] is None for row in figures(name))


def test_bench_compares_the_addresses_of_every_family_that_both_modules_have(figures: Any) -> None:
    families = {row["operation"] for row in figures("addresses")}
    assert {"AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET"} <= families


def test_the_exact_figures_can_be_judged(run: Any) -> None:
    done = run("bench.exact", "--only", "system-calls")
    assert (done.returncode, done.stderr) == (0, "")
    done = run("bench.exact", "--only", "python-side", "--judge")
    assert done.returncode == 1
    assert "python-side: send, blocking, one thread: " in done.stdout
    assert "ns is not" not in done.stdout  # times are not judged, they are the machine's


def test_figures_are_published_as_tables_and_as_a_chart(run: Any, root: Path, tmp_path: Path) -> None:
    run("bench", "--trips", "20", "--only", "files", "--json", str(tmp_path / "figures.json"))
    page = tmp_path / "performance.md"
    page.write_text("# Before\n<!-- figures -->\nwhat was there\n<!-- end of figures -->\nafter\n")
    command = [sys.executable, "-m", "bench.publish", "--docs", str(tmp_path), str(tmp_path / "figures.json")]
    subprocess.run(command, cwd=root, check=True)
    text = page.read_text()
    assert text.startswith("# Before\n<!-- figures -->\n")
    assert text.endswith("<!-- end of figures -->\nafter\n")
    assert "what was there" not in text
    assert "| readline | blocking | " in text
    assert "makefile().readline()" in (tmp_path / "performance.svg").read_text()
