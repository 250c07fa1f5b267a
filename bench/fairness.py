"""Sends beside threads that compute: how many get through, and what the other threads have to bear for it."""

from __future__ import annotations

import contextlib
import json
import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from bench import fresh
from bench.bounds import Bound, costs, faster, within
from bench.measure import Comparison, Contender, interleave, on_all_cpus, share
from bench.threads import alive

TITLE = "sends over UDP beside CPU-bound threads, on all CPUs"
ROUNDS = 11  # of 101
CONDITIONS = (("blocking", 1), ("timeout", 1), ("non-blocking", 1), ("blocking", 4))
TIMEOUTS = {"blocking": None, "timeout": 5.0, "non-blocking": 0.0}
PERIOD = 0.001  # of the thread that wakes up
MESSAGE = bytes(64)
LONGEST = 0.4  # seconds of a round
# What is told of a round: bounds on the ratio where the interpreter's module falls below 1,000 sends a second.
FIGURES: dict[str, tuple[Bound, ...]] = {
    "a send": (faster(100.0, where=1e-3), costs(1 / 30_000)),
    "p50 of a waking thread's delay": (within(1.0, "stdlib"),),
    "p99 of a waking thread's delay": (within(1.0, "stdlib"),),
    "1,000 squares of a computing thread": (),
}


class Beside:
    """What the other threads of a round have measured."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self.squares = 0

    def wake(self, end: threading.Event) -> None:
        """Sleep for a PERIOD again and again, and note how much later it was when the thread came to run."""
        while not end.is_set():
            due = time.perf_counter() + PERIOD
            time.sleep(PERIOD)
            self.delays.append(time.perf_counter() - due)

    def compute(self, end: threading.Event) -> None:
        while not end.is_set():
            for number in range(1000):
                number * number
            self.squares += 1


def sending(sock: Any, seconds: float) -> float:
    """The time of a send, of as many as there is time for."""
    send, number = sock.send, 0
    begin = time.perf_counter()
    while time.perf_counter() < begin + seconds:
        send(MESSAGE)
        number += 1
    return (time.perf_counter() - begin) / number


def round_of(sock: Any, busy: int, seconds: float) -> list[float]:
    """One round: its figures in the order of FIGURES."""
    beside = Beside()
    with alive(1, beside.wake), alive(busy, beside.compute):
        time.sleep(seconds / 10)
        beside.delays.clear()
        before, begin = beside.squares, time.perf_counter()
        cost = sending(sock, seconds)
        squares, took = beside.squares - before, time.perf_counter() - begin
    return [cost, *percentiles(beside.delays), took / max(1, squares)]


def percentiles(delays: list[float]) -> tuple[float, float]:
    """The median, and what one in a hundred exceeds."""
    ordered = sorted(delays) or [0.0]
    return statistics.median(ordered), ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]


def rounds_of(modules: dict[str, ModuleType], mode: str, busy: int, seconds: float, rounds: int) -> list[Any]:
    """For each of FIGURES what it was with each module in each round; both send to one socket, which nobody reads."""
    with contextlib.ExitStack() as stack:
        target = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        target.bind(("127.0.0.1", 0))
        kept: dict[str, list[list[float]]] = {name: [] for name in modules}
        contenders = {}
        for name, module in modules.items():
            sock = stack.enter_context(module.socket(module.AF_INET, module.SOCK_DGRAM))
            sock.connect(target.getsockname())
            sock.settimeout(TIMEOUTS[mode])
            contenders[name] = kept_round(sock, busy, seconds, kept[name])
        interleave(contenders, rounds)
    # interleave() has let each run once more, before the rounds that count.
    return [{name: [figures[i] for figures in kept[name][1:]] for name in modules} for i in range(len(FIGURES))]


def kept_round(sock: Any, busy: int, seconds: float, kept: list[list[float]]) -> Contender:
    def run() -> float:
        kept.append(round_of(sock, busy, seconds))
        return kept[-1][0]

    return run


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """A process that may run on any CPU."""
    with on_all_cpus():
        found = fresh.figures("bench.fairness", modules, trips, share(rounds, ROUNDS))
    for (mode, busy), figures in zip(CONDITIONS, found, strict=True):
        beside = f"{mode}, {busy} busy thread{'s' if busy > 1 else ''}"
        for (figure, bounds), each in zip(FIGURES.items(), figures, strict=True):
            yield Comparison(figure, beside, each, bounds)


def main() -> None:
    """Measure in this process, and print the figures as JSON."""
    options = fresh.parser(__doc__).parse_args()
    modules = fresh.named(options.modules)
    seconds = min(LONGEST, options.trips / 1000)
    found = [rounds_of(modules, mode, busy, seconds, options.rounds) for mode, busy in CONDITIONS]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
