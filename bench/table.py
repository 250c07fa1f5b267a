"""Shows comparisons with their bounds: as a table, as lines of Markdown, and as JSON."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import bounds
from bench.bounds import Bound
from bench.measure import Comparison, amount, middle

COLUMNS = ("operation", "condition", "berkeley", "stdlib", "C", "stdlib/berkeley", "bound", "berkeley/C", "bound", "")
WORDS = 2  # of which so many hold words, not figures
WIDTH = 190  # of a pipe, which has no width of its own: the 80 assumed would fold the lines


def _ratio(row: Comparison, name: str, base: str) -> str:
    ratio = row.ratio(name, base)
    if ratio is None or not row.cost(base):
        return "-"
    low, high = row.spread(name, base)
    return f"{ratio:.2f} ({low:.2f}-{high:.2f})"


def _bound(row: Comparison, peer: str) -> str:
    return " ".join(judged(each, row) for each in row.bounds if each.peer == peer and each.holds(row))


def judged(bound: Bound, row: Comparison) -> str:
    """A bound and how it fared."""
    return f"{bound.said(row.unit)} {bound.verdict(row).value}"


def _besides(row: Comparison) -> str:
    """What has no column of its own: bounds on berkeley alone, and on other peers."""
    others = [each for each in row.bounds if each.peer not in ("stdlib", "c") and each.holds(row)]
    said = [f"{_besides_figure(row, each)} {judged(each, row)}" for each in others]
    told = {"stdlib", "berkeley", "c", *(each.peer for each in others)}
    more = [name for name in row.costs if name not in told]
    return "; ".join(said + [f"{name} {amount(row.cost(name), row.unit)}" for name in more])


def _besides_figure(row: Comparison, bound: Bound) -> str:
    figures = bound.figures(row)
    if not bound.peer:
        return amount(statistics.median(figures), row.unit)
    low, high = middle(figures)
    return f"{bound.peer}/berkeley {statistics.median(figures):.2f} ({low:.2f}-{high:.2f})"


def cells(row: Comparison) -> list[str]:
    """One row as text, in the order of COLUMNS."""
    amounts = [amount(row.cost(name), row.unit) for name in ("berkeley", "stdlib", "c")]
    to_stdlib, to_c = _ratio(row, "stdlib", "berkeley"), _ratio(row, "berkeley", "c")
    return [
        row.operation,
        row.condition,
        *amounts,
        to_stdlib,
        _bound(row, "stdlib"),
        to_c,
        _bound(row, "c"),
        _besides(row),
    ]


def show(title: str, rows: Iterable[Comparison]) -> None:
    """Print one line per comparison."""
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(COLUMNS):
        table.add_column(column, justify="left" if number < WORDS else "right", no_wrap=True)
    for row in rows:
        table.add_row(*cells(row))
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    console.print(table)


def markdown(rows: Iterable[Comparison]) -> list[str]:
    """The same for a page of the documentation."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * WORDS + "---:|" * (len(COLUMNS) - WORDS)]
    return lines + ["| " + " | ".join(cells(row)) + " |" for row in rows]


def record(row: Comparison) -> dict[str, Any]:
    """One row for JSON, with the cost of every round."""
    limits = [{"peer": each.peer, "least": each.least, "most": each.most, "where": each.where} for each in row.bounds]
    return {
        "operation": row.operation,
        "condition": row.condition,
        "unit": row.unit,
        "costs": row.costs,
        "medians": {name: row.cost(name) for name in row.costs},
        "ratio": row.ratio("stdlib", "berkeley"),
        "ratio_to_c": row.ratio("berkeley", "c"),
        "bounds": limits,
        "verdicts": [each.verdict(row).value for each in row.bounds],
    }


def recalled(found: dict[str, Any]) -> Comparison:
    """The comparison that a record was made of."""
    limits = tuple(Bound(**each) for each in found["bounds"])
    return Comparison(found["operation"], found["condition"], found["costs"], limits, found["unit"])


def write(path: Path, benchmarks: dict[str, list[Comparison]], **origin: Any) -> None:
    """Write everything as JSON, with where it was measured and how."""
    records = {name: [record(row) for row in rows] for name, rows in benchmarks.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**origin, "benchmarks": records}, indent=None) + "\n", "utf-8")


def complaints(benchmarks: dict[str, list[Comparison]], margin: float = 0.0, absolute: bool = True) -> list[str]:
    """A line for every bound that is missed."""
    every = [(name, row) for name, rows in benchmarks.items() for row in rows]
    return [f"{name}: {line}" for name, row in every for line in bounds.misses(row, margin, absolute)]


def summary(benchmarks: dict[str, list[Comparison]]) -> str:
    """How many bounds fared how."""
    verdicts = [bound.verdict(row) for rows in benchmarks.values() for row in rows for bound in row.bounds]
    met, noise, missed, unknown = (verdicts.count(verdict) for verdict in bounds.Verdict)
    return f"{met} bounds met, {noise} not told from noise, {missed} missed, {unknown} not measured"
