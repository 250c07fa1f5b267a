"""The steps of a job inside the machine: each a command with a log, progress on the console, and an end if it hangs."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from lab.job import IN_GUEST, Job
from tools import conformance, regrtest

# Seconds without a line after which a step counts as hung; a test may take 60.
SILENCE = 90.0
PROGRESS_EVERY = 10.0
FAMILIES = "families"
TEST_SOCKET = "test_socket-"
Say = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Result:
    """How a step ended; its output is in the log of the same title."""

    title: str
    status: int
    seconds: float
    hung: bool


def commands(job: Job) -> Iterator[tuple[str, list[str]]]:
    """The steps by title."""
    if job.tests:
        results = [f"--junitxml={IN_GUEST / 'families.xml'}", "--requirements", str(IN_GUEST / "requirements.json")]
        yield FAMILIES, [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", *results, *job.tests]
    if job.conformance:
        for module in regrtest.MODULES if conformance.has_tests() else ():
            title = f"{TEST_SOCKET}{module}"
            options = [*conformance.options(module, [], never_run=()), "--junit-xml", str(IN_GUEST / f"{title}.xml")]
            yield title, regrtest.command(module, conformance.TEST, options, sys.executable)


def run_all(job: Job, say: Say) -> list[Result]:
    """Run every step whatever fails, with the results so far in a file after each."""
    results = []
    if job.conformance and not conformance.has_tests():
        say("test_socket is left out: this interpreter came without its tests (libpython3-testsuite on Debian)")
    for title, command in commands(job):
        results.append(run(title, command, say, aloud=not job.conformance))
        found = json.dumps([dataclasses.asdict(result) for result in results])
        (IN_GUEST / "results.json").write_text(found, "utf-8")
    return results


def run(title: str, command: list[str], say: Say, aloud: bool) -> Result:
    """Run one step; aloud passes all of its output on to the console."""
    say(f"{title} ...")
    began = time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    with (IN_GUEST / f"{title}.log").open("wb", buffering=0) as log:
        hung = not follow(process, Progress(title, say, aloud), log.write)
    status = process.wait()
    seconds = time.monotonic() - began
    say(f"{title}: {'hung and was ended' if hung else f'exit status {status}'}, {seconds:.0f} s")
    return Result(title, status, seconds, hung)


class Progress:
    """Says now and then how far a step is, as long as it moves."""

    def __init__(self, title: str, say: Say, aloud: bool) -> None:
        self._title = title
        self._say = say
        self._aloud = aloud
        self._lines = 0
        self._due = time.monotonic() + PROGRESS_EVERY

    def feed(self, chunk: bytes) -> None:
        """Take note of some output."""
        if self._aloud:
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            return
        self._lines += chunk.count(b"\n")
        if time.monotonic() >= self._due:
            self._due += PROGRESS_EVERY
            self._say(f"{self._title}: {self._lines} lines so far")


def follow(process: subprocess.Popen[bytes], progress: Progress, write: Callable[[bytes], object]) -> bool:
    """Copy the output until it ends; False if it fell silent and the process had to be ended."""
    assert process.stdout is not None
    in_time = True
    with process.stdout as output, selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while True:
            if not selector.select(SILENCE):
                in_time = _end(process, in_time)
                continue
            chunk = os.read(output.fileno(), 65536)
            if not chunk:
                return in_time
            write(chunk)
            progress.feed(chunk)


def _end(process: subprocess.Popen[bytes], first: bool) -> bool:
    """Ask for the stacks of all threads first (faulthandler answers SIGABRT), then end everything."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGABRT if first else signal.SIGKILL)
    return False
