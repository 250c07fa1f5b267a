"""Imports point downwards only: this table of layers is the architecture, and the test holds the sources to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "berkeley"

# Top to bottom. "name.*" stands for the package and all its modules; "berkeley" is the package's own __init__.
LAYERS: list[tuple[str, set[str]]] = [
    ("the command line: reads arguments, prints", {"__main__"}),
    ("whole programs, test runs and children with berkeley in place", {"_run", "pytest", "_startup.sitecustomize"}),
    ("the module of 1.x", {"classic"}),
    ("the public names, and putting them in the place of socket", {"berkeley", "_install"}),
    ("what that takes: a module, those who have the other one, children", {"_stand_in", "_holders", "_children"}),
    ("sockets from and for the interpreter's own module", {"_conversion"}),
    ("Python on top of the base type", {"_socket", "_files", "_sendfile", "_tcp", "_fdpass", "_lookup", "_pair"}),
    ("what Windows alone has: calls of its libraries by ctypes", {"_windows"}),
    ("names and enum types that the layers above share", {"_enums", "_exported", "_public"}),
    ("the base type: one method per system call, and the capsule that shows it to C", {"_base", "_capi"}),
    ("what the methods are made of: descriptors, plain data, whole messages", {"_descriptor", "_transfer", "_message"}),
    ("lookups by name and address", {"_netdb", "_hostent", "_services"}),
    ("the addresses of a socket, from the program and from the kernel", {"_addresses"}),
    ("the live answers to what address codecs ask", {"_names"}),
    ("the parts of an address, of a lookup and of a message, each by itself", {"_inet", "_interfaces", "_resolve"}),
    ("pure forms, without any system call: addresses, control data", {"sockaddr.*", "_cmsg", "_algorithm"}),
    ("a message that outlives a failed receive", {"_kept"}),
    ("deadlines, EINTR and the GIL: the only waiting", {"_wait"}),
    ("system calls as they are", {"_calls"}),
    ("options of a descriptor, timeouts as numbers", {"_options", "_timeouts"}),
    ("Python arguments to C values and back", {"_arguments", "_bytes", "_hostname"}),
    ("errno to exceptions", {"_errors"}),
    ("what an unbuilt module says; the interpreter's own modules", {"_compiled", "_interpreter"}),
    ("names and numbers of every system", {"constants.*", "_platform"}),
    ("declarations of the C library", {"libc.*"}),
]

FORBIDDEN = {"socket", "_socket"}


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts) or "berkeley"


SOURCES = sorted(path for kind in ("*.py", "*.pxd") for path in PACKAGE.rglob(kind))
MODULES = {module_name(path) for path in SOURCES}


def layer_of(module: str) -> int | None:
    package = module.split(".")[0] + ".*"
    for number, (_, members) in enumerate(LAYERS):
        if module in members or package in members:
            return number
    return None


def imported_by_python(text: str, package: str) -> Iterator[tuple[str, str]]:
    """(module, name taken from it or "") of every import and cimport, with cimports under their own names."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = absolute("." * node.level + (node.module or ""), package)
            yield from ((source, alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__"):
                yield str(node.args[0].value), ""


CIMPORT = re.compile(r"^\s*(?:from\s+(?P<source>[\w.]+)\s+)?c?import\s+(?P<names>\([^)]*\)|[^#\n]+)", re.MULTILINE)


def imported_by_pxd(text: str, package: str) -> Iterator[tuple[str, str]]:
    for found in CIMPORT.finditer(text):
        names = [name.split(" as ")[0].strip() for name in found["names"].strip("()").split(",") if name.strip()]
        source = found["source"]
        yield from ((absolute(source, package), name) if source else (name, "") for name in names)


def absolute(source: str, package: str) -> str:
    """The full name of a source that may be relative to the package."""
    name = source.lstrip(".")
    dots = len(source) - len(name)
    if not dots:
        return name
    parents = package.split(".")[: len(package.split(".")) - dots + 1]
    return ".".join([*parents, name] if name else parents)


def imports_of(path: Path) -> set[tuple[str, str]]:
    inside = path.relative_to(PACKAGE).parent.parts
    package = ".".join(("berkeley", *inside))
    read = imported_by_python if path.suffix == ".py" else imported_by_pxd
    found = read(path.read_text("utf-8"), package)
    return {(module.removeprefix("cython.cimports."), name) for module, name in found}


def own_module(module: str, name: str) -> str | None:
    """Which module of the package an import reaches, if any."""
    if module.split(".")[0] != "berkeley":
        return None
    below = module.partition(".")[2]
    submodule = f"{below}.{name}".strip(".") if name else below
    return submodule if submodule in MODULES else below or "berkeley"


def arrows() -> dict[str, set[str]]:
    """Module -> modules of the package that it imports."""
    found: dict[str, set[str]] = {module: set() for module in MODULES}
    for path in SOURCES:
        module = module_name(path)
        targets = {own_module(*each) for each in imports_of(path)}
        found[module] |= {target for target in targets if target and target != module}
    return found


ARROWS = arrows()


def test_there_are_sources_to_look_at() -> None:
    assert {"berkeley", "_base", "sockaddr.inet"} <= MODULES


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_has_its_place_in_the_table(module: str) -> None:
    assert layer_of(module) is not None, f"{module} stands in no layer: give it a place in LAYERS of this file"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_imports_only_modules_that_exist(module: str) -> None:
    assert sorted(ARROWS[module] - MODULES) == []


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_import_points_upwards(module: str) -> None:
    own = layer_of(module) or 0
    upwards = [target for target in ARROWS[module] if (place := layer_of(target)) is not None and place < own]
    assert not upwards, f"{module} ({LAYERS[own][0]}) imports {sorted(upwards)} from a layer above it"


def cycle_from(start: str) -> list[str]:
    """A way along the imports from a module back to itself, or nothing."""
    stack, seen = [(start, [start])], set()
    while stack:
        module, way = stack.pop()
        for target in ARROWS.get(module, ()):
            if target == start:
                return [*way, start]
            if target not in seen:
                seen.add(target)
                stack.append((target, [*way, target]))
    return []


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_imports_go_round_in_a_circle(module: str) -> None:
    assert cycle_from(module) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_imports_the_module_that_berkeley_replaces(path: Path) -> None:
    assert {module for module, _ in imports_of(path)} & FORBIDDEN == set()


@pytest.mark.parametrize("names", [names for _, names in LAYERS], ids=[reason for reason, _ in LAYERS])
def test_the_table_names_modules_that_exist(names: set[str]) -> None:
    packages = {name for name in names if name.endswith(".*")}
    assert sorted(names - packages - MODULES) == []
    assert {name for name in packages if name[:-2] not in MODULES} == set()


PXD = """
from berkeley.libc cimport socket as libc, netdb  # comment
from berkeley._wait cimport (Deadline,
                             wait)
cimport berkeley._calls
from .sockaddr cimport inet
from libc.stdint cimport int64_t
"""


def test_cimports_of_a_pxd_are_seen() -> None:
    found = {own_module(*each) for each in imported_by_pxd(PXD, "berkeley")}
    assert found == {"libc.socket", "libc.netdb", "_wait", "_calls", "sockaddr.inet", None}


PYTHON = """
import socket
from cython.cimports.berkeley.libc import socket as libc
from . import _wait
from .._errors import raise_errno
def later():
    from importlib import import_module
    import_module("berkeley._base")
"""


def test_imports_of_python_are_seen() -> None:
    imports = imported_by_python(PYTHON, "berkeley.sockaddr")
    found = {(module.removeprefix("cython.cimports."), name) for module, name in imports}
    reached = {own_module(*each) for each in found}
    assert ("socket", "") in found
    assert {"libc.socket", "_errors", "_base"} <= reached
