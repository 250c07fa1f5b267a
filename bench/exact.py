"""python -m bench.exact: what can be measured so exactly that CI may judge it: system calls, Python's side, sizes."""

from __future__ import annotations

import argparse
import importlib
import socket
import sys
from pathlib import Path
from typing import Any

from bench import measure, python_side, sizes, system_calls, table
from bench.measure import Comparison
from bench.origin import origin

BENCHMARKS: dict[str, Any] = {"system-calls": system_calls, "python-side": python_side, "sizes": sizes}
MARGIN = 0.10  # of a bound: what a machine full of other work was seen to add


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.exact", description=__doc__)
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="do this one alone, or these")
    parser.add_argument("--rounds", type=int, default=51, help="rounds of each comparison (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE as well")
    parser.add_argument("--judge", action="store_true", help="fail if a bound is missed")
    parser.add_argument("--margin", type=float, default=MARGIN, help="by more than this share (default %(default)s)")
    parser.add_argument("--subject", default="berkeley", metavar="MODULE", help="measure MODULE in place of berkeley")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    modules = {"stdlib": socket, "berkeley": importlib.import_module(options.subject)}
    results: dict[str, list[Comparison]] = {}
    for name in options.only or BENCHMARKS:
        results[name] = list(BENCHMARKS[name].comparisons(modules, 1, options.rounds))
        table.show(BENCHMARKS[name].TITLE, results[name])
    if options.json:
        table.write(options.json, results, **origin(), rounds=options.rounds, subject=options.subject)
    # Nanoseconds are those of the machine: they are shown, and ratios judged.
    missed = table.complaints(results, options.margin, absolute=False)
    for line in missed:
        print(line)
    return 1 if missed and options.judge else 0


if __name__ == "__main__":
    measure.stay_on_one_cpu()
    sys.exit(main())
