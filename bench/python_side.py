"""What a call costs before and after its system call: the data calls themselves are those of stubs.c."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import json
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from bench import compiled, fresh
from bench.bounds import Bound, costs, faster
from bench.measure import Comparison, Contender, clock, interleave, stay_on_one_cpu
from bench.threads import alive

TITLE = "the Python side of a call, its system call stubbed out"
CALLS = 2000  # in a round
PEERS = {"repeated peer": 1, "any peer": 1000}
TIMEOUTS = {"blocking": None, "timeout": 5.0, "non-blocking": 0.0}
THREADS = {"one thread": 0, "several threads": 3}
PEER = ("127.0.0.1", 9)
MESSAGE = bytes(64)

# A call as the loop makes it: the name of the method and its arguments. A received message has 64 bytes.
OPERATIONS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "send": ("send", (MESSAGE,)),
    "recv(64)": ("recv", (64,)),
    "recv(4096)": ("recv", (4096,)),
    "recv_into": ("recv_into", (bytearray(64),)),
    "sendto": ("sendto", (MESSAGE, PEER)),
    "recvfrom": ("recvfrom", (4096,)),
    "recvfrom_into": ("recvfrom_into", (bytearray(64),)),
}
WITH_SENDER = ("recvfrom", "recvfrom_into")


def bounds(operation: str, peers: str, threads: str) -> tuple[Bound, ...]:
    """Nobody is slower with several threads; one thread has room for more."""
    if THREADS[threads]:
        return (faster(1.0),)
    if operation in WITH_SENDER:
        return (faster(6.0 if peers == "repeated peer" else 3.5),)
    return (faster(3.5), costs(40e-9))


def conditions() -> Iterator[tuple[str, str, str, str]]:
    """Operation, mode, threads and peers of every measurement."""
    for operation, mode, threads in itertools.product(OPERATIONS, TIMEOUTS, THREADS):
        for peers in PEERS if operation in WITH_SENDER else ("",):
            yield operation, mode, threads, peers


def calling(call: Callable[..., Any], arguments: tuple[Any, ...], calls: int) -> Contender:
    """Rounds of one method; arguments are spelled out, as programs do."""

    def one() -> float:
        (only,) = arguments
        begin = clock()
        for _ in itertools.repeat(None, calls):
            call(only)
        return (clock() - begin) / calls

    def two() -> float:
        first, second = arguments
        begin = clock()
        for _ in itertools.repeat(None, calls):
            call(first, second)
        return (clock() - begin) / calls

    return one if len(arguments) == 1 else two


def bare_loop() -> float:
    """What the loop itself takes, which is taken off."""
    begin = clock()
    for _ in itertools.repeat(None, CALLS):
        pass
    return (clock() - begin) / CALLS


def compare(modules: dict[str, ModuleType], operation: str, mode: str, rounds: int) -> dict[str, list[float]]:
    """The seconds of each module in each round, without those of the loop."""
    method, arguments = OPERATIONS[operation]
    with contextlib.ExitStack() as stack:
        contenders: dict[str, Contender] = {"loop": bare_loop}
        for name, module in modules.items():
            sock = stack.enter_context(module.socket(module.AF_INET, module.SOCK_DGRAM))
            sock.settimeout(TIMEOUTS[mode])
            contenders[name] = calling(getattr(sock, method), arguments, CALLS)
        found = interleave(contenders, rounds)
    loop = found.pop("loop")
    return {
        name: [max(cost - bare, 1e-10) for cost, bare in zip(each, loop, strict=True)] for name, each in found.items()
    }


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """Every operation in every mode, alone and beside idle threads."""
    stubs = compiled.library("stubs")
    if stubs is None:
        print("the Python side: not measured, for want of a C compiler")
        return
    rows = fresh.figures("bench.python_side", modules, trips, rounds, f"--stubs={stubs}", LD_PRELOAD=str(stubs))
    for (operation, mode, threads, peers), seconds in zip(conditions(), rows, strict=True):
        condition = ", ".join(filter(None, (mode, threads, peers)))
        yield Comparison(operation, condition, seconds, bounds(operation, peers, threads))


def main() -> None:
    """Measure in this process, and print the figures as JSON."""
    parser = fresh.parser(__doc__)
    parser.add_argument("--stubs", required=True)
    options = parser.parse_args()
    modules = fresh.named(options.modules)
    stub_peers = ctypes.CDLL(options.stubs).stub_peers
    rows = []
    for operation, mode, threads, peers in conditions():
        stub_peers(PEERS.get(peers, 1))
        with alive(THREADS[threads]):
            rows.append(compare(modules, operation, mode, options.rounds))
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    stay_on_one_cpu()
    main()
