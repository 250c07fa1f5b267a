"""Runs a program's main function with the arguments of the command line, and tells the seconds on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable


def run(main: Callable[..., None]) -> None:
    """The seconds are the last line: what the program itself took, without the start of the interpreter."""
    began = time.perf_counter()
    main(*sys.argv[1:])
    print(f"{time.perf_counter() - began:.6f}", file=sys.stderr)
