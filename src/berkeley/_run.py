"""A program run on berkeley: its arguments, its path, its __main__ and its tracebacks as `python` itself has them."""

from __future__ import annotations

import linecache
import os
import sys

from berkeley._install import install

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, TracebackType
    from typing import Any

USAGE = """\
usage: python -m berkeley run [--children] [--best-effort] [-m MODULE | -c CODE | SCRIPT | -] [ARGS ...]

Run a program with berkeley as its socket module: a module, code, a script (a file, a folder or a zip file that has
a __main__.py), or what standard input has. Options of the interpreter stand before -m berkeley.

  --children     run the Python programs that it starts on berkeley too; those of multiprocessing are anyway
  --best-effort  go on if a module has imported the interpreter's socket module before (by a .pth file, say)
"""
OPTIONS = {"--children": "children", "--best-effort": "best_effort"}


def start(arguments: list[str]) -> None:
    """main(), whose status other than 0 becomes that of the process; a program that just ends is left to end."""
    status = main(arguments)
    if status:
        raise SystemExit(status)


def main(arguments: list[str]) -> int:
    """Obey the command line (without the program's name); the exit status."""
    if arguments[:1] in (["-h"], ["--help"]) or arguments in (["run", "-h"], ["run", "--help"]):
        print(USAGE, end="")
        return 0
    chosen, program = _split(arguments[1:])
    if arguments[:1] != ["run"] or not _is_program(program):
        print(USAGE, end="", file=sys.stderr)
        return 2
    install(**chosen)
    return _run(program)


def _split(words: list[str]) -> tuple[dict[str, bool], list[str]]:
    """Our own options, and the program with its arguments."""
    chosen = {}
    while words and words[0] in OPTIONS:
        chosen[OPTIONS[words[0]]] = True
        words = words[1:]
    return chosen, words


def _is_program(words: list[str]) -> bool:
    if words[:1] in (["-m"], ["-c"]):
        return len(words) > 1
    return not words or words[0] == "-" or not words[0].startswith("-")


def _run(program: list[str]) -> int:
    if program[:1] == ["-m"]:
        return _as_main(_run_module, program[1:])
    if program[:1] == ["-c"]:
        return _as_main(_run_code, program[1], ["-c", *program[2:]])
    if program[:1] in ([], ["-"]):
        return _as_main(_run_input, program or [""])
    return _as_main(_run_script, program)


def _as_main(run: Callable[..., None], *arguments: Any) -> int:
    """Call it with a __main__ as the interpreter begins with, and keep our frames out of the program's traceback."""
    from importlib.machinery import BuiltinImporter

    namespace = vars(sys.modules["__main__"])
    builtins = namespace["__builtins__"]
    namespace.clear()
    namespace.update(__name__="__main__", __builtins__=builtins, __doc__=None, __package__=None, __spec__=None)
    namespace["__loader__"] = BuiltinImporter
    if sys.version_info < (3, 14):
        namespace["__annotations__"] = {}
    try:
        run(*arguments)
    except BaseException as error:
        _shorten(error)
        raise
    return 0


def _shorten(error: BaseException) -> None:
    """Let the hook that will print the error see its traceback from the program on, wherever it is raised from here."""
    hook, program = sys.excepthook, error.__traceback__
    while program and program.tb_frame.f_code.co_filename == _as_main.__code__.co_filename:
        program = program.tb_next

    def shortened(kind: type[BaseException], value: BaseException, traceback: TracebackType | None) -> Any:
        if value is error:
            traceback = sys.last_traceback = program
            value.__traceback__ = program
        return hook(kind, value, traceback)

    sys.excepthook = shortened


def _run_module(arguments: list[str]) -> None:
    """What `python -m MODULE ARGS` does; a missing module ends the process with one line."""
    import runpy

    sys.argv = arguments
    runpy._run_module_as_main(arguments[0])  # type: ignore[attr-defined]


def _run_code(source: str, arguments: list[str]) -> None:
    """What `python -c CODE ARGS` does."""
    sys.argv = arguments
    _put_first_on_path("")
    if sys.version_info >= (3, 13):  # from this version on tracebacks show the lines of such code
        linecache.cache["<string>"] = (len(source), None, source.splitlines(keepends=True), "<string>")
    _execute(source.encode("utf-8", "surrogateescape") + b"\n", "<string>")


def _run_input(arguments: list[str]) -> None:
    """What `python -` does: an interactive console on a terminal, else the program that standard input has."""
    sys.argv = arguments
    _put_first_on_path("")
    if sys.stdin.isatty():
        import code

        code.interact(local=vars(sys.modules["__main__"]))
        return
    vars(sys.modules["__main__"]).update(__file__="<stdin>", __cached__=None)
    _execute(sys.stdin.buffer.read(), "<stdin>")


def _run_script(arguments: list[str]) -> None:
    """What `python SCRIPT ARGS` does with a file of source or byte code, a folder or a zip file."""
    import pkgutil

    sys.argv = arguments
    path = os.path.join(os.getcwd(), arguments[0])
    if pkgutil.get_importer(path) is not None:
        _run_folder(path)
        return
    _put_first_on_path(os.path.dirname(os.path.realpath(path)))
    with _opened(path) as file:
        code = pkgutil.read_code(file)
        file.seek(0)
        source = file.read()
    _be_file(path, sourceless=code is not None)
    _execute(code or source, path)


def _run_folder(path: str) -> None:
    """A folder or a zip file is the first entry of sys.path, and its __main__ the program."""
    import runpy

    _leave_out_current_folder()
    sys.path.insert(0, path)
    runpy._run_module_as_main("__main__", alter_argv=False)  # type: ignore[attr-defined]


def _opened(path: str) -> Any:
    try:
        return open(path, "rb")
    except OSError as problem:
        reason = f"[Errno {problem.errno}] {problem.strerror}"
        print(f"{sys.executable}: can't open file {path!r}: {reason}", file=sys.stderr)
        raise SystemExit(2) from None


def _be_file(path: str, sourceless: bool) -> None:
    from importlib import machinery

    loader = machinery.SourcelessFileLoader if sourceless else machinery.SourceFileLoader
    vars(sys.modules["__main__"]).update(__file__=path, __cached__=None, __loader__=loader("__main__", path))


def _execute(program: CodeType | bytes, name: str) -> None:
    # Compiled apart from this file's own `from __future__ import annotations`.
    code = compile(program, name, "exec", dont_inherit=True) if isinstance(program, bytes) else program
    exec(code, vars(sys.modules["__main__"]))


def _put_first_on_path(folder: str) -> None:
    if _leave_out_current_folder():
        sys.path.insert(0, folder)


def _leave_out_current_folder() -> bool:
    """Take what `python -m` has put first off the path; False where it has not, in isolated mode and with -P."""
    present = not (sys.flags.isolated or getattr(sys.flags, "safe_path", False))
    if present:
        del sys.path[0]
    return present
