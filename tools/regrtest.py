"""Runs one test of CPython's own `test` package, on its own socket module or on berkeley, and reads what it reports."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import select
import signal
import subprocess
import tempfile
import time
import xml.etree.ElementTree
from collections.abc import Mapping, Sequence
from pathlib import Path

MODULES: dict[str, list[str]] = {"stdlib": [], "berkeley": ["-m", "berkeley", "run"]}
RULE = "=" * 70 + "\n"
# A package such as test_asyncio is several test modules from 3.12 on, each of which ends with such lines.
SUMMARY = re.compile(r"\nRan (\d+) tests? in .*\n+(OK|FAILED|NO TESTS RAN)\b(.*)")
WHOLLY_SKIPPED = re.compile(r"^(test[\w.]+) skipped -- ", re.MULTILINE)
CLASS_SKIPPED = re.compile(r"^(setUp(?:Class|Module) \(.*\)) \.\.\. skipped\b", re.MULTILINE)
# What the JUnit file says besides how a test ended.
OUTPUT = ("system-out", "system-err")
MEANING = {"failure": "failed", "error": "failed", "output": "failed as expected", "outcome": "passed unexpectedly"}
# Characters shown of the output of a run that did not end well.
TAIL = 6000
LIMIT = 1200.0
# Seconds that a hung run has to write the stacks of its threads.
GRACE = 10.0
_running: set[subprocess.Popen[bytes]] = set()


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one run of a test reported; `names` has how each single test ended."""

    ended: bool
    run: int = 0
    failures: int = 0
    errors: int = 0
    skipped: int = 0
    tracebacks: str = ""
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    hung: bool = False
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether it came to its end, and nothing failed."""
        return self.ended and not self.failures and not self.errors

    def __str__(self) -> str:
        if not self.ended:
            return "hung and was ended" if self.hung else "did not end well"
        return f"run {self.run}, failures {self.failures}, errors {self.errors}, skipped {self.skipped}"


def command(module: str, test: str, options: Sequence[str] = (), python: str | Path = "python3") -> list[str]:
    """The command line that runs a test on one of MODULES."""
    return [str(python), *MODULES[module], "-m", "test", "-v", *options, test]


def parse(output: str, status: int) -> Outcome:
    """Counts and tracebacks from what unittest printed."""
    summaries = list(SUMMARY.finditer(output))
    skipped_whole = WHOLLY_SKIPPED.findall(output)
    succeeded = all(found[2] != "FAILED" for found in summaries)
    if not (summaries or skipped_whole) or status < 0 or succeeded != (status == 0):
        return Outcome(ended=False, tracebacks=output[-TAIL:])
    failures = _count("failures", summaries) + _count("unexpected successes", summaries)
    skipped = _count("skipped", summaries) + len(skipped_whole)
    names = dict.fromkeys([*skipped_whole, *CLASS_SKIPPED.findall(output)], "skipped")
    run = sum(int(found[1]) for found in summaries)
    return Outcome(True, run, failures, _count("errors", summaries), skipped, _tracebacks(output, summaries), names)


def _count(word: str, summaries: Sequence[re.Match[str]]) -> int:
    found = (re.search(rf"\b(?<!expected ){word}=(\d+)", summary[3]) for summary in summaries)
    return sum(int(match[1]) for match in found if match)


def _tracebacks(output: str, summaries: Sequence[re.Match[str]]) -> str:
    begin, found = 0, []
    for summary in summaries:
        _, rule, text = output[begin : summary.start()].partition(RULE)
        found.append((rule + text).rstrip("-\n"))
        begin = summary.end()
    return "\n\n".join(filter(None, found))


def read_junit(path: Path) -> dict[str, str]:
    """How each single test ended; empty if the run did not come as far as writing it."""
    try:
        cases = xml.etree.ElementTree.parse(path).iter("testcase")
    except (OSError, xml.etree.ElementTree.ParseError):
        return {}
    found: dict[str, list[str]] = {}
    for case in cases:
        ends = [child.tag for child in case if child.tag not in OUTPUT]
        # A test of which only subtests failed has neither a name nor an end there.
        name = case.get("name", "")
        found.setdefault(name or "a test with failed subtests", []).extend(ends or ["passed" if name else "failed"])
    return {name: ", ".join(sorted(MEANING.get(end, end) for end in ends)) for name, ends in found.items()}


def run(
    module: str, test: str, options: Sequence[str] = (), python: str | Path = "python3", limit: float = LIMIT
) -> Outcome:
    """Run a test in a process and a folder of its own; after `limit` seconds it is ended."""
    with tempfile.TemporaryDirectory(prefix="regrtest-", ignore_cleanup_errors=True) as folder:
        junit, log = Path(folder, "junit.xml"), Path(folder, "log")
        words = command(module, test, [*options, "--junit-xml", str(junit)], python)
        began = time.monotonic()
        status = _call(words, Path(folder), log, limit)
        seconds = time.monotonic() - began
        output = log.read_text("utf-8", "replace")
        outcome = parse(output, 0 if status is None else status)
        names = {**outcome.names, **read_junit(junit)}
    if status is None:
        return Outcome(ended=False, hung=True, tracebacks=output[-TAIL:], seconds=seconds)
    return dataclasses.replace(outcome, names=names, seconds=seconds)


def _call(words: list[str], folder: Path, log: Path, limit: float) -> int | None:
    """The exit status, or None if it had to be ended; its temporary files and its working folder are in `folder`."""
    variables = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    variables["TMPDIR"] = str(folder)
    # Into a file, for a pipe would stay open as long as a process that the test has left behind.
    with log.open("wb") as output:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        _running.add(process)
        in_time = False
        try:
            in_time = _ends_within(process, limit)
        finally:
            if not in_time:
                _end(process)
            _running.discard(process)
            status = process.wait()
    return status if in_time else None


def _ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for its end, but leave its status: until that is fetched, no other process group can have its number."""
    with open(os.pidfd_open(process.pid)) as ending:
        return bool(select.select([ending], [], [], seconds)[0])


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask for the stacks of all threads first, which faulthandler writes on SIGABRT, then end whatever is left."""
    os.killpg(process.pid, signal.SIGABRT)
    _ends_within(process, GRACE)
    os.killpg(process.pid, signal.SIGKILL)


def end_all() -> None:
    """End the runs that other threads are waiting for."""
    for process in list(_running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def differences(own: Outcome, other: Outcome) -> list[str]:
    """A line for each single test that ended differently on both modules."""
    if not (own.names and other.names):
        return []
    names = sorted({*own.names, *other.names})
    ends = {name: (own.names.get(name, "not run"), other.names.get(name, "not run")) for name in names}
    return [f"{name}: {one} on stdlib, {two} on berkeley" for name, (one, two) in ends.items() if one != two]
