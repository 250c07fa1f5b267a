"""Reads what a machine has left in its folder, judges it, and keeps the files under build/lab/."""

from __future__ import annotations

import dataclasses
import json
import shutil
import xml.etree.ElementTree
from pathlib import Path

from lab.machine import Ending
from lab.steps import TEST_SOCKET, Result
from tools import conformance, regrtest

# Characters of a log that are shown when its step went wrong.
SHOWN = 6000


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Lines for the user: what ran, and what was wrong."""

    lines: list[str]
    wrong: list[str]


def judge(folder: Path, ending: Ending) -> Verdict:
    """All that can be said of one machine."""
    verdict = Verdict([], _untimely(folder, ending))
    outcomes: dict[str, regrtest.Outcome] = {}
    for result in _results(folder):
        log = (folder / f"{result.title}.log").read_text("utf-8", "replace")
        if result.title.startswith(TEST_SOCKET):
            outcomes[result.title.removeprefix(TEST_SOCKET)] = regrtest.parse(log, result.status)
        said = outcomes.get(result.title.removeprefix(TEST_SOCKET)) or _families(folder)
        verdict.lines.append(f"{result.title}: {said} ({result.seconds:.0f} s)")
        if result.status or result.hung:
            verdict.wrong.append(f"{result.title} {'hung' if result.hung else 'failed'}:\n{_excerpt(log)}")
    if len(outcomes) == len(regrtest.MODULES):
        verdict.wrong.extend(conformance.complaints(outcomes["stdlib"], outcomes["berkeley"], 0))
    return verdict


def _untimely(folder: Path, ending: Ending) -> list[str]:
    """What to say if the machine did not come to its end by itself."""
    if not ending.reason and (folder / "status").exists():
        return []
    reason = ending.reason or "it stopped before it was done"
    return ["\n    ".join([f"the machine was ended: {reason}; its last lines:", *ending.last_lines])]


def _results(folder: Path) -> list[Result]:
    path = folder / "results.json"
    return [Result(**row) for row in json.loads(path.read_text("utf-8"))] if path.exists() else []


def _families(folder: Path) -> str:
    path = folder / "families.xml"
    if not path.exists():
        return "no results"
    suite = xml.etree.ElementTree.parse(path).getroot().find("testsuite")
    assert suite is not None
    return ", ".join(f"{name} {suite.get(name)}" for name in ("tests", "failures", "errors", "skipped"))


def _excerpt(log: str) -> str:
    """The end of a log, from the first traceback on if that is near."""
    _, mark, rest = log.partition("= FAILURES =")
    return (mark + rest)[-SHOWN:] if mark else log[-SHOWN:]


def keep(folder: Path, version: str, out: Path, whole: bool) -> None:
    """Copy logs and JUnit files, and after a whole run the requirements shown."""
    for path in (*folder.glob("*.log"), *folder.glob("*.xml")):
        shutil.copyfile(path, out / f"{path.stem}-{version}{path.suffix}")
    shown = folder / "requirements.json"
    if whole and shown.exists():
        shutil.copyfile(shown, out.parent / f"requirements-lab-{version}.json")
