"""python -m bench: measures berkeley beside the interpreter's own socket module, C and uvloop, and judges the figures.

A bound is met if the median over the rounds is within it. It is missed only if nine rounds in ten are outside: between
the two it may be noise, and is shown as such.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from bench import measure, table
from bench.measure import Comparison
from bench.origin import origin, sentence

# Modules of this package. Each has a TITLE, and comparisons(modules, trips, rounds).
BENCHMARKS = {
    "pingpong": "ping-pong in one thread",
    "large_receives": "recv() with much room",
    "python_side": "what the Python side costs",
    "senders": "receives with an address",
    "batches": "many datagrams at once",
    "fairness": "sends beside threads that compute",
    "asyncio_servers": "asyncio on both modules, and uvloop",
    "connections": "connections",
    "numeric_hosts": "lookups of numbers",
    "imports": "import",
    "files": "makefile",
    "bulk": "bulk transfers",
    "sizes": "memory",
    "system_calls": "system calls",
    "addresses": "addresses of all families",
    "roundtrips": "round trips to another process",
    "programs": "real programs",
}
LONG = {"programs"}  # left out of a quick run
RESULTS = Path(__file__).parents[1] / "build" / "bench"
EXTRAS = "test,bench,programs"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--rounds", type=int, help=f"rounds of a comparison whose rounds are short ({measure.ALL_ROUNDS})"
    )
    parser.add_argument("--trips", type=int, help="operations in such a round (500)")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, and no real programs")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="where to write the figures (build/bench/VERSION.json)"
    )
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="do this benchmark alone, or these")
    parser.add_argument("--judge", action="store_true", help="fail if a bound is missed")
    parser.add_argument("--all-interpreters", action="store_true", help="do it on every interpreter at hand")
    parser.add_argument("--all-cpus", action="store_true", help="let all processes run on any CPU")
    parser.add_argument("--subject", default="berkeley", metavar="MODULE", help="measure MODULE in place of berkeley")
    return parser.parse_args()


def chosen(options: argparse.Namespace) -> list[str]:
    """The benchmarks that are asked for and there."""
    names = options.only or [name for name in BENCHMARKS if not (options.quick and name in LONG)]
    there = [name for name in names if importlib.util.find_spec(f"bench.{name}")]
    for name in set(names) - set(there):
        print(f"{name}: not measured, because bench/{name}.py is missing")
    return there


def measured(name: str, modules: dict[str, ModuleType], trips: int, rounds: int) -> list[Comparison]:
    """The rows of one benchmark, which are shown as well."""
    benchmark: Any = importlib.import_module(f"bench.{name}")
    began = time.monotonic()
    rows = list(benchmark.comparisons(modules, trips, rounds))
    most = max((len(costs) for row in rows for costs in row.costs.values()), default=0)
    table.show(f"{name}: {benchmark.TITLE} ({most} rounds, {time.monotonic() - began:.0f} s)", rows)
    return rows


def run(options: argparse.Namespace) -> int:
    """Everything on this interpreter; 1 if a bound is missed and that matters."""
    rounds = options.rounds or (21 if options.quick else measure.ALL_ROUNDS)
    trips = options.trips or (200 if options.quick else 500)
    where = origin()
    print(f"{sentence(where)}; subject {options.subject}", flush=True)
    modules = {"stdlib": socket, "berkeley": importlib.import_module(options.subject)}
    results = {name: measured(name, modules, trips, rounds) for name in chosen(options)}
    path = options.json or RESULTS / f"{where['python'].rpartition('.')[0]}.json"
    table.write(path, results, **where, rounds=rounds, trips=trips, subject=options.subject)
    missed = table.complaints(results)
    print("\n".join([*missed, table.summary(results)]))
    return 1 if missed and options.judge else 0


def run_everywhere() -> int:
    """The same in the environment of every interpreter at hand."""
    from tools import environment, interpreters

    given = [each for each in sys.argv[1:] if each != "--all-interpreters"]
    status = 0
    for version, interpreter in interpreters.find().items():
        python = environment.environment(interpreter, version, EXTRAS)
        status |= subprocess.run([python, "-m", "bench", *given], check=False).returncode
    return status


def main() -> int:
    options = arguments()
    if options.all_interpreters:
        return run_everywhere()
    if not options.all_cpus:
        measure.stay_on_one_cpu()
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
