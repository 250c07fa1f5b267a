"""Compiles the core's C code for systems that are not at hand, with the headers that ziglang has of them."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any

from tools.environment import ROOT

TARGETS = (
    "aarch64-linux-gnu",
    "arm-linux-gnueabihf",  # 32 bits
    "s390x-linux-gnu",  # big-endian
    "x86_64-linux-musl",
    "aarch64-linux-musl",
    "aarch64-macos",
    "x86_64-macos",
    "x86_64-freebsd",
    "x86_64-netbsd",
    "x86_64-openbsd",
)

GENERATED = ROOT / "build" / "cython" / "src" / "berkeley"
HEADERS = ROOT / "build" / "portability"

# Every warning is an error, but for those of variables that Cython declares and the code does not need.
UNUSED = ("-Wno-unused-variable", "-Wno-unused-but-set-variable")
OPTIONS = ("-c", "-O0", "-fno-sanitize=undefined", "-Wall", "-Werror", *UNUSED, "-ferror-limit=0")
COMPLAINT = re.compile(r"^(.+?):(\d+):\d+: (?:fatal )?error: (.*)$", re.MULTILINE)

SIZES = {
    "SIZEOF_LONG": "__SIZEOF_LONG__",
    "SIZEOF_LONG_DOUBLE": "__SIZEOF_LONG_DOUBLE__",
    "SIZEOF_SIZE_T": "__SIZEOF_SIZE_T__",
    "SIZEOF_UINTPTR_T": "__SIZEOF_POINTER__",
    "SIZEOF_VOID_P": "__SIZEOF_POINTER__",
    "SIZEOF_WCHAR_T": "__SIZEOF_WCHAR_T__",
    "ALIGNOF_LONG": "__SIZEOF_LONG__",
    "ALIGNOF_SIZE_T": "__SIZEOF_SIZE_T__",
}

# configure leaves the first three undefined on macOS, and defines the last one on OpenBSD alone: without that, these
# systems hide what is not in POSIX.
SYSTEMS = """
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define WORDS_BIGENDIAN 1
#endif
#ifdef __APPLE__
#undef _POSIX_C_SOURCE
#undef _XOPEN_SOURCE
#undef _XOPEN_SOURCE_EXTENDED
#endif
#ifdef __OpenBSD__
#define _BSD_SOURCE 1
#endif
"""


def setting(name: str) -> list[Any]:
    """A list that setup.py assigns to a name."""
    for node in ast.parse((ROOT / "setup.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return list(ast.literal_eval(node.value))
    raise LookupError(f"setup.py assigns nothing to {name}")


def sources() -> list[Path]:
    """The C file of every compiled module."""
    return [GENERATED.joinpath(*module.split(".")).with_suffix(".c") for module in setting("CORE")]


def pyconfig() -> str:
    """This interpreter's pyconfig.h, corrected by what the compiler and the systems define."""
    sizes = "".join(f"#undef {name}\n#define {name} {value}\n" for name, value in SIZES.items())
    return f'#include "{sysconfig.get_config_h_filename()}"\n{sizes}{SYSTEMS}'


def python_headers(folder: Path) -> Path:
    """A folder with this interpreter's headers, but for pyconfig.h, which stands beside them corrected."""
    folder.mkdir(parents=True, exist_ok=True)
    for header in Path(sysconfig.get_path("include")).iterdir():
        link = folder / header.name
        if header.name != "pyconfig.h" and not link.exists():
            link.symlink_to(header)
    (folder / "pyconfig.h").write_text(pyconfig(), "utf-8")
    return folder


def complaints(target: str, source: Path, headers: Path) -> list[str]:
    """What the compiler has against a C file on a target: lines of `target: file:line: message`."""
    command = [sys.executable, "-m", "ziglang", "cc", "-target", target, *OPTIONS]
    command += [f"-D{name}={value}" for name, value in setting("MACROS")]
    with tempfile.TemporaryDirectory() as folder:
        command += ["-I", str(headers), "-o", os.path.join(folder, "some.o"), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    found = [f"{target}: {short(path)}:{line}: {text}" for path, line, text in COMPLAINT.findall(done.stderr)]
    return found or [f"{target}: {short(str(source))}:0: {done.stderr.strip() or f'status {done.returncode}'}"]


def short(path: str) -> str:
    """A path below the project as seen from there."""
    return path.removeprefix(f"{ROOT}{os.sep}")


def check(targets: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each target with all complaints about the core's C code there."""
    headers = python_headers(HEADERS / f"include-{sysconfig.get_python_version()}")
    files = sources()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for target in targets:
            found = pool.map(complaints, repeat(target), files, repeat(headers))
            yield target, [line for lines in found for line in lines]


def main(arguments: list[str]) -> int:
    """Check the targets of the command line, all if there are none; the result is the exit status."""
    missing = [short(str(path)) for path in sources() if not path.exists()]
    if missing:
        print(f"not generated yet, run make build: {', '.join(missing)}")
        return 1
    status = 0
    for target, found in check(arguments or list(TARGETS)):
        print("\n".join(found) or f"{target}: {len(sources())} files compiled", flush=True)
        status |= bool(found)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
