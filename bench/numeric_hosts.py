"""Lookups of numeric hosts: the usual one, and the first one of a process."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Iterator
from types import ModuleType

from bench import compiled, startup
from bench.bounds import faster, within
from bench.measure import Comparison, Contender, clock, interleave, share

TITLE = "getaddrinfo() of a numeric host"
ROUNDS = 51  # of 101
PROCESSES = 25  # of 101
NUMBER = 500  # in a round
HOST, PORT = "127.0.0.1", 80
FIRST = (
    "import {module}, time; begin = time.thread_time(); "
    f"{{module}}.getaddrinfo({HOST!r}, {PORT}, 0, {{module}}.SOCK_STREAM); print(time.thread_time() - begin)"
)


def usual(module: ModuleType) -> Contender:
    lookup, kind = module.getaddrinfo, module.SOCK_STREAM

    def run() -> float:
        begin = clock()
        for _ in itertools.repeat(None, NUMBER):
            lookup(HOST, PORT, 0, kind)
        return (clock() - begin) / NUMBER

    return run


def usual_in_c() -> Contender | None:
    lookups = compiled.function("numeric_hosts", "lookups", ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int)
    if lookups is None:
        return None
    return lambda: float(lookups(HOST.encode(), str(PORT).encode(), NUMBER)) / 1e9 / NUMBER


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """Both kinds; the first call in a fresh process each time."""
    del trips
    contenders = {name: usual(module) for name, module in modules.items()}
    if in_c := usual_in_c():
        contenders["c"] = in_c
    found = interleave(contenders, share(rounds, ROUNDS))
    yield Comparison("getaddrinfo", "numeric host", found, (faster(12.0), within(2.5)))
    contenders = {name: startup.printed(startup.command(each, FIRST)) for name, each in modules.items()}
    found = interleave(contenders, share(rounds, PROCESSES))
    yield Comparison("getaddrinfo", "numeric host, first call of a process", found, (faster(20.0),))
