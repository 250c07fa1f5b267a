"""python-can's program of programs/ on a virtual interface: the same on both modules."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "programs" / "python_can_bus.py"
WAYS = {"stdlib": [sys.executable], "berkeley": [sys.executable, "-m", "berkeley", "run"]}


def printed(way: str, interface: str) -> list[str]:
    """What the program prints when it ends well and complains about nothing."""
    done = subprocess.run([*WAYS[way], SCRIPT, interface], capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert float(done.stderr) > 0, "the program's time is not all that stands on its standard error"
    return done.stdout.splitlines()


@pytest.mark.skipif(not importlib.util.find_spec("can"), reason="needs the package python-can, of the extra programs")
def test_python_can_does_the_same_on_both_modules(vcan: str) -> None:
    lines = printed("berkeley", vcan)
    assert lines == printed("stdlib", vcan)
    assert {"filtered 16 0x200 0x2f0", "notified True True", "nothing came None"} <= set(lines)
