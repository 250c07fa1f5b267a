"""The report on requirements, on small tables of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

COLUMNS = ("id", "area", "platform", "minimum_kernel", "name", "requirement", "how_to_test", "seed")
TABLE = ("MET-001", "MET-002", "CON-001", "FAM-001")

Report = Callable[..., "subprocess.CompletedProcess[str]"]


def row(requirement: str) -> str:
    cells = {"id": requirement, "requirement": f'the "{requirement}" rule'}
    return "\t".join(cells.get(column, "-") for column in COLUMNS)


@pytest.fixture
def report(root: Path, tmp_path: Path) -> Report:
    """report({"MET-001": {"live": ["test"]}}, ...) runs the tool on these results."""
    table = tmp_path / "table.tsv"
    table.write_text("\n".join(["\t".join(COLUMNS), *(row(name) for name in TABLE)]) + "\n")

    def run(*results: dict[str, Any], elsewhere: str = "", options: tuple[str, ...] = ()) -> Any:
        reasons = tmp_path / "elsewhere.tsv"
        reasons.write_text(f"id\tplace\treason\n{elsewhere}")
        files = [tmp_path / f"results{number}.json" for number in range(len(results))]
        for file, result in zip(files, results, strict=True):
            file.write_text(json.dumps(result))
        command = [sys.executable, str(root / "tools" / "requirements.py"), *map(str, files)]
        command += ["--table", str(table), "--elsewhere", str(reasons), *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    return run


def states(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    assert not done.stderr
    return {line.split()[0]: line.split()[1] for line in done.stdout.splitlines() if line[3:4] == "-"}


ALL_SHOWN = {name: {"live": ["t"]} for name in TABLE}


def test_each_requirement_is_live_simulated_or_open(report: Report) -> None:
    done = report({"MET-001": {"live": ["a"]}, "MET-002": {"simulated": ["b"]}, "CON-001": {"skipped": ["c"]}})
    expected = dict.fromkeys(TABLE, "open") | {"MET-001": "live", "MET-002": "simulation"}
    assert states(done) == expected
    assert done.returncode == 0


def test_a_live_test_outweighs_a_simulation(report: Report) -> None:
    assert states(report({"MET-001": {"simulated": ["a"], "live": ["b"]}}))["MET-001"] == "live"


def test_a_requirement_with_one_failed_test_is_open_and_names_it(report: Report) -> None:
    done = report({"MET-001": {"live": ["good"], "failed": ["tests/test_x.py::bad"]}})
    assert states(done)["MET-001"] == "open"
    assert "failed: tests/test_x.py::bad" in done.stdout


def test_several_runs_count_together(report: Report) -> None:
    done = report({"MET-001": {"skipped": ["a"]}}, {"MET-001": {"live": ["a"]}, "MET-002": {"live": ["b"]}})
    assert states(done)["MET-001"] == states(done)["MET-002"] == "live"
    failed_later = report({"MET-001": {"live": ["a"]}}, {"MET-001": {"failed": ["a"]}})
    assert states(failed_later)["MET-001"] == "open"


def test_an_id_that_is_in_no_table_fails_the_report(report: Report) -> None:
    done = report({"MET-999": {"live": ["a"]}})
    assert done.returncode == 1
    assert "MET-999: not in the table" in done.stdout


def test_must_show_passes_when_all_are_shown(report: Report) -> None:
    assert report(ALL_SHOWN, options=("--must-show",)).returncode == 0


@pytest.mark.parametrize("missing", sorted(ALL_SHOWN))
def test_must_show_fails_for_an_open_requirement(report: Report, missing: str) -> None:
    results = {name: outcomes for name, outcomes in ALL_SHOWN.items() if name != missing}
    assert report(results).returncode == 0
    done = report(results, options=("--must-show",))
    assert done.returncode == 1
    assert f'{missing}: has to be shown: the "{missing}" rule' in done.stdout


WITHOUT_MET_001 = {name: outcomes for name, outcomes in ALL_SHOWN.items() if name != "MET-001"}


@pytest.mark.parametrize("place", ["lab", "system"])
def test_a_requirement_shown_elsewhere_is_not_missed_and_gives_its_reason(report: Report, place: str) -> None:
    done = report(WITHOUT_MET_001, elsewhere=f"MET-001\t{place}\tvcan, tipc\n", options=("--must-show",))
    assert states(done)["MET-001"] == "elsewhere"
    assert "vcan, tipc" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize(("place", "status"), [("lab", 1), ("system", 0)])
def test_with_the_lab_only_other_systems_excuse(report: Report, place: str, status: int) -> None:
    options = ("--must-show", "--with-lab")
    assert report(WITHOUT_MET_001, elsewhere=f"MET-001\t{place}\tx\n", options=options).returncode == status
    assert report(ALL_SHOWN, elsewhere=f"MET-001\t{place}\tx\n", options=options).returncode == 0


def test_totals_count_each_state_per_area(report: Report) -> None:
    shown = {"MET-001": {"live": ["t"]}, "MET-002": {"simulated": ["t"]}}
    lines = report(shown, elsewhere="CON-001\tsystem\tthere\n").stdout.splitlines()
    heading = lines.index("area        live simulation  elsewhere       open")
    cells = [line.split() for line in lines[heading + 1 :]]
    assert {area: [int(number) for number in numbers] for area, *numbers in cells} == {
        "MET": [1, 1, 0, 0],
        "CON": [0, 0, 1, 0],
        "FAM": [0, 0, 0, 1],
        "all": [1, 1, 1, 1],
    }


def test_every_row_that_the_project_names_elsewhere_is_in_its_table(tool: Callable[[str], ModuleType]) -> None:
    requirements = tool("requirements")
    table = requirements.read_table(requirements.TESTS / "requirements.tsv")
    elsewhere = requirements.read_elsewhere(requirements.TESTS / "requirements_elsewhere.tsv")
    assert elsewhere.keys() <= table.keys()
    assert all(entry.reason and entry.place in ("lab", "system") for entry in elsewhere.values())
    assert len(table) == 546
