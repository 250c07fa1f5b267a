"""Writes the page of the documentation that has the figures of `make stdlib`."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Iterator, Sequence

from tools.environment import ROOT
from tools.regrtest import Outcome
from tools.stdlib_pair import Interpreter, Pair

PAGE = ROOT / "docs" / "standard-library.md"
HEAD = """\
# The standard library on berkeley

`make stdlib` runs CPython's own tests of the modules that are built on sockets, each in a process of its own: once with
the interpreter's socket module, and once with berkeley in its place (`python -m berkeley run -m test`). It fails if a
test fails, if the numbers run or skipped differ, or if any single test ends differently. The resource `network` is
allowed, and what would leave the machine skips itself.

This page was written by `python -m tools.stdlib --write` on {date}, on {system} {release} ({machine}, {cpus} CPUs).
Where one figure stands, both modules have it; where two stand, the second is berkeley's.
"""
COLUMNS = "| test | run | failures | skipped | seconds, own | seconds, berkeley |"


def write(interpreters: Sequence[Interpreter], pairs: Sequence[Pair]) -> None:
    """Write the page."""
    PAGE.write_text(page(interpreters, pairs), "utf-8")


def page(interpreters: Sequence[Interpreter], pairs: Sequence[Pair]) -> str:
    """The page as text."""
    head = HEAD.format(
        date=datetime.date.today().isoformat(),
        system=platform.system(),
        release=os.uname().release,
        machine=platform.machine(),
        cpus=os.cpu_count(),
    )
    parts = [part for interpreter in interpreters for part in section(interpreter, pairs)]
    return "\n".join([head, *parts])


def section(interpreter: Interpreter, pairs: Sequence[Pair]) -> Iterator[str]:
    """The lines of one interpreter: a table with a row for each test, and one for all."""
    mine = sorted((pair for pair in pairs if pair.interpreter == interpreter), key=lambda pair: pair.test)
    yield f"## CPython {interpreter.version}\n"
    yield from ([COLUMNS, "|---|---|---|---|---|---|"] if mine else [])
    for pair in mine:
        yield row(pair.test + "*" * bool(pair.repeated), pair.outcomes["stdlib"], pair.outcomes["berkeley"])
    if mine:
        yield row("all", *(_sum([pair.outcomes[module] for pair in mine]) for module in ("stdlib", "berkeley")))
    yield ""
    yield from notes(interpreter, mine)


def row(title: str, own: Outcome, berkeley: Outcome) -> str:
    """A row of the table."""
    cells = [
        _both(own.run, berkeley.run),
        _both(own.failures + own.errors, berkeley.failures + berkeley.errors),
        _both(own.skipped, berkeley.skipped),
        f"{own.seconds:.0f}",
        f"{berkeley.seconds:.0f}",
    ]
    if not (own.ended and berkeley.ended):
        cells[1] = f"{own}; {berkeley}"
    return f"| {title} | {' | '.join(cells)} |"


def notes(interpreter: Interpreter, pairs: Sequence[Pair]) -> Iterator[str]:
    """What stands below a table."""
    for pair in pairs:
        if pair.repeated:
            yield f"\\* `{pair.test}`: {pair.remark()}.\n"
    if interpreter.absent:
        yield f"This interpreter came without {', '.join(interpreter.absent)}.\n"


def _both(one: int, two: int) -> str:
    return str(one) if one == two else f"{one}, {two}"


def _sum(outcomes: Sequence[Outcome]) -> Outcome:
    total = {
        what: sum(getattr(outcome, what) for outcome in outcomes) for what in ("run", "failures", "errors", "skipped")
    }
    ended = all(outcome.ended for outcome in outcomes)
    return Outcome(ended, **total, seconds=sum(outcome.seconds for outcome in outcomes))
