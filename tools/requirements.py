"""Reports which requirements of tests/requirements.tsv the test runs have shown, and how."""

from __future__ import annotations

import argparse
import collections
import csv
import dataclasses
import json
import sys
from collections.abc import Iterable
from pathlib import Path

TESTS = Path(__file__).parent.parent / "tests"
STATES = ("live", "simulation", "elsewhere", "open")

# Of one requirement: the tests that ended in each way (live, simulated, failed, skipped).
Outcomes = dict[str, list[str]]


@dataclasses.dataclass(frozen=True)
class Elsewhere:
    """Why a requirement is not shown by an ordinary test run: the kernel lab shows it, or another system would."""

    place: str
    reason: str


HERE = Elsewhere(place="here", reason="")


def read_table(path: Path) -> dict[str, str]:
    """The texts of the requirements by id, in the order of the table."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["id"]: row["requirement"] for row in rows}


def read_elsewhere(path: Path) -> dict[str, Elsewhere]:
    """What is shown in another place, by id."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["id"]: Elsewhere(row["place"], row["reason"]) for row in rows}


def read_results(paths: Iterable[Path]) -> dict[str, Outcomes]:
    """The outcomes of all runs together."""
    together: dict[str, Outcomes] = collections.defaultdict(lambda: collections.defaultdict(list))
    for path in paths:
        for requirement, outcomes in json.loads(path.read_text("utf-8")).items():
            for outcome, tests in outcomes.items():
                together[requirement][outcome] += tests
    return together


def state(outcomes: Outcomes, elsewhere: Elsewhere, places: set[str]) -> str:
    """One of STATES: a single failed test leaves the requirement open, whatever other tests show."""
    if outcomes.get("failed"):
        return "open"
    if outcomes.get("live"):
        return "live"
    if outcomes.get("simulated"):
        return "simulation"
    return "elsewhere" if elsewhere.place in places else "open"


def note(outcomes: Outcomes, elsewhere: Elsewhere) -> str:
    """What a reader should know beside the state."""
    failed = [f"failed: {test}" for test in sorted(set(outcomes.get("failed", [])))]
    skipped = ["skipped"] if set(outcomes) == {"skipped"} else []
    return "; ".join([*failed, *skipped, *([elsewhere.reason] if elsewhere.reason else [])])


def totals(states: dict[str, str]) -> str:
    """A line per area, and one for all."""
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for requirement, found in states.items():
        for area in (requirement.partition("-")[0], "all"):
            counts[area][found] += 1
    areas = [*(area for area in counts if area != "all"), "all"]
    lines = [f"{area:5}" + "".join(f"{counts[area][name]:11}" for name in STATES) for area in areas]
    return "\n".join(["area " + "".join(f"{name:>11}" for name in STATES), *lines])


def complaints(table: dict[str, str], states: dict[str, str], named: set[str], must_show: bool) -> list[str]:
    """What makes the report fail: unknown ids, and open requirements that have to be shown."""
    unknown = [f"{name}: not in the table of requirements" for name in sorted(named - table.keys())]
    due = [f"{name}: has to be shown: {text}" for name, text in table.items() if must_show and states[name] == "open"]
    return unknown + due


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, nargs="+", help="files written by pytest --requirements FILE")
    parser.add_argument("--table", type=Path, default=TESTS / "requirements.tsv", help="the requirements")
    parser.add_argument("--elsewhere", type=Path, default=TESTS / "requirements_elsewhere.tsv", help="ids and reasons")
    parser.add_argument("--must-show", action="store_true", help="fail if one is open")
    parser.add_argument("--with-lab", action="store_true", help="what the kernel lab shows has to be shown too")
    parser.add_argument("--brief", action="store_true", help="print the totals and what is missing alone")
    return parser.parse_args()


def main() -> int:
    """Print the report; 1 if it has complaints."""
    options = arguments()
    table, elsewhere = read_table(options.table), read_elsewhere(options.elsewhere)
    results = read_results(options.results)
    places = {"system"} if options.with_lab else {"system", "lab"}
    states = {name: state(results.get(name, {}), elsewhere.get(name, HERE), places) for name in table}
    for name, found in states.items() if not options.brief else ():
        print(f"{name}  {found:10}  {note(results.get(name, {}), elsewhere.get(name, HERE))}".rstrip())
    print(totals(states))
    found_wrong = complaints(table, states, {*results, *elsewhere}, options.must_show)
    for line in found_wrong:
        print(line)
    return 1 if found_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
