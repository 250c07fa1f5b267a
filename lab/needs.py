"""What the lab needs on the host, and how to say what is missing."""

from __future__ import annotations

import os
import platform
import shutil

# By program: the Debian package that has it.
PROGRAMS = {
    "qemu-system-x86_64": "qemu-system-x86",
    "modprobe": "kmod",
    "depmod": "kmod",
    "busybox": "busybox-static",
    "ip": "iproute2",
    "setpriv": "util-linux",
    "apt-cache": "apt",
    "dpkg": "dpkg",
}
SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


class LabError(Exception):
    """Something that keeps the lab from running, in one sentence for the user."""


def widen_path() -> None:
    """Let programs of the system be found by users who do not have its folders on PATH."""
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS])


def missing() -> str:
    """What is missing here, in one sentence, or the empty string."""
    if platform.machine() != "x86_64":
        return f"the kernel lab shares the host's programs with an x86-64 guest, this machine is {platform.machine()}"
    absent = {name: package for name, package in PROGRAMS.items() if not shutil.which(name)}
    if not absent:
        return ""
    packages = " ".join(dict.fromkeys(absent.values()))
    return f"the kernel lab needs {', '.join(absent)} (as root: apt-get install {packages})"
