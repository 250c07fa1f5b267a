"""What it costs to ask for much and to get little, as asyncio does: recv(128 KiB) and more, of 64 bytes."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from types import ModuleType

from bench import compiled, fresh
from bench.bounds import faster, within
from bench.measure import Comparison, Contender, interleave, share

TITLE = "recv() of 64 bytes with much room, the receive alone"
ROUNDS = 51  # of 101
SIZES = (128, 256, 1024)
# glibc takes large blocks from the kernel and gives them back at once, until a program has freed a large one.
HISTORIES = {"in a fresh process": ("fresh", 6.0), "once a large block was freed": ("freed", 1.15)}


def compare(modules: dict[str, ModuleType], size: int, history: str, rounds: int) -> dict[str, list[float]]:
    """Each contender has a process of its own: one that frees a large block would change the history of the others."""
    library = compiled.library("receives")
    contenders = {name: [module.__name__, str(size), history] for name, module in modules.items()}
    if library:
        contenders["c"] = ["socket", str(size), history, str(library)]
    with contextlib.ExitStack() as stack:
        workers: dict[str, Contender] = {}
        for name, arguments in contenders.items():
            workers[name] = stack.enter_context(fresh.Worker("receiving_alone.py", *arguments))
        return interleave(workers, rounds)


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """Each size with each history."""
    del trips
    for (condition, (history, least)), size in itertools.product(HISTORIES.items(), SIZES):
        found = compare(modules, size << 10, history, share(rounds, ROUNDS))
        yield Comparison(f"recv({size} KiB)", condition, found, (faster(least), within(1.15)))
