"""Signal handlers that count, act at the third signal, or refuse to let the interrupted call go on."""

from __future__ import annotations

from collections.abc import Callable

ENDLESS = 500


class Refusal(Exception):
    """What the handler `refuse` raises."""


class Ticks:
    """Counts its calls, runs `third` at the third one, and ends a call that would wait forever."""

    def __init__(self, third: Callable[[], object] = lambda: None) -> None:
        self.third = third
        self.count = 0

    def __call__(self, *_: object) -> None:
        self.count += 1
        if self.count == 3:
            self.third()
        if self.count > ENDLESS:
            raise RuntimeError("the interrupted call does not end")


def refuse(*_: object) -> None:
    raise Refusal
