"""What two_runs.py says of tests that other processes run: every outcome is theirs, and a lost process is a failure."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

CONFTEST = """
import two_runs
from two_runs import net, runs_on

def pytest_configure(config):
    two_runs.take_part(config)

def pytest_generate_tests(metafunc):
    metafunc.parametrize("runs_on", ["berkeley", "stdlib"], indirect=True)
"""
TESTS = """
import os, socket, pytest

def test_that_passes(net):
    assert socket is net and net.socket.__module__ == net.__name__

def test_that_is_skipped():
    pytest.skip("for this reason")

def test_that_fails():
    assert socket.__name__ == "something else"

def test_that_fails_at_its_end(request):
    request.addfinalizer(lambda: 1 / 0)

def test_that_ends_the_process():
    os._exit(3)

def test_that_follows_it():
    assert socket.AF_UNIX
"""


def test_outcomes_of_other_processes_are_reported_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST, "utf-8")
    (tmp_path / "test_outcomes.py").write_text(TESTS, "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "--rootdir", str(tmp_path)]
    variables = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=50, check=False)
    text = done.stdout
    assert re.search(r"4 failed, 6 passed, 2 skipped, 2 errors in", text), text
    assert sorted(re.findall(r"^PASSED test_outcomes\.py::(\w+)\[", text, re.MULTILINE)) == [
        *["test_that_fails_at_its_end"] * 2,
        *["test_that_follows_it"] * 2,
        *["test_that_passes"] * 2,
    ]
    assert "for this reason" in text
    assert "'berkeley' == 'something else'" in text
    assert "'socket' == 'something else'" in text
    # At the beginning of a line: where CI is set, pytest says it once more in its summary.
    assert len(re.findall(r"^the process that runs this test has ended without a report", text, re.MULTILINE)) == 2
