"""One of CPython's tests on both socket modules of an interpreter: its line in the report, and what is wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from tools import regrtest
from tools.regrtest import Outcome


@dataclasses.dataclass(frozen=True)
class Interpreter:
    """A CPython, and which of the tests it came with and without."""

    version: str
    python: Path
    tests: tuple[str, ...]
    absent: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.tests:
            return f"{self.version} not run: it came without the test package (libpython3-testsuite on Debian)"
        without = f", has no {', '.join(self.absent)}" if self.absent else ""
        return f"{self.version} {len(self.tests)} tests{without}"


@dataclasses.dataclass(frozen=True)
class Pair:
    """A test and how it ended on each module; `repeated` names the modules of which this is the second run."""

    interpreter: Interpreter
    test: str
    outcomes: Mapping[str, Outcome] = dataclasses.field(default_factory=dict, compare=False)
    repeated: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Interpreter and test."""
        return f"{self.interpreter.version} {self.test}"

    def __str__(self) -> str:
        own, berkeley = self.outcomes["stdlib"], self.outcomes["berkeley"]
        both = str(own) if str(own) == str(berkeley) else f"{own} on stdlib, {berkeley} on berkeley"
        return f"{self.title:<42} {both}  ({own.seconds:.0f} s, {berkeley.seconds:.0f} s)  {self.remark()}".rstrip()

    def remark(self) -> str:
        """Which runs had to be repeated."""
        good = {module: self.outcomes[module].good for module in self.repeated}
        said = [f"{module} {'passed' if passed else 'failed'} when repeated" for module, passed in good.items()]
        return ", ".join(said)

    def complaints(self) -> list[str]:
        """What failed, and what is not the same on both modules."""
        found = [f"{module}: {outcome}" for module, outcome in self.outcomes.items() if not outcome.good]
        own, berkeley = self.outcomes["stdlib"], self.outcomes["berkeley"]
        if own.ended and berkeley.ended:
            for what in ("run", "skipped"):
                one, two = getattr(own, what), getattr(berkeley, what)
                if one != two:
                    found.append(f"{what}: {one} on stdlib, {two} on berkeley")
        return found + regrtest.differences(own, berkeley)
