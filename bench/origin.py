"""Where figures come from: machine, kernel, interpreter and date."""

from __future__ import annotations

import datetime
import os
import platform
from pathlib import Path


def processor() -> str:
    """What the kernel calls the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def origin() -> dict[str, str]:
    """The origin of what is measured now, in words."""
    return {
        "machine": f"{processor()}, {os.cpu_count()} CPUs, {platform.machine()}",
        "kernel": f"{platform.system()} {platform.release()}",
        "interpreter": f"{platform.python_implementation()} {platform.python_version()} ({platform.python_compiler()})",
        "python": platform.python_version(),
        "libc": " ".join(platform.libc_ver()),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
    }


def sentence(found: dict[str, str]) -> str:
    """The same as one sentence."""
    return "{interpreter}, {kernel}, {libc}, {machine}, {date}".format(**found)
