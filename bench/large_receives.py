"""What it costs to ask for much and to get little, as asyncio does: recv(128 KiB) and more, of 64 bytes."""

from __future__ import annotations

import ctypes
import itertools
import json
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from bench import compiled, fresh
from bench.bounds import faster, within
from bench.measure import Comparison, Contender, clock, interleave, share, stay_on_one_cpu
from bench.pairs import PAIRS, Pairs, pairs

TITLE = "recv() of 64 bytes with much room, the receive alone"
ROUNDS = 51  # of 101
PASSES = 4  # over all pairs, in a round
SIZES = (128, 256, 1024)
MESSAGE = bytes(64)
# glibc takes large blocks from the kernel and gives them back at once, until a program has freed a large one.
HISTORIES = {"in a fresh process": 6.0, "once a large block was freed": 1.15}


def passing(pairs: Pairs, receive: Callable[[], float]) -> Contender:
    """Rounds of one contender: `receive` takes one message from each pair, and tells the seconds of that."""

    def run() -> float:
        total = 0.0
        for _ in range(PASSES):
            pairs.fill(MESSAGE)
            total += receive()
        return total / PASSES / PAIRS

    return run


def in_python(pairs: Pairs, module: ModuleType, size: int) -> Contender:
    calls = [sock.recv for sock in pairs.of(module)]

    def receive() -> float:
        begin = clock()
        for recv in calls:
            recv(size)
        return clock() - begin

    return passing(pairs, receive)


def in_c(pairs: Pairs, library: str, size: int) -> Contender:
    receive_each = ctypes.CDLL(library).receive_each
    receive_each.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    receive_each.restype = ctypes.c_longlong
    descriptors = (ctypes.c_int * PAIRS)(*pairs.fds)
    return passing(pairs, lambda: receive_each(descriptors, PAIRS, size) / 1e9)


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """Each size with each history in a process of its own, where all contenders take turns."""
    library = compiled.library("receives")
    given = (modules, trips, share(rounds, ROUNDS), f"--library={library or ''}")
    for (history, least), size in itertools.product(HISTORIES.items(), SIZES):
        more = (f"--size={size << 10}", *(["--freed"] if "freed" in history else []))
        found = fresh.figures("bench.large_receives", *given, *more)
        yield Comparison(f"recv({size} KiB)", history, found, (faster(least), within(1.15)))


def measured(modules: dict[str, ModuleType], rounds: int, size: int, library: str) -> dict[str, list[float]]:
    with pairs() as made:
        contenders = {name: in_python(made, module, size) for name, module in modules.items()}
        if library:
            contenders["c"] = in_c(made, library, size)
        return interleave(contenders, rounds)


def main() -> Any:
    """Measure in this process, and print the figures as JSON."""
    parser = fresh.parser(__doc__)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--freed", action="store_true", help="free a large block first")
    parser.add_argument("--library", help="the C loop")
    options = parser.parse_args()
    modules = fresh.named(options.modules)
    if options.freed:
        block = bytes(1 << 22)
        del block
    json.dump(measured(modules, options.rounds, options.size, options.library), sys.stdout)


if __name__ == "__main__":
    stay_on_one_cpu()
    main()
