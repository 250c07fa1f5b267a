"""How a run of CPython's own tests is started, ended and read."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import regrtest
from tools.regrtest import Outcome

RULE = "=" * 70
LINE = "-" * 70
GOOD = f"""test_a (test.test_x.A.test_a) ... ok
setUpClass (test.test_x.B) ... skipped "Resource 'news' is not available"

{LINE}
Ran 20 tests in 30.100s

OK (skipped=3)
"""
BAD = f"""
{RULE}
FAIL: test_a (test.test_x.A.test_a)
{LINE}
Traceback (most recent call last):
AssertionError: 1 != 2

{LINE}
Ran 12 tests in 30.100s

FAILED (failures=1, errors=2, skipped=4, expected failures=8, unexpected successes=1)
test test_x failed
"""
JUNIT = """<testsuites><testsuite>
<testcase name="passes" status="run" result="completed"/>
<testcase name="fails"><system-out>text</system-out><failure type="AssertionError">...</failure></testcase>
<testcase name="breaks"><error type="KeyError">...</error></testcase>
<testcase name="skips"><skipped>no CAN</skipped></testcase>
<testcase name="fails as it should"><output type="AssertionError">...</output></testcase>
<testcase name="surprises"><outcome>UNEXPECTED_SUCCESS</outcome></testcase>
<testcase/>
</testsuite></testsuites>"""
Python = Callable[[str], Path]


@pytest.fixture
def python(tmp_path: Path) -> Python:
    """python(commands) is a program that ignores its arguments, but for the last and the JUnit file, and obeys."""

    def write(commands: str) -> Path:
        path = tmp_path / "python"
        path.write_text(f'#!/bin/sh\nwhile [ "$1" != --junit-xml ]; do shift; done\n{commands}\n')
        path.chmod(0o755)
        return path

    return write


def test_the_command_runs_one_test_on_either_module() -> None:
    own = regrtest.command("stdlib", "test_ssl", ["-u", "network"], "/opt/python3")
    assert own == ["/opt/python3", "-m", "test", "-v", "-u", "network", "test_ssl"]
    assert regrtest.command("berkeley", "test_ssl")[1:] == ["-m", "berkeley", "run", "-m", "test", "-v", "test_ssl"]


def test_the_counts_of_the_modules_of_a_package_are_added_up() -> None:
    outcome = regrtest.parse(GOOD + BAD, 2)
    assert str(outcome) == "run 32, failures 2, errors 2, skipped 7"
    assert not outcome.good


def test_tracebacks_are_gathered_from_every_module_of_a_package() -> None:
    outcome = regrtest.parse(GOOD + BAD + GOOD + BAD, 2)
    assert outcome.tracebacks.count("AssertionError: 1 != 2") == 2
    assert "Ran" not in outcome.tracebacks


def test_a_module_or_class_that_is_skipped_altogether_is_named() -> None:
    outcome = regrtest.parse(f"test.test_x.test_windows skipped -- Windows only\n{GOOD}", 0)
    assert outcome.skipped == 4
    assert outcome.names == {"test.test_x.test_windows": "skipped", "setUpClass (test.test_x.B)": "skipped"}


def test_a_test_that_is_skipped_altogether_has_ended_well() -> None:
    outcome = regrtest.parse("test_epoll skipped -- test works only on Linux 2.6\n", 0)
    assert outcome.good
    assert str(outcome) == "run 0, failures 0, errors 0, skipped 1"


@pytest.mark.parametrize(("output", "status"), [("Killed", -9), (GOOD, 2), (BAD, 0), (BAD, -11), ("", 0)])
def test_a_status_that_does_not_fit_the_output_is_no_good_end(output: str, status: int) -> None:
    outcome = regrtest.parse(output, status)
    assert not outcome.ended
    assert not outcome.good
    assert str(outcome) == "did not end well"


def test_the_junit_file_tells_how_each_test_ended(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(JUNIT)
    assert regrtest.read_junit(tmp_path / "junit.xml") == {
        "passes": "passed",
        "fails": "failed",
        "breaks": "failed",
        "skips": "skipped",
        "fails as it should": "failed as expected",
        "surprises": "passed unexpectedly",
        "a test with failed subtests": "failed",
    }


@pytest.mark.parametrize("text", ["", "<testsuites><testsuite>"])
def test_a_junit_file_that_was_not_finished_tells_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "junit.xml").write_text(text)
    assert regrtest.read_junit(tmp_path / "junit.xml") == {}
    assert regrtest.read_junit(tmp_path / "none.xml") == {}


def test_a_run_has_counts_names_and_time(python: Python) -> None:
    program = python(f"cat > $2 <<'END'\n{JUNIT}\nEND\ncat <<'END'\n{GOOD}\nEND")
    outcome = regrtest.run("stdlib", "test_x", python=program)
    assert outcome.good
    assert outcome.run == 20
    assert outcome.names["skips"] == "skipped"
    assert outcome.names["setUpClass (test.test_x.B)"] == "skipped"
    assert outcome.seconds > 0


def test_a_run_has_a_folder_of_its_own_and_knows_no_proxy(python: Python, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    outcome = regrtest.run("stdlib", "test_x", python=python('echo "$PWD=$TMPDIR=$http_proxy="; exit 1'))
    here, temporary, proxy, _ = outcome.tracebacks.split("=")
    assert here == temporary
    assert not os.path.exists(here)
    assert proxy == ""


def test_a_hung_run_is_ended_with_what_it_started(python: Python, tmp_path: Path) -> None:
    program = python(f"echo as far as this; sleep 50 & echo $! > {tmp_path}/pid; wait")
    began = time.monotonic()
    outcome = regrtest.run("berkeley", "test_x", python=program, limit=0.5)
    assert time.monotonic() - began < 20
    assert outcome.hung
    assert str(outcome) == "hung and was ended"
    assert "as far as this" in outcome.tracebacks
    assert not_running(int((tmp_path / "pid").read_text()))


def not_running(pid: int) -> bool:
    """Whether a process has ended, even if whoever inherited it has not asked for its status yet."""
    state = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return state.strip() in ("", "Z")


def test_runs_that_other_threads_wait_for_can_be_ended(python: Python, tmp_path: Path) -> None:
    outcomes: list[Outcome] = []
    program = python(f"touch {tmp_path}/begun; sleep 50")
    thread = threading.Thread(target=lambda: outcomes.append(regrtest.run("stdlib", "test_x", python=program)))
    thread.start()
    while not (tmp_path / "begun").exists():
        time.sleep(0.01)
    regrtest.end_all()
    thread.join(20)
    assert [outcome.ended for outcome in outcomes] == [False]


def test_tests_that_ended_differently_are_named() -> None:
    own = Outcome(True, names={"a": "passed", "b": "skipped", "c": "passed"})
    other = Outcome(True, names={"a": "passed", "b": "passed", "d": "passed"})
    assert regrtest.differences(own, other) == [
        "b: skipped on stdlib, passed on berkeley",
        "c: passed on stdlib, not run on berkeley",
        "d: not run on stdlib, passed on berkeley",
    ]
    assert regrtest.differences(own, own) == []


def test_without_a_list_of_names_nothing_is_said_of_single_tests() -> None:
    assert regrtest.differences(Outcome(True, names={"a": "passed"}), Outcome(False)) == []
