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

ENUMERATIONS = [("AddressFamily", "AF_"), ("SocketKind", "SOCK_"), ("MsgFlag", "MSG_"), ("AddressInfo", "AI_")]
PLATFORMS = ["linux", "android", "darwin", "ios", "freebsd14", "netbsd10", "openbsd7", "win32", "cygwin"]
platforms = pytest.mark.parametrize("system", PLATFORMS)
systems = pytest.mark.parametrize("system", sorted(constants._TABLES))

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


@systems
def test_the_table_holds_exactly_the_names_of_the_lists(tool: Any, system: str) -> None:
    wanted = tool.wanted.read(system)
    assert wanted.expressions().keys() | wanted.by_hand.keys() == constants.load(system).keys()


@systems
def test_a_value_kept_by_hand_stands_in_the_table(tool: Any, system: str) -> None:
    by_hand = tool.wanted.read(system).by_hand
    table = constants.load(system)
    assert {name: table[name] for name in by_hand} == by_hand


def test_every_system_with_a_list_has_a_table(tool: Any) -> None:
    assert set(tool.wanted.systems()) == constants._TABLES
    assert tool.render.SAME_AS == constants._SAME_AS


def test_every_cpu_of_a_list_is_looked_for(tool: Any) -> None:
    assert {
        system: tuple(machines) for system in constants._TABLES if (machines := tool.wanted.read(system).machines)
    } == constants._OWN_NUMBERS


def test_linux_is_compared_on_every_cpu_that_is_promised(tool: Any) -> None:
    wanted = tool.wanted.read("linux")
    cpus = {target.partition("-")[0] for target in [*wanted.targets, *wanted.machines.values()]}
    promised = "x86_64 aarch64 arm riscv64 powerpc64le s390x mips64el sparc64 loongarch64"
    assert set(promised.split()) <= cpus


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
    text = "targets: one two\nmachine: mips three\ndefine: EXTRA 1\n[families]\nheaders: a.h b.h\nholds: AF_*\n"
    text += "not AF_MAX: a count\ndiffers AF_X: why\nAF_X AF_Y\nAF_Z = OTHER + 1\n"
    wanted = tool.wanted.parse_names("linux", text)
    (group,) = wanted.groups
    assert (wanted.targets, wanted.machines, group.headers) == (["one", "two"], {"mips": "three"}, ["a.h", "b.h"])
    assert wanted.defines == ["EXTRA 1"]
    assert group.expressions == {"AF_X": "AF_X", "AF_Y": "AF_Y", "AF_Z": "OTHER + 1"}
    assert (group.refused, group.differing) == ({"AF_MAX": "a count"}, {"AF_X": "why"})
    assert (group.knows("AF_MAX"), group.knows("AF_NEW"), group.matches("AF_NEW")) == (True, False, True)


def test_the_compiler_gives_values_and_names_what_is_missing(tool: Any) -> None:
    pytest.importorskip("ziglang", reason="ziglang, which has the headers, is not installed")
    wanted = {"AF_INET": "AF_INET", "AF_NOWHERE": "AF_NOWHERE", "INADDR_NONE": "INADDR_NONE", "MINUS": "-AF_UNIX"}
    around = tool.probe.Surroundings("aarch64-linux-gnu", ["netinet/in.h", "nowhere.h"])
    values, missing = tool.probe.values(around, wanted)
    assert values == {"AF_INET": 2, "INADDR_NONE": 0xFFFFFFFF, "MINUS": -1}
    assert missing.keys() == {"AF_NOWHERE"}


def test_a_macro_is_defined_ahead_of_the_headers(tool: Any) -> None:
    pytest.importorskip("ziglang", reason="ziglang, which has the headers, is not installed")
    names = {"IPV6_PKTINFO": "IPV6_PKTINFO"}
    plain = tool.probe.Surroundings("aarch64-macos", ["netinet/in.h"])
    asking = tool.probe.Surroundings("aarch64-macos", ["netinet/in.h"], ["__APPLE_USE_RFC_3542 1"])
    assert tool.probe.values(plain, names)[0] == {}
    assert tool.probe.values(asking, names)[0] == {"IPV6_PKTINFO": 46}


LIST = "[families]\nheaders: sys/socket.h\nholds: AF_LI*\nAF_INET AF_UNIX\n"


def test_a_target_without_headers_is_refused(tool: Any) -> None:
    pytest.importorskip("ziglang", reason="ziglang, which has the headers, is not installed")
    wanted = tool.wanted.parse_names("linux", f"targets: x86_64-linux-gnu powerpc-linux-gnueabihf\n{LIST}")
    with pytest.raises(tool.wanted.ListError, match="no headers for powerpc"):
        tool.table.build(wanted)


