"""The generator of the constant tables: its lists, its reading of the compiler, its files."""

from __future__ import annotations

import ast
import enum
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from berkeley import _enums, constants

ROOT = Path(__file__).resolve().parents[2]
STUBS = ROOT / "src" / "berkeley"

pytestmark = pytest.mark.skipif(
    not (ROOT / "tools" / "constants").is_dir(), reason="the generator is not part of this copy of the sources"
)


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The modules of tools.constants."""
    monkeypatch.syspath_prepend(str(ROOT))
    import tools.constants.__main__ as main
    from tools.constants import probe, render, table, wanted

    found = ModuleType("tool")
    vars(found).update(main=main, probe=probe, render=render, table=table, wanted=wanted)
    return found


def test_the_table_holds_exactly_the_names_of_the_lists(tool: Any) -> None:
    wanted = tool.wanted.read("linux")
    assert wanted.expressions().keys() | wanted.by_hand.keys() == constants.load("linux").keys()


def test_a_value_kept_by_hand_stands_in_the_table(tool: Any) -> None:
    by_hand = tool.wanted.read("linux").by_hand
    table = constants.load("linux")
    assert {name: table[name] for name in by_hand} == by_hand


def test_every_system_with_a_list_has_a_table(tool: Any) -> None:
    assert set(tool.wanted.systems()) == constants._TABLES


@pytest.mark.parametrize(
    "text",
    ["AF_INET", "[a]\nAF_INET\n[b]\nAF_INET", "[a]\nnot AF_FILE", "[a]\ndiffers AF_INET:", "[a]\nAF_INET AF-UNIX"],
    ids=["no group", "twice", "no reason", "no difference", "no name"],
)
def test_a_wrong_list_is_refused(tool: Any, text: str) -> None:
    with pytest.raises(tool.wanted.ListError):
        tool.wanted.parse_names("linux", text)


@pytest.mark.parametrize("text", ["A = 1", "A = 1  # here\nA = 1  # there", "1  # nowhere"])
def test_a_value_by_hand_needs_a_name_and_a_source(tool: Any, text: str) -> None:
    with pytest.raises(tool.wanted.ListError):
        tool.wanted.parse_by_hand(text)


def test_the_lines_of_a_list_are_understood(tool: Any) -> None:
    text = "targets: one two\nmachine: mips three\n[families]\nheaders: a.h b.h\nholds: AF_*\n"
    text += "not AF_MAX: a count\ndiffers AF_X: why\nAF_X AF_Y\nAF_Z = OTHER + 1\n"
    wanted = tool.wanted.parse_names("linux", text)
    (group,) = wanted.groups
    assert (wanted.targets, wanted.machines, group.headers) == (["one", "two"], {"mips": "three"}, ["a.h", "b.h"])
    assert group.expressions == {"AF_X": "AF_X", "AF_Y": "AF_Y", "AF_Z": "OTHER + 1"}
    assert (group.refused, group.differing) == ({"AF_MAX": "a count"}, {"AF_X": "why"})
    assert (group.knows("AF_MAX"), group.knows("AF_NEW"), group.matches("AF_NEW")) == (True, False, True)


def test_the_compiler_gives_values_and_names_what_is_missing(tool: Any) -> None:
    pytest.importorskip("ziglang", reason="ziglang, which has the headers, is not installed")
    wanted = {"AF_INET": "AF_INET", "AF_NOWHERE": "AF_NOWHERE", "INADDR_NONE": "INADDR_NONE", "MINUS": "-AF_UNIX"}
    values, missing = tool.probe.values("aarch64-linux-gnu", ["netinet/in.h", "nowhere.h"], wanted)
    assert values == {"AF_INET": 2, "INADDR_NONE": 0xFFFFFFFF, "MINUS": -1}
    assert missing.keys() == {"AF_NOWHERE"}


def test_the_text_of_a_module_is_that_of_the_file_when_nothing_changed(tool: Any) -> None:
    table = _table_of_the_lists(tool)
    path = STUBS / "constants" / "linux.py"
    version = path.read_text("utf-8").partition("ziglang ")[2].partition(";")[0]
    assert tool.main.outdated({path: tool.render.table_module(table, version)}) == []


def test_a_changed_file_is_reported(tool: Any, tmp_path: Path) -> None:
    path = tmp_path / "linux.py"
    path.write_text("AF_INET = 2\n", "utf-8")
    assert tool.main.outdated({path: "AF_INET = 2\n", tmp_path / "new.py": ""}) == [tmp_path / "new.py"]
    assert tool.main.outdated({path: "AF_INET = 3\n"}) == [path]


def _table_of_the_lists(tool: Any) -> Any:
    """The table that the headers would give, with the values taken from the package."""
    wanted, values = tool.wanted.read("linux"), constants.load("linux", "x86_64")
    table = tool.table.Table("linux", wanted.targets)
    table.groups = {group.title: {name: values[name] for name in group.expressions} for group in wanted.groups}
    table.groups["without a header"] = wanted.by_hand
    return table


def _run_stub(name: str) -> dict[str, Any]:
    """What a stub says on this system: its statements are Python, and its declarations without a value are noted."""
    text = (STUBS / name).read_text("utf-8")
    space: dict[str, Any] = {}
    exec(compile(ast.parse(text), name, "exec", dont_inherit=True), space)
    return space


@pytest.mark.skipif(sys.platform != "linux", reason="the stubs know Linux")
def test_the_stub_of_the_constants_says_what_the_module_has() -> None:
    space = _run_stub("_exported.pyi")
    declared = dict.fromkeys(space.get("__annotations__", {}), None)
    assert declared.keys() == _enums.CONSTANTS.keys()
    valued = {name: space[name] for name in declared if name in space}
    assert valued == {name: _enums.CONSTANTS[name] for name in valued}
    assert len(valued) > 1000


@pytest.mark.skipif(sys.platform != "linux", reason="the stubs know Linux")
@pytest.mark.parametrize("name", ["AddressFamily", "SocketKind", "MsgFlag", "AddressInfo"])
def test_the_stub_of_an_enumeration_lists_its_members(name: str) -> None:
    declared = _run_stub("_enums.pyi")[name]
    assert issubclass(declared, enum.Enum)
    members = getattr(_enums, name).__members__
    assert {key: int(value) for key, value in declared.__members__.items()} == {k: int(v) for k, v in members.items()}
