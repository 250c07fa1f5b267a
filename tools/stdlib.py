"""`make stdlib`: CPython's own tests of what is built on sockets, on its own module and on berkeley, compared."""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools import regrtest, stdlib_page, subjects
from tools.regrtest import MODULES, Outcome
from tools.stdlib_pair import Interpreter, Pair

# Those that start many processes, and those that wait most of their time; what takes longest comes first in both.
BUSY = [
    "test_multiprocessing_spawn",
    "test_multiprocessing_forkserver",
    "test_multiprocessing_fork",
    "test_multiprocessing_main_handling",
]
WAITING = [
    "test_asyncio",
    "test_ssl",
    "test_logging",
    "test_imaplib",
    "test_xmlrpc",
    "test_largefile",
    "test_selectors",
    "test_ftplib",
    "test_poplib",
    "test_poll",
    "test_asynchat",
    "test_httplib",
    "test_httpservers",
    "test_urllib2_localnet",
    "test_socketserver",
    "test_select",
    "test_epoll",
    "test_docxmlrpc",
    "test_smtplib",
    "test_asyncore",
    "test_wsgiref",
    "test_telnetlib",
    "test_nntplib",
]
TESTS = [*BUSY, *WAITING]
# The resource that test_socketserver asks for; what would leave the machine skips itself where nothing can be reached.
OPTIONS = ["-u", "network"]
# Tests at the same time: all in all they compute for a third of their time.
JOBS = 1 + 2 * (os.cpu_count() or 1)
LIMIT = 600.0
ASK = """
import importlib.util, json, platform, sys
def known(name):
    try:
        return bool(importlib.util.find_spec("test.__main__") and importlib.util.find_spec("test." + name))
    except ModuleNotFoundError:
        return False
print(json.dumps([platform.python_version(), [name for name in sys.argv[1:] if known(name)]]))
"""


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.stdlib", description=__doc__)
    parser.add_argument("tests", nargs="*", metavar="TEST", help="for example test_ssl; all if none is named")
    parser.add_argument(
        "--python", action="append", default=[], help="3.12, oldest, newest, or the path of a python to take as it is"
    )
    parser.add_argument("--jobs", type=int, default=JOBS, help="tests at the same time (%(default)s)")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds after which one is ended (%(default)s)")
    parser.add_argument("--write", action="store_true", help=f"write {stdlib_page.PAGE.name} from the results")
    options = parser.parse_args(words)
    if options.write and (options.tests or options.python):
        parser.error("--write takes all tests on all interpreters at hand")
    return options


def examine(python: Path, tests: list[str]) -> Interpreter:
    """The full version of an interpreter, and which of the tests it came with."""
    done = subprocess.run([python, "-c", ASK, *tests], capture_output=True, text=True, check=True)
    version, present = json.loads(done.stdout)
    return Interpreter(version, python, tuple(present), tuple(test for test in tests if test not in present))


def main() -> int:
    """Run everything, repeat what failed, report; 1 if anything fails or differs, 2 if nothing can be run."""
    options = arguments()
    began = time.monotonic()
    try:
        found = [examine(subject.python, options.tests or TESTS) for subject in subjects.find(options.python)]
    except subjects.SubjectError as error:
        print(error, file=sys.stderr)
        return 2
    for interpreter in found:
        print(interpreter, flush=True)
    unknown = [test for test in options.tests if not any(test in interpreter.tests for interpreter in found)]
    if unknown:
        print(f"no such test: {', '.join(unknown)}", file=sys.stderr)
        return 2
    pairs = [*run_all(found, options)]
    pairs = [repeated(pair, options.limit) for pair in pairs]
    wrong = report(pairs)
    if options.write:
        stdlib_page.write(found, pairs)
    print(f"{len(pairs)} comparisons, {len(wrong)} of them bad, {time.monotonic() - began:.0f} s")
    return bool(wrong)


def run_all(found: Iterable[Interpreter], options: argparse.Namespace) -> Iterator[Pair]:
    """Both runs of every test, several at a time; each pair as it is complete."""
    tests = options.tests or TESTS
    pairs = [Pair(interpreter, test) for test in tests for interpreter in found if test in interpreter.tests]
    pool = concurrent.futures.ThreadPoolExecutor(options.jobs)
    begun = {}
    for pair in mixed(pairs):
        for module in MODULES:
            begun[pool.submit(run, pair, module, options.limit)] = pair, module
    try:
        yield from _complete(begun)
    finally:
        # Reached before the end only if somebody interrupts.
        pool.shutdown(wait=False, cancel_futures=True)
        regrtest.end_all()


def mixed(pairs: list[Pair]) -> list[Pair]:
    """Busy tests and waiting ones in turn, so that the processors have neither too much to do nor too little."""
    busy = [pair for pair in pairs if pair.test in BUSY]
    waiting = [pair for pair in pairs if pair.test not in BUSY]
    return [pair for both in itertools.zip_longest(busy, waiting) for pair in both if pair]


def _complete(begun: dict[concurrent.futures.Future[Outcome], tuple[Pair, str]]) -> Iterator[Pair]:
    outcomes: dict[Pair, dict[str, Outcome]] = {}
    for future in concurrent.futures.as_completed(begun):
        pair, module = begun[future]
        outcomes.setdefault(pair, {})[module] = future.result()
        if len(outcomes[pair]) == len(MODULES):
            done = dataclasses.replace(pair, outcomes=outcomes[pair])
            print(done, flush=True)
            yield done


def run(pair: Pair, module: str, limit: float) -> Outcome:
    """Run the test of a pair on one module."""
    return regrtest.run(module, pair.test, OPTIONS, pair.interpreter.python, limit)


def repeated(pair: Pair, limit: float) -> Pair:
    """The pair, with what failed run once more, alone now; with both if nothing did and they differ all the same."""
    wrong = pair.complaints()
    if not wrong:
        return pair
    modules = [module for module, outcome in pair.outcomes.items() if not outcome.good] or list(MODULES)
    print("\n    ".join(["", f"{pair.title}, to be repeated on {' and '.join(modules)}:", *wrong]), flush=True)
    for module in modules:
        print(pair.outcomes[module].tracebacks, flush=True)
    outcomes = {**pair.outcomes, **{module: run(pair, module, limit) for module in modules}}
    again = dataclasses.replace(pair, outcomes=outcomes, repeated=tuple(modules))
    print(again, flush=True)
    return again


def report(pairs: Iterable[Pair]) -> list[Pair]:
    """Print what is wrong, and return the pairs that are."""
    wrong = [pair for pair in pairs if pair.complaints()]
    for pair in wrong:
        print(f"\n{pair.title}")
        for module in pair.repeated:
            print(pair.outcomes[module].tracebacks)
        for line in pair.complaints():
            print(f"    {line}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
