"""The compiler as a reader of headers: it compiles a list of expressions for a target, and nothing is ever run."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

PREFIX = "berkeley_"
VALUE = re.compile(rf"^@{PREFIX}(\w+) = .*\bconstant i64 (-?\d+)", re.MULTILINE)
WRONG_LINE = re.compile(r"^[^\n]*probe\.c:(\d+):\d+: error: ([^\n]*)", re.MULTILINE)
IDENTIFIER = re.compile(r"\b[A-Za-z_]\w*")


class ProbeError(RuntimeError):
    """The compiler refused a probe for a reason other than a missing name."""


def compiler_version() -> str:
    """The version of the package whose headers are read."""
    return importlib.metadata.version("ziglang")


@dataclass(frozen=True)
class Surroundings:
    """What stands before the expressions of a probe: the target, the headers, and macros defined ahead of them."""

    target: str
    headers: list[str]
    defines: list[str] = field(default_factory=list)

    def prelude(self) -> str:
        """The first lines of a probe; a header that the target lacks is left out."""
        macros = "".join(f"#define {text}\n" for text in ["_GNU_SOURCE 1", *self.defines])
        includes = (f"#if __has_include(<{name}>)\n#include <{name}>\n#endif\n" for name in self.headers)
        return macros + "".join(includes)


def values(around: Surroundings, expressions: dict[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    """Evaluate C expressions for a target: the values by name, and what the compiler said of each name without one."""
    missing: dict[str, str] = {}
    while True:
        present = {name: text for name, text in expressions.items() if name not in missing}
        source = around.prelude()
        first = source.count("\n") + 1
        source += "".join(f"const long long {PREFIX}{name} = (long long)({text});\n" for name, text in present.items())
        intermediate, complaints = _compile(around.target, source, "-S", "-emit-llvm")
        if not complaints:
            return {name: int(number) for name, number in VALUE.findall(intermediate)}, missing
        missing |= _names_of_wrong_lines(complaints, list(present), first)


def _names_of_wrong_lines(complaints: str, names: list[str], first: int) -> dict[str, str]:
    wrong = {int(line) - first: text for line, text in WRONG_LINE.findall(complaints)}
    if not wrong or min(wrong) < 0:
        raise ProbeError(complaints)
    return {names[index]: text for index, text in wrong.items()}


def identifiers(around: Surroundings) -> set[str]:
    """Every macro name and every word of the headers as the compiler sees them."""
    macros, complaints = _compile(around.target, around.prelude(), "-E", "-dM")
    text, more = _compile(around.target, around.prelude(), "-E", "-P")
    if complaints or more:
        raise ProbeError(complaints + more)
    return set(IDENTIFIER.findall(macros)) | set(IDENTIFIER.findall(text))


@functools.cache
def _compiler() -> str:
    """The compiler inside the package: calling it at once saves the start of an interpreter for each probe."""
    spec = importlib.util.find_spec("ziglang")
    if spec is None or spec.origin is None:
        raise ProbeError("ziglang, the package that has the compiler and the headers, is not installed")
    return str(Path(spec.origin).with_name("zig"))


def _compile(target: str, source: str, *options: str) -> tuple[str, str]:
    """Run the compiler: its output, or what it complained about."""
    with tempfile.TemporaryDirectory() as folder:
        path, output = Path(folder, "probe.c"), Path(folder, "output")
        path.write_text(source, "utf-8")
        command = [_compiler(), "cc", "-target", target, *options]
        command += ["-w", "-ferror-limit=0", "-o", str(output), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        if done.returncode == 0:
            return output.read_text("utf-8"), ""
        return "", done.stderr or f"status {done.returncode}"