def test_a_target_with_another_value_is_refused_and_a_cpu_with_one_is_noted(tool: Any) -> None:
    pytest.importorskip("ziglang", reason="ziglang, which has the headers, is not installed")
    text = "[types]\nheaders: sys/socket.h\nSOCK_STREAM SOCK_RAW\n"
    with pytest.raises(tool.wanted.ListError, match=r"mips64el-linux-gnuabi64 differs.*SOCK_STREAM"):
        tool.table.build(tool.wanted.parse_names("linux", f"targets: x86_64-linux-gnu mips64el-linux-gnuabi64\n{text}"))
    wanted = tool.wanted.parse_names(
        "linux", f"targets: x86_64-linux-gnu\nmachine: mips mips64el-linux-gnuabi64\n{text}"
    )
    assert tool.table.build(wanted).machines == {"mips": {"SOCK_STREAM": 2}}


def test_a_name_that_the_list_passes_over_is_discovered(tool: Any) -> None:
    pytest.importorskip("ziglang", reason="ziglang, which has the headers, is not installed")
    wanted = tool.wanted.parse_names("darwin", f"targets: aarch64-macos\n{LIST}")
    assert tool.table.unlisted(wanted) == {"families": {"AF_LINK": 18}}


@systems
def test_the_text_of_a_module_is_that_of_the_file_when_nothing_changed(tool: Any, system: str) -> None:
    table = _table_of_the_lists(tool, system)
    path = STUBS / "constants" / f"{system}.py"
    version = path.read_text("utf-8").partition("ziglang ")[2].partition(";")[0]
    assert tool.main.outdated({path: tool.render.table_module(table, version)}) == []


def test_a_changed_file_is_reported(tool: Any, tmp_path: Path) -> None:
    path = tmp_path / "linux.py"
    path.write_text("AF_INET = 2\n", "utf-8")
    assert tool.main.outdated({path: "AF_INET = 2\n", tmp_path / "new.py": ""}) == [tmp_path / "new.py"]
    assert tool.main.outdated({path: "AF_INET = 3\n"}) == [path]


def _table_of_the_lists(tool: Any, system: str) -> Any:
    """The table that the headers would give, with the values taken from the package."""
    wanted, values = tool.wanted.read(system), constants.load(system, "x86_64")
    table = tool.table.Table(system, wanted.targets, machine_targets=list(wanted.machines.values()))
    table.groups = {group.title: {name: values[name] for name in group.expressions} for group in wanted.groups}
    table.groups["without a header"] = wanted.by_hand
    return table


def _run_stub(monkeypatch: pytest.MonkeyPatch, name: str, system: str) -> dict[str, Any]:
    """What a stub says on a system: its statements are Python, and its declarations without a value are noted."""
    text = (STUBS / name).read_text("utf-8")
    space: dict[str, Any] = {}
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", system)
        exec(compile(ast.parse(text), name, "exec", dont_inherit=True), space)
    return space


@platforms
def test_the_stub_of_the_constants_says_what_the_module_has(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    enumerations = ModuleType("berkeley._enums")
    vars(enumerations).update(_run_stub(monkeypatch, "_enums.pyi", system))
    monkeypatch.setitem(sys.modules, "berkeley._enums", enumerations)
    space, expected = _run_stub(monkeypatch, "_exported.pyi", system), constants.load(system)
    declared = set(space.get("__annotations__", {}))
    assert declared == set(space["__all__"]) == expected.keys()
    valued = {name: space[name] for name in declared if name in space}
    assert valued == {name: expected[name] for name in valued}
    assert len(valued) > 0.9 * len(expected)


@platforms
@pytest.mark.parametrize(("name", "prefix"), ENUMERATIONS)
def test_the_stub_of_an_enumeration_lists_its_members(
    monkeypatch: pytest.MonkeyPatch, system: str, name: str, prefix: str
) -> None:
    declared = _run_stub(monkeypatch, "_enums.pyi", system)[name]
    assert issubclass(declared, enum.Enum)
    table = constants.load(system, "x86_64")
    expected = {key: value for key, value in table.items() if key.startswith(prefix) and key.isupper()}
    assert {key: int(value) for key, value in declared.__members__.items()} == expected


def test_the_members_of_this_system_are_those_of_its_table() -> None:
    for name, prefix in ENUMERATIONS:
        members = getattr(_enums, name).__members__
        table = {key for key in constants.load(sys.platform) if key.startswith(prefix) and key.isupper()}
        assert members.keys() == table
