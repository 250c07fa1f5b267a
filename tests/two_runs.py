"""Runs the tests of a folder in processes of their own, where `socket` is berkeley or the interpreter's own module.

berkeley has to be installed before anything imports the socket module, and this process has long imported it. So it
hands such tests to one pytest process for each folder and module, and reports what that says as if it had run them
itself. A folder takes part if its conftest.py imports the fixtures `runs_on` and `net` from here.
"""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import pytest

PYTHON = {"berkeley": [sys.executable, "-m", "berkeley", "run"], "stdlib": [sys.executable]}
# Set in the processes that run the tests: the descriptor to which they write their reports.
REPORT_TO = "BERKELEY_TESTS_REPORT_TO"


@pytest.fixture(autouse=True)
def runs_on(request: pytest.FixtureRequest) -> str:
    """Which module this process has as `socket`: "berkeley", or "stdlib" as the judge of the test itself."""
    return str(request.param)


@pytest.fixture
def net(runs_on: str) -> Iterator[ModuleType]:
    """The module `socket` of this process, under the name that the fixtures of all tests know."""
    module = importlib.import_module("socket")
    assert module.__name__ == {"berkeley": "berkeley", "stdlib": "socket"}[runs_on]
    before = module.getdefaulttimeout()
    yield module
    module.setdefaulttimeout(before)


def output_of(contender: str, *arguments: object, **options: Any) -> str:
    """What a program prints that runs on one of the two modules: a script, or -m and a module, and its arguments."""
    command = [*PYTHON[contender], *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False, **options)
    assert done.returncode == 0, f"status {done.returncode}\n{done.stdout}{done.stderr}"
    return str(done.stdout)


class Child:
    """One pytest process that runs tests one after the other and reports each."""

    def __init__(self, contender: str, tests: list[str], folder: Path) -> None:
        self.early: dict[str, list[pytest.TestReport]] = {}
        self.output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        reading, writing = os.pipe()
        command = [*PYTHON[contender], "-m", "pytest", "-p", "no:cacheprovider", "-q", *tests]
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            pass_fds=[writing],
            env={**os.environ, REPORT_TO: str(writing)},
        )
        os.close(writing)
        self.lines = open(reading, encoding="utf-8")  # noqa: SIM115

    def reports_of(self, test: str, config: pytest.Config) -> list[pytest.TestReport]:
        """The reports of one test; none if the process has ended without them."""
        while test not in self.early:
            line = self.lines.readline()
            if not line:
                return []
            read = config.hook.pytest_report_from_serializable
            reports = [read(config=config, data=data) for data in ast.literal_eval(line)]
            self.early[reports[0].nodeid] = reports
        return self.early.pop(test)

    def end(self) -> str:
        """End the process and close what belongs to it; the last that it has printed."""
        self.process.kill()
        self.process.wait()
        self.lines.close()
        self.output.seek(0)
        printed = self.output.read().decode("utf-8", "replace")
        self.output.close()
        return printed[-4000:]


class Handing:
    """In the process that was asked for the tests: starts the others and repeats their reports."""

    def __init__(self) -> None:
        self.children: dict[tuple[str, Path], Child] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in filter(group_of, items):
            item.add_marker(pytest.mark.timeout(0))  # the other process has a limit of its own, and says more

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        group = group_of(item)
        if not group:
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self.reports_of(item, group):
            report.user_properties = list(item.user_properties)
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def reports_of(self, item: pytest.Item, group: tuple[str, Path]) -> list[pytest.TestReport]:
        if group not in self.children:
            items = item.session.items
            tests = [each.nodeid for each in items[items.index(item) :] if group_of(each) == group]
            self.children[group] = Child(group[0], tests, item.config.rootpath)
        found = self.children[group].reports_of(item.nodeid, item.config)
        return found or [unreported(item, self.children.pop(group).end())]

    def pytest_sessionfinish(self) -> None:
        for child in self.children.values():
            child.end()


def group_of(item: pytest.Item) -> tuple[str, Path] | None:
    """(module, folder) of a test that another process runs: each of these has one."""
    if "runs_on" not in getattr(item, "fixturenames", ()):
        return None
    return item.callspec.params["runs_on"], item.path.parent  # type: ignore[attr-defined]


def unreported(item: pytest.Item, printed: str) -> pytest.TestReport:
    text = f"the process that runs this test has ended without a report of it\n{printed}"
    return pytest.TestReport(item.nodeid, item.location, {}, "failed", text, "call")


class Reporting:
    """In a process that runs the tests: one line for each when it is over, with the reports of its phases."""

    def __init__(self, config: pytest.Config, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        self.config = config
        self.pipe = open(descriptor, "w", encoding="utf-8")  # noqa: SIM115

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Iterator[None]:
        self.reports: list[Any] = []
        result = yield
        print(repr(self.reports), file=self.pipe, flush=True)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        report.user_properties = []  # added again from the test itself
        self.reports.append(self.config.hook.pytest_report_to_serializable(config=self.config, report=report))

    def pytest_unconfigure(self) -> None:
        self.pipe.close()


def take_part(config: pytest.Config) -> None:
    """Give this pytest process its part in it."""
    descriptor = os.environ.pop(REPORT_TO, None)
    config.pluginmanager.register(Reporting(config, int(descriptor)) if descriptor else Handing())
