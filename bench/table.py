"""Shows comparisons as a table and as JSON."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.measure import Comparison

COLUMNS = ("{} stdlib", "{} berkeley", "{} C", "berkeley/stdlib", "spread", "berkeley/C")
UNITS = {"µs": 1.0, "ms": 1e3}  # in microseconds


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _time(microseconds: float | None, unit: str) -> str:
    return _number(None if microseconds is None else microseconds / UNITS[unit])


def _cells(row: Comparison, unit: str) -> list[str]:
    times = [_time(row.microseconds(name), unit) for name in ("stdlib", "berkeley", "c")]
    low, high = row.spread("berkeley", "stdlib")
    ratio, to_c = row.ratio("berkeley", "stdlib"), row.ratio("berkeley", "c")
    return [row.transport, row.mode, *times, _number(ratio), f"{low:.2f}-{high:.2f}", _number(to_c)]


def show(title: str, subjects: tuple[str, str], rows: Iterable[Comparison], unit: str) -> None:
    """Print one line per comparison; the subjects are what its first two cells tell."""
    table = Table(title=title)
    for column in (*subjects, *(name.format(unit) for name in COLUMNS)):
        table.add_column(column, justify="left" if column in subjects else "right", no_wrap=True)
    for row in rows:
        table.add_row(*_cells(row, unit))
    console = Console()
    if not console.is_terminal:
        console.width = 130  # a pipe has no width of its own, and the 80 assumed would fold the lines
    console.print(table)


def _record(row: Comparison) -> dict[str, Any]:
    low, high = row.spread("berkeley", "stdlib")
    return {
        "transport": row.transport,
        "mode": row.mode,
        "microseconds": {name: row.microseconds(name) for name in row.seconds},
        "ratio": row.ratio("berkeley", "stdlib"),
        "ratio_spread": [low, high],
        "ratio_to_c": row.ratio("berkeley", "c"),
    }


def write(path: Path, benchmarks: dict[str, list[Comparison]], **settings: Any) -> None:
    """Write the same as JSON, with the settings it was measured with."""
    records = {name: [_record(row) for row in rows] for name, rows in benchmarks.items()}
    document = {"python": platform.python_version(), **settings, "benchmarks": records}
    path.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
