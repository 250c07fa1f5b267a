"""What `make stdlib` runs, how it compares both modules, what it repeats, and the page that it writes."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import regrtest, stdlib, stdlib_page
from tools.regrtest import Outcome
from tools.stdlib_pair import Interpreter, Pair
from tools.subjects import Subject

GOOD = Outcome(True, run=183, skipped=16, names={"a": "passed", "b": "skipped"}, seconds=30.0)
BAD = dataclasses.replace(GOOD, failures=1, errors=2, tracebacks="AssertionError: 1 != 2", names={"a": "failed"})
HUNG = Outcome(False, hung=True, tracebacks="File ssl.py, line 7 in read")
OLD = Interpreter("3.11.7", Path("/opt/python3.11"), ("test_ssl", "test_asyncore"))
NEW = Interpreter("3.13.0", Path("/opt/python3.13"), ("test_ssl",), ("test_asyncore",))
Outcomes = dict[tuple[str, str], list[Outcome]]


def pair(own: Outcome, berkeley: Outcome, **changes: object) -> Pair:
    made = Pair(OLD, "test_ssl", {"stdlib": own, "berkeley": berkeley})
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[str, str, str]]]:
    """runs(berkeley=[...]) has the runs of a module end so, one after the other; the calls are in what it returns."""

    def replace(**given: list[Outcome]) -> list[tuple[str, str, str]]:
        calls = []

        def run(module: str, test: str, options: list[str], python: Path, limit: float) -> Outcome:
            calls.append((module, test, python.name))
            ends = given.get(module, [])
            return ends.pop(0) if ends else GOOD

        monkeypatch.setattr(regrtest, "run", run)
        monkeypatch.setattr(stdlib.subjects, "find", lambda wanted: [Subject("3.11", OLD.python)])
        monkeypatch.setattr(stdlib, "examine", lambda python, tests: OLD)
        return calls

    return replace


def main(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["stdlib", "--jobs", "1", *words])
    return stdlib.main()


def test_everything_is_taken_where_nothing_is_named() -> None:
    options = stdlib.arguments([])
    assert (options.tests, options.python, options.write) == ([], [], False)
    named = stdlib.arguments(["--python", "3.11", "--python", "3.13", "test_ssl", "test_poll"])
    assert (named.tests, named.python) == (["test_ssl", "test_poll"], ["3.11", "3.13"])


@pytest.mark.parametrize("words", [["test_ssl"], ["--python", "3.11"]])
def test_the_page_is_not_written_from_a_part(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        stdlib.arguments(["--write", *words])
    assert "takes all tests" in capsys.readouterr().err


def test_no_test_is_listed_twice() -> None:
    assert len(set(stdlib.TESTS)) == len(stdlib.TESTS)


def test_an_interpreter_is_asked_which_tests_it_has() -> None:
    found = stdlib.examine(Path(sys.executable), ["test_largefile", "test_of_nothing"])
    assert found.version == "{}.{}.{}".format(*sys.version_info)
    assert "test_of_nothing" in found.absent
    assert {*found.tests, *found.absent} == {"test_largefile", "test_of_nothing"}


def test_an_interpreter_says_which_tests_it_came_without() -> None:
    assert str(NEW) == "3.13.0 1 tests, has no test_asyncore"
    assert "libpython3-testsuite" in str(Interpreter("3.11.2", Path("/usr/bin/python3"), (), ("test_ssl",)))


def test_every_test_is_run_on_both_modules_of_each_interpreter_that_has_it(
    runs: Callable[..., list[tuple[str, str, str]]],
) -> None:
    calls = runs()
    options = argparse.Namespace(tests=["test_ssl", "test_asyncore"], jobs=3, limit=9.0)
    pairs = list(stdlib.run_all([OLD, NEW], options))
    assert sorted(pair.title for pair in pairs) == ["3.11.7 test_asyncore", "3.11.7 test_ssl", "3.13.0 test_ssl"]
    assert sorted(calls) == sorted(
        (module, pair.test, pair.interpreter.python.name) for pair in pairs for module in ("stdlib", "berkeley")
    )


def test_busy_tests_and_waiting_ones_take_turns() -> None:
    pairs = [Pair(OLD, test) for test in ("test_multiprocessing_spawn", "test_multiprocessing_fork", "test_asyncio")]
    assert [pair.test for pair in stdlib.mixed([*pairs, Pair(OLD, "test_ssl"), Pair(OLD, "test_poll")])] == [
        "test_multiprocessing_spawn",
        "test_asyncio",
        "test_multiprocessing_fork",
        "test_ssl",
        "test_poll",
    ]


def test_equal_runs_raise_no_complaint_and_share_their_figures() -> None:
    assert pair(GOOD, GOOD).complaints() == []
    assert str(pair(GOOD, GOOD)).split("test_ssl")[1].strip() == (
        "run 183, failures 0, errors 0, skipped 16  (30 s, 30 s)"
    )


def test_a_failure_on_either_module_is_a_complaint() -> None:
    assert pair(BAD, BAD).complaints() == [f"{module}: {BAD}" for module in ("stdlib", "berkeley")]
    assert pair(GOOD, HUNG).complaints() == ["berkeley: hung and was ended"]


def test_other_numbers_run_or_skipped_and_other_ends_are_complaints() -> None:
    fewer = dataclasses.replace(GOOD, run=182, skipped=17, names={"a": "skipped", "b": "skipped"})
    assert pair(GOOD, fewer).complaints() == [
        "run: 183 on stdlib, 182 on berkeley",
        "skipped: 16 on stdlib, 17 on berkeley",
        "a: passed on stdlib, skipped on berkeley",
    ]


def test_runs_that_agree_are_not_repeated(runs: Callable[..., list[tuple[str, str, str]]]) -> None:
    calls = runs()
    assert stdlib.repeated(pair(GOOD, GOOD), 9.0).repeated == ()
    assert calls == []


def test_a_failed_run_is_repeated_once_and_the_report_says_so(
    runs: Callable[..., list[tuple[str, str, str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    calls = runs()
    again = stdlib.repeated(pair(GOOD, BAD), 9.0)
    assert calls == [("berkeley", "test_ssl", "python3.11")]
    assert again.complaints() == []
    assert str(again).endswith(")  berkeley passed when repeated")
    assert "AssertionError: 1 != 2" in capsys.readouterr().out


def test_both_runs_are_repeated_if_they_differ_and_none_failed(
    runs: Callable[..., list[tuple[str, str, str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    runs()
    fewer = dataclasses.replace(GOOD, skipped=17)
    again = stdlib.repeated(pair(GOOD, fewer), 9.0)
    assert again.remark() == "stdlib passed when repeated, berkeley passed when repeated"
    assert again.complaints() == []
    assert "skipped: 16 on stdlib, 17 on berkeley" in capsys.readouterr().out


def test_what_fails_again_is_a_failure(runs: Callable[..., list[tuple[str, str, str]]]) -> None:
    runs(stdlib=[HUNG], berkeley=[BAD])
    again = stdlib.repeated(pair(HUNG, HUNG), 9.0)
    assert again.remark() == "stdlib failed when repeated, berkeley failed when repeated"
    assert again.complaints() == ["stdlib: hung and was ended", f"berkeley: {BAD}"]


def test_the_exit_status_is_0_if_all_is_well(
    runs: Callable[..., list[tuple[str, str, str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    runs()
    assert main(monkeypatch, "test_ssl") == 0
    assert "1 comparisons, 0 of them bad" in capsys.readouterr().out


def test_the_exit_status_is_1_if_a_test_failed_twice_and_its_tracebacks_are_shown(
    runs: Callable[..., list[tuple[str, str, str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    runs(berkeley=[HUNG, BAD])
    assert main(monkeypatch, "test_ssl") == 1
    printed = capsys.readouterr().out
    assert "File ssl.py, line 7 in read" in printed
    assert "AssertionError: 1 != 2" in printed
    assert "a: passed on stdlib, failed on berkeley" in printed


def test_a_test_that_no_interpreter_has_is_refused(
    runs: Callable[..., list[tuple[str, str, str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert runs() == []
    assert main(monkeypatch, "test_sll") == 2
    assert "no such test: test_sll" in capsys.readouterr().err


def test_the_page_has_a_table_for_each_interpreter_with_a_sum() -> None:
    text = stdlib_page.page([OLD, NEW], [pair(GOOD, GOOD), Pair(OLD, "test_asyncore", pair(GOOD, GOOD).outcomes)])
    assert "| test_ssl | 183 | 0 | 16 | 30 | 30 |" in text
    assert "| all | 366 | 0 | 32 | 60 | 60 |" in text
    assert "## CPython 3.13.0\n" in text
    assert "This interpreter came without test_asyncore." in text


def test_the_page_shows_where_figures_differ_and_what_was_repeated() -> None:
    fewer = dataclasses.replace(GOOD, run=182, failures=1)
    text = stdlib_page.page([OLD], [pair(GOOD, fewer, repeated=("berkeley",))])
    assert "| test_ssl* | 183, 182 | 0, 1 | 16 | 30 | 30 |" in text
    assert "\\* `test_ssl`: berkeley failed when repeated." in text


def test_the_page_does_not_give_figures_of_a_run_that_did_not_end() -> None:
    text = stdlib_page.page([OLD], [pair(GOOD, HUNG)])
    assert "hung and was ended |" in text
