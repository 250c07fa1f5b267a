"""The documentation tells the truth: its programs run and print what they say, and what it names exists."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import test_layers

from berkeley.constants import _TABLES
from berkeley.sockaddr import MODULES_BY_NAME

ROOT = Path(__file__).parents[1]
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
DIFFERENCES = ROOT / "docs" / "differences.md"
PAGES = [ROOT / "README.md", CONTRIBUTING, *sorted((ROOT / "docs").glob("*.md"))]

SHARED_BY_CODECS = {"__init__", "raw", "registered"}

PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_RUN = "# not run"
# A line such as `print(2 + 2)  # 4` tells what the program prints there.
PRINTED = re.compile(r"^\s*print\(.*\)  # (.+)$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
SECTION = re.compile(r"^### ([^\n]+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
QUOTED_PATH = re.compile(r"`([\w./]+/[\w.]*|[\w]+\.\w+)`")


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def programs() -> list[object]:
    """Every Python block that is not marked `# not run`, by page and number."""
    found = []
    for page in PAGES:
        blocks = PYTHON_BLOCK.findall(page.read_text("utf-8"))
        found += [
            pytest.param(block, id=f"{short(page)}-{number}")
            for number, block in enumerate(blocks, 1)
            if NOT_RUN not in block
        ]
    return found


@pytest.mark.parametrize("program", programs())
def test_a_program_of_the_documentation_runs_and_prints_what_it_says(program: str) -> None:
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.splitlines() == PRINTED.findall(program)


@cache
def functions_in(path: Path) -> set[str]:
    """The names of the test functions of a file, methods of test classes included."""
    if not path.exists():
        return set()
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def named_tests() -> list[tuple[str, str]]:
    return sorted({match for page in PAGES for match in TEST.findall(page.read_text("utf-8"))})


@pytest.mark.parametrize(("file", "name"), named_tests())
def test_a_test_that_the_documentation_names_exists(file: str, name: str) -> None:
    assert name in functions_in(ROOT / file)


@pytest.mark.parametrize(
    ("title", "text"), [pytest.param(*found, id=found[0]) for found in SECTION.findall(DIFFERENCES.read_text("utf-8"))]
)
def test_every_difference_is_shown_by_a_test_or_a_program(title: str, text: str) -> None:
    assert TEST.search(text) or PYTHON_BLOCK.search(text), f"nothing shows: {title}"


def places() -> list[str]:
    """The rows of the table "Where does it go?" but those that stand for the files of all families or systems."""
    table = CONTRIBUTING.read_text("utf-8").partition("## Where does it go?")[2].partition("\n## ")[0]
    return [line for line in table.splitlines() if line.startswith("| ") and not re.search("FAMILY|SYSTEM", line)]


def modules() -> list[str]:
    """Every module of the package that is neither a codec nor the table of a system."""
    package = ROOT / "src" / "berkeley"
    named = {path for path in (package / "sockaddr").glob("[!_]*.py") if path.stem not in SHARED_BY_CODECS}
    named |= {package / "constants" / f"{system}.py" for system in _TABLES}
    return [str(path.relative_to(package)) for path in sorted(package.rglob("*.py")) if path not in named]


@pytest.mark.parametrize("module", modules())
def test_every_module_stands_in_the_table_of_places(module: str) -> None:
    assert any(f"`{module}`" in row for row in places()), f'add {module} to "Where does it go?" of CONTRIBUTING.md'


def quoted_paths() -> list[str]:
    return sorted({path for row in places() for path in QUOTED_PATH.findall(row)})


@pytest.mark.parametrize("path", quoted_paths())
def test_a_path_of_the_table_of_places_exists(path: str) -> None:
    homes = (ROOT, ROOT / "src" / "berkeley", ROOT / "tests", ROOT / "tools")
    assert any((home / path).exists() for home in homes)


@pytest.mark.parametrize("family", MODULES_BY_NAME)
def test_the_reference_has_the_address_format_of_every_family_with_a_codec(family: str) -> None:
    assert f"\n| {family} | `" in (ROOT / "docs" / "reference.md").read_text("utf-8")


@pytest.mark.parametrize("module", sorted(set().union(*(members for _, members in test_layers.LAYERS))))
def test_the_picture_of_the_layers_shows_every_module(module: str) -> None:
    words = re.split(r"[\s<>]+", (ROOT / "docs" / "layers.svg").read_text("utf-8"))
    assert module in words
