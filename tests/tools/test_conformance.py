"""How the conformance run reads its list of tests left out, and what it complains of."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from tools import regrtest

RULE = "=" * 70
GOOD = """test_a (test.test_socket.A.test_a) ... ok
test_b (test.test_socket.A.test_b) ... skipped 'no CAN'

----------------------------------------------------------------------
Ran 614 tests in 30.100s

OK (skipped=111)
"""
BAD = f"""test_a (test.test_socket.A.test_a) ... FAIL

{RULE}
FAIL: test_a (test.test_socket.A.test_a)
----------------------------------------------------------------------
Traceback (most recent call last):
AssertionError: 1 != 2

----------------------------------------------------------------------
Ran 610 tests in 30.100s

FAILED (failures=1, errors=2, skipped=113, expected failures=4)
test test_socket failed
"""
NAME = "test.test_socket.BasicTCPTest.testRecv"


@pytest.fixture
def conformance(tool: Callable[[str], ModuleType]) -> ModuleType:
    return tool("conformance")


def test_a_good_run_gives_its_counts() -> None:
    outcome = regrtest.parse(GOOD, 0)
    assert str(outcome) == "run 614, failures 0, errors 0, skipped 111"
    assert outcome.tracebacks == ""


def test_a_bad_run_gives_its_counts_and_tracebacks() -> None:
    outcome = regrtest.parse(BAD, 2)
    assert str(outcome) == "run 610, failures 1, errors 2, skipped 113"
    assert outcome.tracebacks.startswith(f"{RULE}\nFAIL: test_a")
    assert "AssertionError: 1 != 2" in outcome.tracebacks


@pytest.mark.parametrize(("output", "status"), [("Segmentation fault", -11), (GOOD, 1)])
def test_a_run_that_crashed_did_not_end_well(conformance: ModuleType, output: str, status: int) -> None:
    outcome = regrtest.parse(output, status)
    assert not outcome.ended
    assert conformance.complaints(regrtest.parse(GOOD, 0), outcome, 0)


def test_equal_runs_raise_no_complaint(conformance: ModuleType) -> None:
    outcome = regrtest.parse(GOOD, 0)
    assert conformance.complaints(outcome, outcome, 0) == []


def test_failures_more_skips_and_fewer_tests_are_complaints(conformance: ModuleType) -> None:
    found = conformance.complaints(regrtest.parse(GOOD, 0), regrtest.parse(BAD, 2), 2)
    assert found == [
        "3 failures and errors",
        "berkeley skips 2 tests more than stdlib",
        "berkeley ran 610 tests where 612 were due",
    ]


def test_tests_left_out_are_ignored_for_berkeley_alone(conformance: ModuleType) -> None:
    assert conformance.options("berkeley", [NAME]) == ["-i", conformance.NEVER_RUN, "-i", NAME]
    assert conformance.options("stdlib", [NAME]) == ["-i", conformance.NEVER_RUN]
    assert conformance.options("stdlib", [NAME], never_run=()) == []


def test_a_test_left_out_needs_a_full_name_and_a_reason(conformance: ModuleType) -> None:
    assert conformance.read_left_out(f"# header\n\n{NAME}  # depends on the C layout\n") == [NAME]
    for line in (NAME, f"{NAME}  #", "test.test_socket.*  # many", "testRecv  # short"):
        with pytest.raises(SystemExit, match="not of the form"):
            conformance.read_left_out(line)


def test_more_than_six_tests_left_out_are_refused(conformance: ModuleType) -> None:
    lines = [f"{NAME}{number}  # reason" for number in range(7)]
    assert len(conformance.read_left_out("\n".join(lines[:6]))) == 6
    with pytest.raises(SystemExit, match="at most 6"):
        conformance.read_left_out("\n".join(lines))


def test_the_projects_own_list_of_tests_left_out_is_valid(conformance: ModuleType) -> None:
    conformance.read_left_out(conformance.LEFT_OUT.read_text("utf-8"))
