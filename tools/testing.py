"""`make test`: the tests and CPython's own test_socket on every interpreter at hand, then a wheel by itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tools import interpreters
from tools.environment import ROOT, environment

EXTRAS = "test,bench,programs"


def main() -> int:
    """Run everything, whatever fails on the way; the exit status."""
    found = interpreters.find()
    if not found:
        print("no CPython 3.10 to 3.14 found", file=sys.stderr)
        return 1
    failed = []
    for version, interpreter in found.items():
        python = environment(interpreter, version, EXTRAS)
        failed += [f"{version}: {title}" for title, command in steps(python, version) if not succeeds(title, command)]
    newest = environment(found[version], version, EXTRAS)
    if not succeeds(f"package, {version}", [newest, "-m", "tools.packaging"]):
        failed.append("package")
    if not succeeds("requirements", [newest, "-m", "tools.requirements", "--must-show", "--brief", *results(found)]):
        failed.append("requirements")
    print("\nfailed: " + ", ".join(failed) if failed else f"\nall of {', '.join(found)} passed")
    return bool(failed)


def steps(python: Path, version: str) -> list[tuple[str, list[object]]]:
    """What one interpreter has to go through."""
    pytest = [python, "-m", "pytest", "-q", "--requirements", result(version)]
    return [
        (f"tests, {version}", pytest),
        (f"CPython's test_socket, {version}", [python, "-m", "tools.conformance"]),
    ]


def result(version: str) -> Path:
    """Where a test run writes which requirements it has shown."""
    return ROOT / "build" / f"requirements-{version}.json"


def results(found: dict[str, Path]) -> list[Path]:
    """The records of all interpreters."""
    return [result(version) for version in found]


def succeeds(title: str, command: list[object]) -> bool:
    """Run one step with a headline and its time."""
    print(f"\n{title}", flush=True)
    began = time.monotonic()
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=os.environ, check=False)
    print(f"{title}: {'ok' if done.returncode == 0 else 'FAILED'}, {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
