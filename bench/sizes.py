"""How much memory a socket object takes: its own bytes, what Python allocates, and what the process grows by."""

from __future__ import annotations

import json
import resource
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from bench import fresh
from bench.bounds import within
from bench.measure import Comparison

TITLE = "memory of socket objects"
SOCKETS = 4000  # so many that whole pages do not matter
KINDS = {
    "sys.getsizeof": "one socket",
    "allocated by Python": f"each of {SOCKETS}, tracemalloc",
    "resident memory": f"each of {SOCKETS}, the process",
}


def resident() -> int:
    """Bytes of this process that are in memory."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no anonymous memory?")


def measured(module: ModuleType) -> dict[str, float]:
    """Bytes by kind."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, SOCKETS + 100), hard))
    with module.socket() as one:
        size = sys.getsizeof(one)
    before = resident()
    socks = [module.socket() for _ in range(SOCKETS)]
    grown = (resident() - before) / SOCKETS
    for sock in socks:
        sock.close()
    tracemalloc.start()
    del socks
    begin = tracemalloc.get_traced_memory()[0]
    socks = [module.socket() for _ in range(SOCKETS)]
    allocated = (tracemalloc.get_traced_memory()[0] - begin) / SOCKETS
    for sock in socks:
        sock.close()
    return dict(zip(KINDS, (size, allocated, grown), strict=True))


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """Each module in a process of its own."""
    found = {name: fresh.figures("bench.sizes", {name: module}, trips, rounds) for name, module in modules.items()}
    for kind, condition in KINDS.items():
        # Pages are counted whole, and which of them an allocator had already is chance.
        allowed = 1.05 if kind == "resident memory" else 1.0
        row = {name: [each[kind]] for name, each in found.items()}
        yield Comparison(kind, condition, row, (within(allowed, "stdlib"),), "bytes")


def main() -> None:
    """Measure the one module named, and print the figures as JSON."""
    options = fresh.parser(__doc__).parse_args()
    (module,) = fresh.named(options.modules).values()
    json.dump(measured(module), sys.stdout)


if __name__ == "__main__":
    main()
