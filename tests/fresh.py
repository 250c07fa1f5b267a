"""Runs code in a fresh interpreter: with an audit hook, in a namespace, out of memory, or with a C shim before libc."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SHIMS = Path(__file__).with_name("shims")

PROLOGUE = """
import json, sys
sys.path.append({tests!r})
{before}
import {module} as socket
report = lambda value: print(json.dumps(value))
"""


def run(
    net: ModuleType,
    code: str,
    *,
    before: str = "",
    preload: Path | None = None,
    wrapper: Sequence[str] = (),
    **variables: str,
) -> Any:
    """What `code` reports last; `socket` is the module under test there, `before` runs ahead of its import."""
    start = PROLOGUE.format(tests=str(SHIMS.parent), before=textwrap.dedent(before), module=net.__name__)
    program = start + textwrap.dedent(code)
    if preload:
        variables["LD_PRELOAD"] = str(preload)
    done = subprocess.run(
        [*wrapper, sys.executable, "-W", "error", "-c", program],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"status {done.returncode}\n{done.stdout}{done.stderr}"
    return json.loads(done.stdout.splitlines()[-1])


def compile_shim(name: str, directory: Path) -> Path:
    """Build shims/<name>.c into a library that LD_PRELOAD can put before libc."""
    if not shutil.which("cc"):
        pytest.skip("needs a C compiler named cc to build the shim")
    library = directory / f"{name}.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, SHIMS / f"{name}.c", "-ldl"], check=True)
    return library


def namespace(*flags: str) -> list[str]:
    """The command prefix that runs a program in namespaces of its own, which vanish with it."""
    command = ["unshare", *flags]
    if not shutil.which("unshare"):
        pytest.skip("needs unshare of util-linux to make a namespace")
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip(f"needs the right to make namespaces ({' '.join(command)})")
    return command
