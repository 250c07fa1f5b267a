"""Threads beside the one that is measured: idle ones, that only exist, and busy ones."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def alive(number: int, target: Callable[[threading.Event], None] | None = None) -> Iterator[None]:
    """So many further threads until the end of the block, idle ones if there is no target; it is told when to end."""
    end = threading.Event()
    threads = [threading.Thread(target=target or _wait, args=(end,)) for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        end.set()
        for thread in threads:
            thread.join()


def _wait(end: threading.Event) -> None:
    end.wait()
