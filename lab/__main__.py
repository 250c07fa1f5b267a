"""python -m lab: boots a stock kernel under QEMU for each interpreter and runs the tests of the families in it."""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lab import byte_code, kernel, machine, needs, report
from lab.job import ROOT, Job
from tools import subjects

FAMILIES = "tests/families"
OUT = ROOT / "build" / "lab"
# Seconds of one machine with everything to do; eight minutes are usual where four run on two cores.
DEADLINE = 900.0
SILENCE = 150.0
# Half of the time of test_socket is waiting for timeouts to pass.
MACHINES = 2 * (os.cpu_count() or 1)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    parser.add_argument("tests", nargs="*", help=f"for pytest alone, behind --; otherwise {FAMILIES} and test_socket")
    parser.add_argument("--python", action="append", default=[], help="3.12, or the path of a python to take as it is")
    parser.add_argument("--shell", action="store_true", help="a shell on the console of one machine")
    parser.add_argument("--jobs", type=int, default=MACHINES, help="machines at the same time (%(default)s)")
    parser.add_argument("--deadline", type=float, default=DEADLINE, help="seconds for one machine (%(default)s)")
    parser.add_argument("--silence", type=float, default=SILENCE, help="seconds without a word (%(default)s)")
    return parser.parse_args()


def main() -> int:
    """Run the lab; 0 if all is well, 1 if tests failed, 2 if it cannot run here."""
    options = arguments()
    needs.widen_path()
    try:
        if lacking := needs.missing():
            raise needs.LabError(lacking)
        return run(options)
    except (needs.LabError, subjects.SubjectError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 2


def run(options: argparse.Namespace) -> int:
    """Fetch, build, boot, and report."""
    began = time.monotonic()
    stock = kernel.get(Path(os.environ.get("LAB_CACHE") or OUT))
    found = subjects.find(options.python)
    with tempfile.TemporaryDirectory(prefix="run-", dir=OUT) as folder:
        lab = Lab(stock, machine.accelerator(stock, Path(folder)), options, Path(folder))
        print(f"lab: Linux {stock.release} under QEMU ({lab.accelerator})", flush=True)
        if options.shell:
            return lab.shell(found[0])
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            verdicts = dict(zip(found, pool.map(lab.run, found), strict=True))
    return summary(verdicts, time.monotonic() - began)


def summary(verdicts: dict[subjects.Subject, report.Verdict], seconds: float) -> int:
    """Print what every interpreter has shown, then what was wrong."""
    for subject, verdict in verdicts.items():
        for line in verdict.lines:
            print(f"lab: {subject.version} {line}")
    failed = False
    for subject, verdict in verdicts.items():
        for line in verdict.wrong:
            failed = True
            print(f"\nlab: {subject.version} {line}")
    print(f"lab: {'FAILED' if failed else 'all passed'}, {seconds:.0f} s")
    return int(failed)


@dataclasses.dataclass(frozen=True)
class Lab:
    """What all machines of a run have in common."""

    stock: kernel.Kernel
    accelerator: str
    options: argparse.Namespace
    folder: Path

    def run(self, subject: subjects.Subject) -> report.Verdict:
        """Boot a machine for one interpreter and judge what it leaves."""
        shared = self._share(subject)
        byte_code.compile_ahead(subject, self.options.tests or [FAMILIES], not self.options.tests)
        limits = machine.Limits(self.options.deadline, self.options.silence)
        words = machine.command(self.stock, self.accelerator, shared)
        ending = machine.watch(words, limits, lambda line: tell(subject.version, line))
        verdict = report.judge(shared, ending)
        report.keep(shared, subject.version, OUT, whole=not self.options.tests)
        return verdict

    def shell(self, subject: subjects.Subject) -> int:
        """A machine whose console is the user's terminal."""
        words = machine.command(self.stock, self.accelerator, self._share(subject), serial="mon:stdio")
        return subprocess.run(words, check=False).returncode

    def _share(self, subject: subjects.Subject) -> Path:
        shared = Path(tempfile.mkdtemp(prefix=f"{subject.version}-", dir=self.folder))
        Job(
            python=str(subject.python),
            modules=str(self.stock.tree),
            release=self.stock.release,
            tests=self.options.tests or [FAMILIES],
            conformance=not self.options.tests,
            shell=self.options.shell,
        ).write(shared)
        return shared


def tell(version: str, line: str) -> None:
    """Pass on a line of a machine's console."""
    if line.strip():
        print(f"[{version}] {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
