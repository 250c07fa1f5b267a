"""What the host tells the guest, and where each of them finds the other's files in the folder that they share."""

from __future__ import annotations

import dataclasses
import json
import shlex
import shutil
from pathlib import Path

# Where the guest sees the folder.
IN_GUEST = Path("/run/lab")
ROOT = Path(__file__).resolve().parent.parent
# Byte code that the host has made: compiling under emulation takes most of the time of a short run.
PYCACHE = ROOT / "build" / "lab" / "pycache"
VARIABLES = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/run/tmp",
    "TMPDIR": "/run/tmp",
    "LANG": "C.UTF-8",
    "TERM": "linux",
    "BERKELEY_LAB": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPYCACHEPREFIX": str(PYCACHE),
    "PYTHONFAULTHANDLER": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
    "HYPOTHESIS_STORAGE_DIRECTORY": "/run/tmp/hypothesis",
}


@dataclasses.dataclass(frozen=True)
class Job:
    """One machine's work: on which interpreter, which tests, and whether CPython's test_socket too; or a shell."""

    python: str
    modules: str
    release: str
    tests: list[str]
    conformance: bool
    shell: bool

    def write(self, folder: Path) -> None:
        """Put it where the guest looks for it, with the program by which the guest starts."""
        (folder / "job.json").write_text(json.dumps(dataclasses.asdict(self)), "utf-8")
        (folder / "start").write_text(self.start(), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> Job:
        """The job in a folder."""
        return cls(**json.loads((folder / "job.json").read_text("utf-8")))

    def start(self) -> str:
        """A shell program for the guest outside the host's root: modules on demand, then lab.guest."""
        modprobe = shlex.join([shutil.which("modprobe") or "modprobe", "-d", self.modules, "-S", self.release])
        variables = shlex.join(f"{name}={value}" for name, value in VARIABLES.items())
        enter = "chroot /host /usr/bin/env -i"
        guest = f"cd {shlex.quote(str(ROOT))} && exec {shlex.quote(self.python)} -m lab.guest"
        return "\n".join(
            [
                # The kernel asks for modules from outside the host's root.
                f"printf '%s\\n' '#!/bin/sh' 'exec chroot /host {modprobe} \"$@\"' > /sbin/modprobe",
                "chmod 755 /sbin/modprobe",
                f"{'setsid cttyhack ' if self.shell else ''}{enter} {variables} /bin/sh -c {shlex.quote(guest)}",
                "echo $? > /host/run/lab/status",
                "",
            ]
        )
