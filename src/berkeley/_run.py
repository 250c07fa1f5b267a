"""A program run on berkeley: its arguments, its path and its __main__ as `python` itself would set them."""

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
    if arguments[:1] in (["-h"], ["--help"]):
        print(USAGE, end="")
        return 0
    program = arguments[1:]
    if (
        arguments[:1] != ["run"]
        or not program
        or (program[0].startswith("-") and (program[0] != "-m" or not program[1:]))
    ):
        print(USAGE, end="", file=sys.stderr)
        return 2
    install()
    if program[0] == "-m":
        run_module(program[1:])
        return 0
    return run_script(program)


def run_module(arguments: list[str]) -> None:
    """What `python -m MODULE ARGS` does, in the __main__ of this process; a missing module ends it with one line."""
    sys.argv = arguments
    runpy._run_module_as_main(arguments[0])  # type: ignore[attr-defined]


def run_script(arguments: list[str]) -> int:
    """What `python SCRIPT ARGS` does, in the __main__ of this process; 2 if there is no such file."""
    path = os.path.abspath(arguments[0])
    sys.argv = arguments
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.path.dirname(os.path.realpath(path))
    if os.path.isdir(path) or path.endswith((".zip", ".pyz")):
        runpy.run_path(path, run_name="__main__")
        return 0
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as problem:
        print(
            f"{sys.executable}: can't open file {path!r}: [Errno {problem.errno}] {problem.strerror}", file=sys.stderr
        )
        return 2
    namespace = vars(sys.modules["__main__"])
    namespace.update(__file__=path, __spec__=None, __package__=None, __doc__=None)
    exec(compile(source, path, "exec"), namespace)
    return 0
