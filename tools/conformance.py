"""Runs CPython's own test_socket on this interpreter, with its own socket module and with berkeley, and compares."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

LEFT_OUT = Path(__file__).parent.parent / "tests" / "conformance" / "left_out.txt"
MOST_LEFT_OUT = 6
# Connecting on AF_VSOCK would reach the hypervisor; in the kernel lab it does not, and nothing is left out there.
NEVER_RUN = "ThreadedVSOCKSocketStreamTest"
MODULES = {"stdlib": [], "berkeley": ["-m", "berkeley", "run"]}
RULE = "=" * 70 + "\n"
# Characters shown of the output of a run that did not end well.
TAIL = 3000


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one run of the test suite reported."""

    ended: bool
    run: int = 0
    failures: int = 0
    errors: int = 0
    skipped: int = 0
    tracebacks: str = ""

    def __str__(self) -> str:
        if not self.ended:
            return "did not end well"
        return f"run {self.run}, failures {self.failures}, errors {self.errors}, skipped {self.skipped}"


def read_left_out(text: str) -> list[str]:
    """The ids of the tests left out: each a full test.test_socket.Class.method with its reason."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = [re.fullmatch(r"(test\.test_socket\.\w+\.\w+)\s+#\s*\S.*", line) for line in lines]
    wrong = [line for line, match in zip(lines, found, strict=True) if not match]
    if wrong:
        raise SystemExit(f"not of the form 'test.test_socket.Class.method  # reason': {wrong[0]}")
    if len(lines) > MOST_LEFT_OUT:
        raise SystemExit(f"{len(lines)} tests are left out, at most {MOST_LEFT_OUT} may be")
    return [match[1] for match in found if match]


def _count(word: str, text: str) -> int:
    found = re.search(rf"\b(?<!expected ){word}=(\d+)", text)
    return int(found[1]) if found else 0


def parse(output: str, status: int) -> Outcome:
    """Counts and tracebacks from what unittest printed."""
    ran = re.search(r"\nRan (\d+) tests? in .*\n+(OK|FAILED)\b(.*)", output)
    if not ran or (ran[2] == "OK" and status != 0):
        return Outcome(ended=False, tracebacks=output[-TAIL:])
    _, rule, tracebacks = output[: ran.start()].partition(RULE)
    failures, errors, skipped = (_count(word, ran[3]) for word in ("failures", "errors", "skipped"))
    return Outcome(True, int(ran[1]), failures, errors, skipped, (rule + tracebacks).rstrip("-\n"))


def command(module: str, left_out: list[str], never_run: tuple[str, ...] = (NEVER_RUN,)) -> list[str]:
    """The command line that runs test_socket on one of MODULES."""
    ignored = [*never_run, *(left_out if module == "berkeley" else [])]
    options = [word for name in ignored for word in ("-i", name)]
    return [sys.executable, *MODULES[module], "-m", "test", "-v", *options, "test_socket"]


def run(module: str, left_out: list[str]) -> Outcome:
    """Run test_socket on one of MODULES, with no resource allowed that needs a network."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    try:
        done = subprocess.run(
            command(module, left_out),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=1200,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        return Outcome(ended=False, tracebacks=(expired.output or b"").decode("utf-8", "replace")[-TAIL:])
    return parse(done.stdout, done.returncode)


def complaints(stdlib: Outcome, berkeley: Outcome, left_out: int) -> list[str]:
    """What keeps berkeley from conforming."""
    if not (stdlib.ended and berkeley.ended):
        return ["a run did not end well"]
    found = []
    bad = sum(outcome.failures + outcome.errors for outcome in (stdlib, berkeley))
    if bad:
        found.append(f"{bad} failures and errors")
    if berkeley.skipped > stdlib.skipped:
        found.append(f"berkeley skips {berkeley.skipped - stdlib.skipped} tests more than stdlib")
    if berkeley.run < stdlib.run - left_out:
        found.append(f"berkeley ran {berkeley.run} tests where {stdlib.run - left_out} were due")
    return found


def has_tests() -> bool:
    """Whether this interpreter came with its tests: Debian ships them apart."""
    try:
        return all(importlib.util.find_spec(name) for name in ("test.__main__", "test.test_socket"))
    except ModuleNotFoundError:
        return False


def main() -> int:
    """Print a line per module and the tracebacks; 1 if there are complaints."""
    version = platform.python_version()
    left_out = read_left_out(LEFT_OUT.read_text("utf-8"))
    if not has_tests():
        print(f"{version} not run: this interpreter came without the test package (libpython3-testsuite on Debian)")
        return 0
    outcomes = {}
    for module in MODULES:
        outcomes[module] = run(module, left_out)
        print(f"{version} {module}: {outcomes[module]}", flush=True)
        if outcomes[module].tracebacks:
            print(outcomes[module].tracebacks, flush=True)
    for name in left_out:
        print(f"{version} left out: {name}")
    found_wrong = complaints(outcomes["stdlib"], outcomes["berkeley"], len(left_out))
    for line in found_wrong:
        print(f"{version} {line}")
    return 1 if found_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
