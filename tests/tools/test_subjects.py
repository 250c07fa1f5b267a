"""Which interpreters a command takes: by version, by path, the oldest and the newest, or all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import subjects

AT_HAND = {"3.10": Path("/opt/python3.10"), "3.12": Path("/opt/python3.12"), "3.13": Path("/opt/python3.13")}


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.interpreters.find", AT_HAND.copy)
    monkeypatch.setattr(subjects, "environment", lambda interpreter, version, extras: interpreter)


def versions(*wanted: str) -> list[str]:
    return [subject.version for subject in subjects.find(list(wanted))]


def test_an_interpreter_that_does_not_start_is_named(tmp_path: Path) -> None:
    with pytest.raises(subjects.SubjectError, match="nowhere does not start"):
        subjects.find([f"{tmp_path}/nowhere"])


@pytest.mark.usefixtures("at_hand")
def test_a_version_that_is_not_there_is_named() -> None:
    with pytest.raises(subjects.SubjectError, match=r"no CPython 3\.11 found"):
        subjects.find(["3.11"])


@pytest.mark.parametrize("wanted", [[], ["newest"]])
def test_where_there_is_no_interpreter_at_all_it_is_said(monkeypatch: pytest.MonkeyPatch, wanted: list[str]) -> None:
    monkeypatch.setattr("tools.interpreters.find", dict)
    with pytest.raises(subjects.SubjectError, match=r"no CPython .* found"):
        subjects.find(wanted)


def test_an_interpreter_given_by_path_is_taken_as_it_is() -> None:
    version = "{}.{}".format(*sys.version_info)
    assert subjects.find([sys.executable]) == [subjects.Subject(version, Path(sys.executable))]


@pytest.mark.usefixtures("at_hand")
def test_all_are_taken_where_none_is_named() -> None:
    assert versions() == list(AT_HAND)


@pytest.mark.usefixtures("at_hand")
def test_the_oldest_and_the_newest_can_be_named_as_such() -> None:
    assert versions("oldest", "newest") == ["3.10", "3.13"]


@pytest.mark.usefixtures("at_hand")
def test_none_is_taken_twice() -> None:
    assert versions("newest", "3.13", "3.12") == ["3.13", "3.12"]
