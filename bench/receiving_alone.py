"""The process of one contender of bench/large_receives.py: does a round for every line it reads, and prints seconds.

It imports next to nothing, since the blocks that imports allocate and free are part of the history that is measured.
"""

import importlib
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

PAIRS = 32
PASSES = 4  # over all pairs, in a round
MESSAGE = bytes(64)


def in_python(ends: "list[Any]", size: int) -> "Callable[[], float]":
    calls = [end.recv for end in ends]

    def receive() -> float:
        begin = time.thread_time()
        for recv in calls:
            recv(size)
        return time.thread_time() - begin

    return receive


def in_c(ends: "list[Any]", size: int, library: str) -> "Callable[[], float]":
    import ctypes

    receive_each = ctypes.CDLL(library).receive_each
    receive_each.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    receive_each.restype = ctypes.c_longlong
    descriptors = (ctypes.c_int * PAIRS)(*[end.fileno() for end in ends])
    return lambda: receive_each(descriptors, PAIRS, size) / 1e9


def main(name: str, size: int, freed: bool, library: str = "") -> None:
    if freed:
        block = bytes(1 << 22)
        del block
    pairs = [importlib.import_module(name).socketpair() for _ in range(PAIRS)]
    ends = [far for _, far in pairs]
    receive = in_c(ends, size, library) if library else in_python(ends, size)
    for _ in sys.stdin:
        seconds = 0.0
        for _ in range(PASSES):
            for near, _ in pairs:
                near.send(MESSAGE)
            seconds += receive()
        print(seconds / PASSES / PAIRS, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "freed", *sys.argv[4:])
