"""What `import` adds to the start of an interpreter that does nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from bench import startup
from bench.bounds import faster
from bench.measure import Comparison, interleave, share

TITLE = "import, over a bare start"
ROUNDS = 31  # of 101
STARTS = 3  # in a round, of which the fastest counts


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """Processor time of whole processes, their end included, less that of one that imports nothing."""
    del trips
    commands = {name: startup.command(module, "import {module}") for name, module in modules.items()}
    commands["bare"] = startup.command(None, "pass")
    found = interleave({name: startup.whole(each, STARTS) for name, each in commands.items()}, share(rounds, ROUNDS))
    bare = found.pop("bare")
    over = {
        name: [max(cost - least, 1e-6) for cost, least in zip(each, bare, strict=True)] for name, each in found.items()
    }
    yield Comparison("import", "over a bare start", over, (faster(5.0),))
