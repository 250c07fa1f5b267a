"""A program run on berkeley: its arguments, its path and its name as `python` itself would set them."""

from __future__ import annotations

import os
import runpy
import sys

from berkeley._install import install

USAGE = """\
usage: python -m berkeley run [-m MODULE | SCRIPT] [ARGS ...]

Run a module or a script with berkeley as its socket module.
"""


def main(arguments: list[str]) -> int:
    """Obey the command line (without the program's name); the exit status."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE, end="")
        return 0 if arguments else 2
    if arguments[0] != "run" or len(arguments) < 2 or arguments[1:] == ["-m"]:
        print(USAGE, end="", file=sys.stderr)
        return 2
    run(arguments[1:])
    return 0


def run(arguments: list[str]) -> None:
    """Run `-m MODULE ARGS` or `SCRIPT ARGS` in this process, as __main__."""
    install()
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        return
    sys.argv = arguments
    sys.path[0] = os.path.dirname(os.path.abspath(arguments[0]))
    runpy.run_path(arguments[0], run_name="__main__")
