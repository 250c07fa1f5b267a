"""What a benchmark has to show: bounds on ratios and costs, and whether the rounds that were measured meet them."""

from __future__ import annotations

import dataclasses
import enum
import math
import statistics

from bench.measure import Comparison, amount, middle


class Verdict(enum.Enum):
    """How a bound fared. NOISE: the median misses it, but more than one round in ten meets it."""

    MET = "met"
    NOISE = "noise"
    MISSED = "MISSED"
    NOT_MEASURED = "-"


@dataclasses.dataclass(frozen=True)
class Bound:
    """A limit of berkeley's cost, beside that of a peer or (with no peer) by itself.

    `least` is how many times as fast as the peer berkeley has to be, `most` how many times the peer's cost it may take.
    A bound holds only where the peer's median cost is at least `where`.
    """

    peer: str = ""
    least: float | None = None
    most: float | None = None
    where: float = 0.0

    @property
    def limit(self) -> float:
        return self.least if self.least is not None else (self.most or 0.0)

    def said(self, unit: str) -> str:
        """The bound as it is printed; the unit is that of costs, which ratios do not have."""
        if self.least is not None:
            return f"≥ {self.least:g}"
        return f"≤ {self.most:.4g}" if self.peer else f"≤ {amount(self.most, unit)}"

    def figures(self, row: Comparison) -> list[float]:
        """The figure of each round, in rising order; none if the peer did not take part."""
        if not self.peer:
            return sorted(row.costs["berkeley"])
        return row.ratios(self.peer, "berkeley") if self.most is None else row.ratios("berkeley", self.peer)

    def holds(self, row: Comparison) -> bool:
        """Whether there is anything to judge."""
        if self.peer and not row.costs.get(self.peer):
            return False
        return not self.where or statistics.median(row.costs[self.peer]) >= self.where

    def verdict(self, row: Comparison, margin: float = 0.0) -> Verdict:
        """A bound is missed when nine rounds in ten miss it by more than the margin (0.1 is ten per cent)."""
        if not self.holds(row):
            return Verdict.NOT_MEASURED
        figures = self.figures(row)
        low, high = middle(figures)
        if self.most is None:
            return self._verdict(statistics.median(figures), high / (1 - margin), self.limit)
        return self._verdict(-statistics.median(figures), -low / (1 + margin), -self.limit)

    @staticmethod
    def _verdict(median: float, best: float, limit: float) -> Verdict:
        # Ratios of equal things differ in the last digits; what counts is what is printed.
        if median >= limit - 0.005 * abs(limit):
            return Verdict.MET
        return Verdict.NOISE if best >= limit else Verdict.MISSED


def faster(least: float, peer: str = "stdlib", where: float = 0.0) -> Bound:
    """Berkeley is at least so many times as fast as the peer."""
    return Bound(peer, least=least, where=where)


def within(most: float, peer: str = "c") -> Bound:
    """Berkeley takes at most so many times what the peer takes."""
    return Bound(peer, most=most)


def costs(most: float) -> Bound:
    """Berkeley takes at most so much, in seconds or whatever the comparison counts."""
    return Bound(most=most)


def misses(row: Comparison, margin: float = 0.0, absolute: bool = True) -> list[str]:
    """What is to be said of the bounds that were missed, a line for each; `absolute` is whether seconds count too."""
    judged = [bound for bound in row.bounds if absolute or bound.peer or row.unit != "s"]
    lost = [bound for bound in judged if bound.verdict(row, margin) is Verdict.MISSED]
    return [f"{row.operation}, {row.condition}: {told(bound, row)} is not {bound.said(row.unit)}" for bound in lost]


def told(bound: Bound, row: Comparison) -> str:
    """The figure of a bound in words."""
    figure = statistics.median(bound.figures(row)) if bound.holds(row) else math.nan
    if not bound.peer:
        return amount(figure, row.unit)
    return f"{figure:.2f} times as fast as {bound.peer}" if bound.most is None else f"{figure:.2f} of {bound.peer}"
