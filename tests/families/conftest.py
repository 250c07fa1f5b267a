"""What live tests of families share in the kernel lab; outside of it every file here is skipped as a whole."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from controller import DEVICE, Controller

IN_LAB = os.environ.get("BERKELEY_LAB") == "1"
NUMBERS = itertools.count()


class OutsideTheLab(pytest.Module):
    """A file of tests that is not even imported."""

    def collect(self) -> list[pytest.Item]:
        pytest.skip(f"{self.path.name} needs the kernel lab: make lab", allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    return None if IN_LAB else OutsideTheLab.from_parent(parent, path=module_path)


def ip(*words: str) -> None:
    """Run ip(8)."""
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@contextlib.contextmanager
def can_interface() -> Iterator[str]:
    """A virtual CAN interface, up, and wide enough for FD frames."""
    name = f"vcan{100 + next(NUMBERS)}"
    ip("link", "add", "dev", name, "type", "vcan")
    try:
        ip("link", "set", name, "mtu", "72", "up")
        yield name
    finally:
        ip("link", "delete", name)


@pytest.fixture
def vcan() -> Iterator[str]:
    """The name of a CAN interface of the test's own."""
    with can_interface() as name:
        yield name


@pytest.fixture
def second_vcan() -> Iterator[str]:
    """Another one."""
    with can_interface() as name:
        yield name


@pytest.fixture
def controller() -> Iterator[Controller]:
    """A virtual Bluetooth controller, up, and unplugged when the test ends."""
    if not os.path.exists(DEVICE):
        pytest.skip(f"no {DEVICE}: the kernel module hci_vhci is not loaded")
    with contextlib.closing(Controller()) as found:
        yield found
