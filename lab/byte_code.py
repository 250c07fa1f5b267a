"""Makes byte code for the guest on the host: compiling under emulation takes most of the time of a short run."""

from __future__ import annotations

import os
import subprocess

from lab.job import ROOT, VARIABLES
from tools.subjects import Subject

# What programs that tests start import, unseen by pytest: python-can brings 200 modules.
IMPORTED_LATER = "import can.interfaces.socketcan, runpy, berkeley._run, berkeley._stand_in"
COMPILING = ("BERKELEY_LAB", "PYTHONPATH", "PYTHONPYCACHEPREFIX")


def compile_ahead(subject: Subject, tests: list[str], conformance: bool) -> None:
    """Leave byte code for the guest, of the tests as pytest rewrites them too; what fails here is seen there."""
    variables = {**os.environ, **{name: VARIABLES[name] for name in COMPILING}}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    commands = [["-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", *tests], ["-c", IMPORTED_LATER]]
    if conformance:
        commands.append(["-c", "import test.test_socket, test.libregrtest.main, lab.guest, tools.conformance"])
    for command in commands:
        subprocess.run([subject.python, *command], cwd=ROOT, env=variables, capture_output=True, check=False)
