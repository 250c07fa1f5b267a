"""The table of one system: what its targets agree on, and where a CPU goes its own way."""

from __future__ import annotations

from dataclasses import dataclass, field

from tools.constants import probe
from tools.constants.wanted import Group, ListError, Wanted

Values = dict[str, "int | str"]


@dataclass
class Table:
    """All values of one system, grouped as in its list, and the differing ones of single CPUs."""

    system: str
    targets: list[str]
    groups: dict[str, Values] = field(default_factory=dict)
    machines: dict[str, dict[str, int]] = field(default_factory=dict)

    def values(self) -> Values:
        """Every name of the table with its value."""
        return {name: value for values in self.groups.values() for name, value in values.items()}


def build(wanted: Wanted) -> Table:
    """Read the headers of every target of a system; a name without a value or an unlisted difference is an error."""
    table = Table(wanted.system, wanted.targets)
    for group in wanted.groups:
        table.groups[group.title] = dict(_main_values(wanted.targets[0], group))
        for target in wanted.targets[1:]:
            _compare(target, group, table.groups[group.title])
    table.groups["without a header"] = wanted.by_hand
    for machine, target in wanted.machines.items():
        table.machines[machine] = _own_values(target, wanted, table.values())
    return table


def _main_values(target: str, group: Group) -> dict[str, int]:
    values, missing = probe.values(target, group.headers, group.expressions)
    if missing:
        raise ListError(f"{target} has no value for {missing}")
    return values


def _compare(target: str, group: Group, main: Values) -> None:
    """A name that the other target lacks keeps its value; a name with another value has to be listed."""
    values, _ = probe.values(target, group.headers, group.expressions)
    unlisted = {name: value for name, value in values.items() if main[name] != value and name not in group.differing}
    if unlisted:
        raise ListError(f"{target} differs, and `differs NAME: reason` is not listed: {unlisted}")


def _own_values(target: str, wanted: Wanted, main: Values) -> dict[str, int]:
    found: dict[str, int] = {}
    for group in wanted.groups:
        found |= probe.values(target, group.headers, group.expressions)[0]
    return {name: value for name, value in sorted(found.items()) if main[name] != value}


def unlisted(wanted: Wanted) -> dict[str, dict[str, int]]:
    """By group, the names that its headers define, its wildcards cover, and its list passes over in silence."""
    return {group.title: names for group in wanted.groups if (names := _unlisted(wanted, group))}


def _unlisted(wanted: Wanted, group: Group) -> dict[str, int]:
    known = wanted.expressions().keys() | wanted.by_hand.keys()
    words = filter(group.matches, probe.identifiers(wanted.targets[0], group.headers) - known)
    passed_over = sorted(word for word in words if not any(each.knows(word) for each in wanted.groups))
    return probe.values(wanted.targets[0], group.headers, {word: word for word in passed_over})[0]
