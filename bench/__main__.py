"""python -m bench: measures berkeley beside the interpreter's own socket module and C."""

from __future__ import annotations

import argparse
import importlib
import platform
import socket
import sys
from pathlib import Path
from typing import Any

from bench import addresses, measure, pingpong, programs, table
from bench.measure import Comparison

# Each has a TITLE, the SUBJECTS of its first columns, the UNIT of its times, comparisons(modules, trips, rounds), and a
# MAX_RATIO of medians, None if nothing is judged.
BENCHMARKS: dict[str, Any] = {"pingpong": pingpong, "addresses": addresses, "programs": programs}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=101, help="rounds of each comparison (default %(default)s)")
    parser.add_argument("--trips", type=int, default=500, help="round trips in a round (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE as well")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="do this benchmark alone, or these")
    parser.add_argument("--judge", action="store_true", help="fail if a median of berkeley/stdlib exceeds its limit")
    parser.add_argument("--max-ratio", type=float, metavar="R", help="judge by the limit R whatever has a limit")
    parser.add_argument("--all-cpus", action="store_true", help="let the two processes run on any CPU")
    parser.add_argument("--subject", default="berkeley", metavar="MODULE", help="measure MODULE in place of berkeley")
    return parser.parse_args()


def too_slow(rows: list[Comparison], limit: float) -> list[str]:
    ratios = [(row, row.ratio("berkeley", "stdlib") or 0.0) for row in rows]
    return [f"{row.transport} {row.mode}: {ratio:.3f} exceeds {limit}" for row, ratio in ratios if ratio > limit]


def complaints(results: dict[str, list[Comparison]], options: argparse.Namespace) -> list[str]:
    """What is slower than allowed, if anybody asks."""
    if not options.judge and options.max_ratio is None:
        return []
    judged = {name: rows for name, rows in results.items() if BENCHMARKS[name].MAX_RATIO is not None}
    limits = {name: options.max_ratio or BENCHMARKS[name].MAX_RATIO for name in judged}
    return [line for name, rows in judged.items() for line in too_slow(rows, limits[name])]


def main() -> int:
    options = arguments()
    modules = {"stdlib": socket, "berkeley": importlib.import_module(options.subject)}
    if not options.all_cpus:
        measure.stay_on_one_cpu()
    results: dict[str, list[Comparison]] = {}
    for name in options.only or BENCHMARKS:
        benchmark = BENCHMARKS[name]
        results[name] = list(benchmark.comparisons(modules, options.trips, options.rounds))
        title = f"{benchmark.TITLE}, Python {platform.python_version()}, subject {options.subject}"
        table.show(title, benchmark.SUBJECTS, results[name], benchmark.UNIT)
    if options.json:
        table.write(options.json, results, rounds=options.rounds, trips=options.trips, subject=options.subject)
    slow = complaints(results, options)
    for line in slow:
        print(line)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
