"""What runs inside the machine: modules and interfaces first, then the tests, with a result file after each step."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from lab import modules, steps
from lab.job import IN_GUEST, Job

INTERFACES = (
    "ip link set lo up",
    "ip link add dev vcan0 type vcan",
    "ip link add dev vcan1 type vcan",
    "ip link set vcan0 mtu 72 up",
    "ip link set vcan1 mtu 72 up",
)
HOST_NAME = "lab"
HOSTS = f"127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.0.0.1 {HOST_NAME}\n"


def say(text: str) -> None:
    """A line on the console that the host passes on."""
    print(f"lab: {text}", flush=True)


def set_up_network() -> None:
    """Interfaces, and a host name that can be looked up without a network."""
    for command in INTERFACES:
        if subprocess.run(command.split(), check=False).returncode:
            say(f"failed: {command}")
    socket.sethostname(HOST_NAME)
    Path("/run/hosts").write_text(HOSTS)
    subprocess.run(["mount", "--bind", "/run/hosts", "/etc/hosts"], check=False)


def main() -> int:
    """Prepare the machine and do the job."""
    began = time.monotonic()
    job = Job.read(IN_GUEST)
    for line in modules.load(job.modules, job.release):
        say(line)
    set_up_network()
    Path(os.environ["TMPDIR"]).mkdir()
    say(f"Linux {os.uname().release}, Python {sys.version.split()[0]}, ready after {uptime():.0f} s")
    if job.shell:
        return subprocess.run(["/bin/bash", "-i"], check=False).returncode
    results = steps.run_all(job, say)
    say(f"done after {time.monotonic() - began:.0f} s")
    return int(any(result.status or result.hung for result in results))


def uptime() -> float:
    """Seconds since the kernel began."""
    return float(Path("/proc/uptime").read_text().split()[0])


if __name__ == "__main__":
    sys.exit(main())
