"""Runs CPython's own test_socket on this interpreter, with its own socket module and with berkeley, and compares."""

from __future__ import annotations

import importlib.util
import platform
import re
import sys
from pathlib import Path

from tools import regrtest
from tools.regrtest import MODULES, Outcome

TEST = "test_socket"
LEFT_OUT = Path(__file__).parent.parent / "tests" / "conformance" / "left_out.txt"
MOST_LEFT_OUT = 6
# Connecting on AF_VSOCK would reach the hypervisor; in the kernel lab it does not, and nothing is left out there.
NEVER_RUN = "ThreadedVSOCKSocketStreamTest"


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


def options(module: str, left_out: list[str], never_run: tuple[str, ...] = (NEVER_RUN,)) -> list[str]:
    """What regrtest is told besides the test: no resource is allowed that needs a network."""
    ignored = [*never_run, *(left_out if module == "berkeley" else [])]
    return [word for name in ignored for word in ("-i", name)]


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
        return all(importlib.util.find_spec(name) for name in ("test.__main__", f"test.{TEST}"))
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
        outcomes[module] = regrtest.run(module, TEST, options(module, left_out), sys.executable)
        print(f"{version} {module}: {outcomes[module]}", flush=True)
        if outcomes[module].tracebacks:
            print(outcomes[module].tracebacks, flush=True)
    for name in left_out:
        print(f"{version} left out: {name}")
    found_wrong = complaints(outcomes["stdlib"], outcomes["berkeley"], len(left_out))
    for line in [*found_wrong, *regrtest.differences(outcomes["stdlib"], outcomes["berkeley"])]:
        print(f"{version} {line}")
    return 1 if found_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
