"""python -m bench.publish FILE...: writes the figures of JSON files into docs/performance.md, and draws the chart."""

from __future__ import annotations

import argparse
import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

from bench import chart, table
from bench.measure import Comparison
from bench.origin import sentence

DOCS = Path(__file__).parents[1] / "docs"
FIGURES = re.compile(r"(<!-- figures -->\n).*(<!-- end of figures -->\n)", re.DOTALL)


def recalled(path: Path) -> tuple[dict[str, Any], dict[str, list[Comparison]]]:
    """A file's figures, and where they come from."""
    found = json.loads(path.read_text("utf-8"))
    return found, {name: [table.recalled(each) for each in rows] for name, rows in found["benchmarks"].items()}


def section(origin: dict[str, Any], benchmarks: dict[str, list[Comparison]]) -> list[str]:
    """The tables of one interpreter."""
    measured = f"{sentence(origin)}. Up to {origin['rounds']} rounds: {table.summary(benchmarks)}."
    lines = [f"## Python {origin['python']}", "", measured, ""]
    for name, rows in benchmarks.items():
        if rows:
            lines += [f"### {title(name)}, {origin['python']}", "", *table.markdown(rows), ""]
    return lines


def title(name: str) -> str:
    text: str = importlib.import_module(f"bench.{name}").TITLE
    return text if "(" in text.split()[0] else text[0].upper() + text[1:]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.publish", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="the chart is drawn of the last one")
    parser.add_argument("--docs", type=Path, default=DOCS, help="where the page and the chart are (docs)")
    options = parser.parse_args()
    figures = [recalled(path) for path in options.files]
    page = options.docs / "performance.md"
    tables = "\n".join(line for each in figures for line in section(*each))
    page.write_text(FIGURES.sub(lambda match: f"{match[1]}\n{tables}\n{match[2]}", page.read_text("utf-8")), "utf-8")
    origin, benchmarks = figures[-1]
    (options.docs / "performance.svg").write_text(chart.draw(benchmarks, sentence(origin)), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
