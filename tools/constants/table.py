"""The table of one system: what its targets agree on, and where a CPU goes its own way."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tools.constants import probe
from tools.constants.wanted import Group, ListError, Wanted

Values = dict[str, "int | str"]
Headers = tuple[str, ...]
# By target and headers: the values, and what the compiler said of each name without one.
Answers = dict[tuple[str, Headers], tuple[dict[str, int], dict[str, str]]]

# A probe waits for a compiler, so threads are enough to keep every processor busy.
WORKERS = os.cpu_count() or 1


@dataclass
class Table:
    """All values of one system, grouped as in its list, and the differing ones of single CPUs."""

    system: str
    targets: list[str]
    groups: dict[str, Values] = field(default_factory=dict)
    machines: dict[str, dict[str, int]] = field(default_factory=dict)
    machine_targets: list[str] = field(default_factory=list)

    def varying(self) -> set[str]:
        """The names in which CPUs differ."""
        return {name for values in self.machines.values() for name in values}

    def values(self) -> Values:
        """Every name of the table with its value."""
        return {name: value for values in self.groups.values() for name, value in values.items()}


def build(wanted: Wanted) -> Table:
    """Read the headers of every target of a system; a name without a value or an unlisted difference is an error."""
    answers = _ask(wanted)
    table = Table(wanted.system, wanted.targets, machine_targets=list(wanted.machines.values()))
    for group in wanted.groups:
        table.groups[group.title] = dict(_main_values(wanted.targets[0], group, answers))
        for target in wanted.targets[1:]:
            _compare(target, group, table.groups[group.title], answers)
    table.groups["without a header"] = wanted.by_hand
    for machine, target in wanted.machines.items():
        table.machines[machine] = dict(_own_values(target, wanted, table.values(), answers))
    return table


def _ask(wanted: Wanted) -> Answers:
    """Evaluate everything for every target, several probes at a time; groups of the same headers share one."""
    expressions: dict[Headers, dict[str, str]] = {}
    for group in wanted.groups:
        expressions.setdefault(tuple(group.headers), {}).update(group.expressions)
    targets = dict.fromkeys([*wanted.targets, *wanted.machines.values()])
    jobs = [(target, headers) for target in targets for headers in expressions]
    with ThreadPoolExecutor(WORKERS) as pool:
        found = pool.map(lambda job: probe.values(_around(wanted, *job), expressions[job[1]]), jobs)
        answers = dict(zip(jobs, found, strict=True))
    for target in targets:
        if not any(answers[target, headers][0] for headers in expressions):
            raise ListError(f"there are no headers for {target}")
    return answers


def _around(wanted: Wanted, target: str, headers: Iterable[str]) -> probe.Surroundings:
    return probe.Surroundings(target, list(headers), wanted.defines)


def _values(target: str, group: Group, answers: Answers) -> dict[str, int]:
    found = answers[target, tuple(group.headers)][0]
    return {name: found[name] for name in group.expressions if name in found}


def _main_values(target: str, group: Group, answers: Answers) -> dict[str, int]:
    values = _values(target, group, answers)
    if missing := group.expressions.keys() - values.keys():
        complaints = answers[target, tuple(group.headers)][1]
        raise ListError(f"{target} has no value for { ({name: complaints[name] for name in missing}) }")
    return values


def _compare(target: str, group: Group, main: Values, answers: Answers) -> None:
    """A name that the other target lacks keeps its value; a name with another value has to be listed."""
    values = _values(target, group, answers)
    unlisted = {name: value for name, value in values.items() if main[name] != value and name not in group.differing}
    if unlisted:
        raise ListError(f"{target} differs, and `differs NAME: reason` is not listed: {unlisted}")


def _own_values(target: str, wanted: Wanted, main: Values, answers: Answers) -> Iterator[tuple[str, int]]:
    """The names of a CPU, sorted, whose values are not those of the first target."""
    found: dict[str, int] = {}
    for group in wanted.groups:
        found |= _values(target, group, answers)
    for name, value in sorted(found.items()):
        if main[name] != value:
            yield name, value


def unlisted(wanted: Wanted) -> dict[str, dict[str, int]]:
    """By group, the names that its headers define, its wildcards cover, and its list passes over in silence."""
    with ThreadPoolExecutor(WORKERS) as pool:
        found = pool.map(lambda group: _unlisted(wanted, group), wanted.groups)
        return {group.title: names for group, names in zip(wanted.groups, found, strict=True) if names}


def _unlisted(wanted: Wanted, group: Group) -> dict[str, int]:
    around = _around(wanted, wanted.targets[0], group.headers)
    known = wanted.expressions().keys() | wanted.by_hand.keys()
    words = filter(group.matches, probe.identifiers(around) - known)
    passed_over = sorted(word for word in words if not any(each.knows(word) for each in wanted.groups))
    return probe.values(around, {word: word for word in passed_over})[0]
