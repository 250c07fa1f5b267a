"""python -m bench: measures berkeley beside the interpreter's own socket module and C."""

from __future__ import annotations

import argparse
import importlib
import platform
import socket
import sys
from pathlib import Path

from bench import measure, pingpong, table
from bench.measure import Comparison

# Each has a TITLE and comparisons(modules, trips, rounds).
BENCHMARKS = {"pingpong": pingpong}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=101, help="rounds of each comparison (default %(default)s)")
    parser.add_argument("--trips", type=int, default=500, help="round trips in a round (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE as well")
    parser.add_argument("--max-ratio", type=float, metavar="R", help="fail if a median of berkeley/stdlib exceeds R")
    parser.add_argument("--all-cpus", action="store_true", help="let the two processes run on any CPU")
    parser.add_argument("--subject", default="berkeley", metavar="MODULE", help="measure MODULE in place of berkeley")
    return parser.parse_args()


def too_slow(rows: list[Comparison], limit: float) -> list[str]:
    ratios = [(row, row.ratio("berkeley", "stdlib") or 0.0) for row in rows]
    return [f"{row.transport} {row.mode}: {ratio:.3f} exceeds {limit}" for row, ratio in ratios if ratio > limit]


def main() -> int:
    options = arguments()
    modules = {"stdlib": socket, "berkeley": importlib.import_module(options.subject)}
    if not options.all_cpus:
        measure.stay_on_one_cpu()
    results: dict[str, list[Comparison]] = {}
    for name, benchmark in BENCHMARKS.items():
        results[name] = list(benchmark.comparisons(modules, options.trips, options.rounds))
        table.show(f"{benchmark.TITLE}, Python {platform.python_version()}, subject {options.subject}", results[name])
    if options.json:
        table.write(options.json, results, rounds=options.rounds, trips=options.trips, subject=options.subject)
    if options.max_ratio is None:
        return 0
    complaints = [line for rows in results.values() for line in too_slow(rows, options.max_ratio)]
    for line in complaints:
        print(line)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
