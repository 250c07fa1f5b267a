"""The lists of this directory: which names a system's table holds, and the few values that no header carries."""

from __future__ import annotations

import ast
import fnmatch
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent


class ListError(ValueError):
    """A line of a list cannot be understood, or two lines contradict each other."""


@dataclass
class Group:
    """The names that one set of headers defines: they are compiled together as one probe."""

    title: str
    headers: list[str] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    expressions: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    differing: dict[str, str] = field(default_factory=dict)

    def knows(self, name: str) -> bool:
        """Tell whether the list says something about this name, be it yes or no."""
        return name in self.expressions or any(fnmatch.fnmatchcase(name, pattern) for pattern in self.refused)

    def matches(self, name: str) -> bool:
        """Tell whether the name belongs to the documented wildcards of this group."""
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.patterns)


@dataclass
class Wanted:
    """Everything that the lists say about one system."""

    system: str
    targets: list[str]
    machines: dict[str, str]
    groups: list[Group]
    by_hand: dict[str, int | str]
    defines: list[str] = field(default_factory=list)

    def expressions(self) -> dict[str, str]:
        """All names that come from headers, with the C expression of each."""
        return {name: text for group in self.groups for name, text in group.expressions.items()}


def systems() -> list[str]:
    """The systems that have a list, by their `sys.platform`."""
    return sorted(path.stem.removeprefix("names_") for path in HERE.glob("names_*.txt"))


def read(system: str) -> Wanted:
    """Read the two lists of one system."""
    wanted = parse_names(system, (HERE / f"names_{system}.txt").read_text("utf-8"))
    wanted.by_hand = parse_by_hand((HERE / f"by_hand_{system}.txt").read_text("utf-8"))
    twice = wanted.by_hand.keys() & wanted.expressions().keys()
    if twice:
        raise ListError(f"both from headers and by hand: {sorted(twice)}")
    return wanted


def parse_names(system: str, text: str) -> Wanted:
    """Parse the text of names_<system>.txt; README.md describes its lines."""
    wanted = Wanted(system, [], {}, [], {})
    for line in filter(None, map(str.strip, text.splitlines())):
        if not line.startswith("#"):
            _take_line(wanted, line)
    everything = [name for group in wanted.groups for name in group.expressions]
    twice = {name for name in everything if everything.count(name) > 1}
    if twice:
        raise ListError(f"listed twice: {sorted(twice)}")
    return wanted


def _take_line(wanted: Wanted, line: str) -> None:
    word, _, rest = line.partition(" ")
    if line.startswith("["):
        wanted.groups.append(Group(line.strip("[]")))
    elif word == "targets:":
        wanted.targets += rest.split()
    elif word == "define:":
        wanted.defines.append(rest)
    elif word == "machine:":
        machine, _, target = rest.partition(" ")
        wanted.machines[machine] = target
    elif not wanted.groups:
        raise ListError(f"a name before the first group: {line}")
    else:
        _take_group_line(wanted.groups[-1], word, rest)


def _take_group_line(group: Group, word: str, rest: str) -> None:
    if word == "headers:":
        group.headers += rest.split()
    elif word == "holds:":
        group.patterns += rest.split()
    elif word in ("not", "differs"):
        pattern, _, reason = rest.partition(": ")
        if not reason:
            raise ListError(f"no reason given: {word} {rest}")
        (group.refused if word == "not" else group.differing)[pattern] = reason
    else:
        _take_names(group, word, rest)


def _take_names(group: Group, word: str, rest: str) -> None:
    if rest.startswith("= "):
        group.expressions[word] = rest[2:]
        return
    for name in (word, *rest.split()):
        if not name.isidentifier():
            raise ListError(f"not a name: {name}")
        group.expressions[name] = name


def parse_by_hand(text: str) -> dict[str, int | str]:
    """Parse the text of by_hand_<system>.txt: `NAME = literal  # source` per line."""
    values: dict[str, int | str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("#"):
            continue
        assignment, _, source = line.partition("  # ")
        name, _, literal = assignment.partition(" = ")
        if not source or name in values or not name.isidentifier():
            raise ListError(f"not `NAME = literal  # source`, or twice: {line}")
        values[name] = ast.literal_eval(literal)
    return values
