"""Interleaved rounds of contenders, and the medians of their ratios."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import math
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.bounds import Bound

# Does one round and tells what one operation cost, in seconds as a rule.
Contender = Callable[[], float]

# Times calls that never wait. Processor time of the thread, which is what they take on a machine that does nothing
# else; what other processes take does not count.
clock = time.thread_time

ALL_ROUNDS = 101
SCALES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What one operation cost each contender, round by round, and what it may cost berkeley."""

    operation: str
    condition: str
    costs: dict[str, list[float]]
    bounds: tuple[Bound, ...] = ()
    unit: str = "s"

    def cost(self, name: str) -> float | None:
        costs = self.costs.get(name)
        return statistics.median(costs) if costs else None

    def ratios(self, name: str, base: str) -> list[float]:
        """The ratio of each round, in rising order: rounds that were disturbed lie at the ends."""
        pairs = zip(self.costs.get(name, []), self.costs.get(base, []), strict=False)
        return sorted(mine / other if other else math.inf for mine, other in pairs)

    def ratio(self, name: str, base: str) -> float | None:
        ratios = self.ratios(name, base)
        return statistics.median(ratios) if ratios else None

    def spread(self, name: str, base: str) -> tuple[float, float]:
        """The ratios between which the middle eight tenths of the rounds lie."""
        return middle(self.ratios(name, base))


def middle(figures: Sequence[float]) -> tuple[float, float]:
    """The ends of the middle eight tenths of figures in rising order."""
    tenth = len(figures) // 10
    return figures[tenth], figures[-1 - tenth]


def amount(cost: float | None, unit: str) -> str:
    """A cost with the unit that fits it."""
    if cost is None:
        return "-"
    if unit != "s":
        return f"{cost:.4g} {unit}"
    scale, name = next((each for each in SCALES if abs(cost) >= each[0]), SCALES[-1])
    return f"{cost / scale:.3g} {name}" if cost / scale < 1000 else f"{cost / scale:.0f} {name}"


def share(rounds: int, most: int) -> int:
    """The rounds of a benchmark whose rounds are long: `most` of them where short ones have ALL_ROUNDS."""
    return max(1, math.ceil(rounds * most / ALL_ROUNDS))


def stay_on_one_cpu() -> None:
    """Keep this process and its peers on one CPU.

    Waking an idle CPU costs several times the round trip itself, and whether it is needed is the scheduler's whim.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


@contextlib.contextmanager
def on_all_cpus() -> Iterator[None]:
    """Let processes that are started now run on any CPU: threads that compete for the GIL do so from several."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def interleave(contenders: dict[str, Contender], rounds: int) -> dict[str, list[float]]:
    """Let every contender do each round, in an order that turns around from round to round."""
    costs: dict[str, list[float]] = {name: [] for name in contenders}
    for run in contenders.values():
        run()
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            order = list(contenders) if number % 2 else list(reversed(contenders))
            for name in order:
                costs[name].append(contenders[name]())
    finally:
        gc.enable()
    return costs
