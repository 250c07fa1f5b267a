"""Interleaved rounds of contenders, and the medians of their ratios."""

from __future__ import annotations

import dataclasses
import gc
import os
import statistics
from collections.abc import Callable

# Does one round and tells how many seconds one operation took.
Contender = Callable[[], float]


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What one operation cost each contender, round by round, in seconds."""

    transport: str
    mode: str
    seconds: dict[str, list[float]]

    def microseconds(self, name: str) -> float | None:
        times = self.seconds.get(name)
        return statistics.median(times) * 1e6 if times else None

    def ratios(self, name: str, base: str) -> list[float]:
        """The ratio of each round, in rising order: rounds that were disturbed lie at the ends."""
        pairs = zip(self.seconds.get(name, []), self.seconds.get(base, []), strict=False)
        return sorted(mine / other for mine, other in pairs)

    def ratio(self, name: str, base: str) -> float | None:
        ratios = self.ratios(name, base)
        return statistics.median(ratios) if ratios else None

    def spread(self, name: str, base: str) -> tuple[float, float]:
        """The ratios between which the middle eight tenths of the rounds lie."""
        ratios = self.ratios(name, base)
        tenth = len(ratios) // 10
        return ratios[tenth], ratios[-1 - tenth]


def stay_on_one_cpu() -> None:
    """Keep this process and the echo peer on one CPU.

    Waking an idle CPU costs several times the round trip itself, and whether it is needed is the scheduler's whim.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def interleave(contenders: dict[str, Contender], rounds: int) -> dict[str, list[float]]:
    """Let every contender do each round, in an order that turns around from round to round."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for run in contenders.values():
        run()
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            order = list(contenders) if number % 2 else list(reversed(contenders))
            for name in order:
                seconds[name].append(contenders[name]())
    finally:
        gc.enable()
    return seconds
