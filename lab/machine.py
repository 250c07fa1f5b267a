"""Runs one virtual machine: the command line of QEMU, the console as it comes, and the end of a machine that hangs."""

from __future__ import annotations

import collections
import dataclasses
import os
import selectors
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from lab.kernel import Kernel

KVM = Path("/dev/kvm")
MEGABYTES = 1024
# Under emulation five-level page tables, and what the kernel does against flaws of real processors, cost a third.
CPU = "max,la57=off"
# On a busy host the kernel may take the emulated timer for a broken one, and then panics.
KERNEL_OPTIONS = "panic=-1 mitigations=off tsc=reliable no_timer_check random.trust_cpu=on"
# A kernel under KVM says something within a fraction of a second.
KVM_ANSWERS_WITHIN = 4.0
LAST_LINES = 40


@dataclasses.dataclass(frozen=True)
class Limits:
    """Seconds that a machine may run in all, and without a word on its console."""

    deadline: float
    silence: float


@dataclasses.dataclass(frozen=True)
class Ending:
    """How a machine ended: why it was ended from outside, or the empty string, and its last lines."""

    reason: str
    last_lines: list[str]


def command(
    kernel: Kernel, accelerator: str, shared: Path, serial: str = "stdio", loglevel: str = "quiet"
) -> list[str]:
    """The command line of QEMU; the guest gets the host's root read-only and one folder for its results."""
    return [
        # So that no machine outlives the lab, however that ends.
        *("setpriv", "--pdeathsig", "KILL"),
        "qemu-system-x86_64",
        *("-accel", accelerator, "-cpu", CPU, "-machine", "q35", "-m", str(MEGABYTES)),
        *("-nodefaults", "-no-reboot", "-display", "none", "-serial", serial),
        *("-kernel", str(kernel.image), "-initrd", str(kernel.initrd)),
        *("-append", f"console=ttyS0 {loglevel} {KERNEL_OPTIONS}"),
        *("-virtfs", "local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap"),
        *("-virtfs", f"local,path={shared},mount_tag=out,security_model=none"),
    ]


def accelerator(kernel: Kernel, shared: Path) -> str:
    """kvm where a kernel boots under it (the device alone says too little), otherwise tcg."""
    if not os.access(KVM, os.R_OK | os.W_OK):
        return "tcg"
    said: list[str] = []
    trial = command(kernel, "kvm", shared, loglevel="earlyprintk=ttyS0")
    watch(trial, Limits(KVM_ANSWERS_WITHIN, KVM_ANSWERS_WITHIN), said.append, until="Linux version")
    return "kvm" if any("Linux version" in line for line in said) else "tcg"


def watch(words: list[str], limits: Limits, tell: Callable[[str], None], until: str = "") -> Ending:
    """Run a machine and pass on each line of its console; end it at a limit, or at a line that holds `until`."""
    last: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        for line in Console(process, limits):
            last.append(line)
            tell(line)
            if until and until in line:
                return Ending("", list(last))
    except TimeoutError as reached:
        return Ending(str(reached), list(last))
    finally:
        process.kill()
        process.communicate()
    return Ending("", list(last))


class Console:
    """The lines of a machine's console; TimeoutError once a limit is reached."""

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits) -> None:
        self._process = process
        self._limits = limits
        self._deadline = time.monotonic() + limits.deadline
        self._rest = b""

    def __iter__(self) -> Console:
        return self

    def __next__(self) -> str:
        while b"\n" not in self._rest:
            chunk = self._read()
            if not chunk:
                raise StopIteration
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r")

    def _read(self) -> bytes:
        left = self._deadline - time.monotonic()
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if left > 0 and selector.select(min(left, self._limits.silence)):
                return os.read(self._process.stdout.fileno(), 65536)
        if left <= self._limits.silence:
            raise TimeoutError(f"not ready after {self._limits.deadline:.0f} s")
        raise TimeoutError(f"no word on the console for {self._limits.silence:.0f} s")
