"""The sources keep to the sizes that the project has set itself, and to its own roof."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "tests", "lab", "tools", "bench", "programs", "examples")
LINES_MAX = 600
FUNCTION_LINES_MEDIAN = 8
FUNCTION_LINES_MAX = 40


def sources(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "do not edit" not in path.read_text("utf-8")[:500]]


def bodies(path: Path) -> dict[str, int]:
    """Lines of each function, its docstring left out."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            first = node.body[1:] if ast.get_docstring(node) else node.body
            found[f"{path.name}:{node.name}"] = node.end_lineno - first[0].lineno + 1 if first else 1
    return found


@pytest.mark.parametrize("path", sources(*FOLDERS), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_outgrows_its_subject(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LINES_MAX


def test_functions_are_short() -> None:
    sizes = {name: size for path in sources("src") for name, size in bodies(path).items()}
    assert statistics.median(sizes.values()) <= FUNCTION_LINES_MEDIAN
    assert [name for name, size in sizes.items() if size > FUNCTION_LINES_MAX] == []


def test_the_package_stays_under_its_own_roof() -> None:
    for path in [*sources("src"), *(ROOT / "src").rglob("*.pyi"), *(ROOT / "src").rglob("*.pxd")]:
        for line in path.read_text("utf-8").splitlines():
            assert not line.startswith(("import socket", "import _socket", "from socket ", "from _socket ")), path
