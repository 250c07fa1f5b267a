"""Reading lines through makefile(): one line is there, and is read."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from bench.bounds import faster
from bench.measure import Comparison, Contender, clock, interleave, share
from bench.pairs import PAIRS, Pairs, pairs

TITLE = "makefile('rb').readline(), a line a message"
ROUNDS = 51  # of 101
PASSES = 4  # over all pairs, in a round
LINE = b"GET /index.html HTTP/1.1\r\n"
TIMEOUTS = {"blocking": None, "timeout": 5.0}


def reading(pairs: Pairs, module: ModuleType, timeout: float | None) -> Contender:
    socks = pairs.of(module)
    files = [sock.makefile("rb") for sock in socks]
    calls = [file.readline for file in files]

    def run() -> float:
        total = 0.0
        for sock in socks:
            sock.settimeout(timeout)
        for _ in range(PASSES):
            pairs.fill(LINE)
            begin = clock()
            for readline in calls:
                readline()
            total += clock() - begin
        return total / PASSES / PAIRS

    return run


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """All contenders on the same connections."""
    del trips
    for mode, timeout in TIMEOUTS.items():
        with pairs() as made:
            contenders = {name: reading(made, module, timeout) for name, module in modules.items()}
            found = interleave(contenders, share(rounds, ROUNDS))
        yield Comparison("readline", mode, found, (faster(1.2),))
