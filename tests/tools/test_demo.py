"""The demonstration shows every pair of echo programs, and fails when one of them does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def demo(root: Path) -> Any:
    """demo() runs it with few round trips, after a change to the module if one is given."""
    pytest.importorskip("rich", reason="the table needs the package rich")

    def run(change: str = "pass") -> subprocess.CompletedProcess[str]:
        code = f"import sys; from tools import demo; {change}; sys.exit(demo.main())"
        command = [sys.executable, "-c", code, "--trips", "10", "--rounds", "3"]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)

    return run


def test_demo_runs_all_echo_pairs_and_times_three_transports(demo: Any) -> None:
    done = demo()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("Received 'Hello, world'") == 1
    assert done.stdout.count("Received b'Hello, world'") == 4
    assert [done.stdout.count(f"│ {transport}") for transport in ("tcp", "unix", "udp")] == [3, 3, 3]


def test_demo_fails_when_a_client_prints_something_else(demo: Any) -> None:
    done = demo("demo.INTERNET = (('TCP', 'echo_{}_ipv4.py', 'Received nothing'),)")
    assert done.returncode == 1
    assert "Received b'Hello, world'" in done.stdout
