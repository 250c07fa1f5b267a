"""Fetches Debian's stock kernel into a folder of its own, and prepares the initial RAM disk for it."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lab import initramfs, modules
from lab.needs import LabError

METAPACKAGE = "linux-image-amd64"
IMAGE = "boot/vmlinuz-"


@dataclasses.dataclass(frozen=True)
class Kernel:
    """An unpacked kernel package."""

    tree: Path

    @property
    def image(self) -> Path:
        """What QEMU boots."""
        return next(self.tree.glob(f"{IMAGE}*"))

    @property
    def release(self) -> str:
        """The version by which its modules are found."""
        return self.image.name.removeprefix("vmlinuz-")

    @property
    def initrd(self) -> Path:
        """The initial RAM disk made for it."""
        return self.tree / "initrd"


@contextlib.contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Keep two runs from fetching at the same time."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def get(cache: Path) -> Kernel:
    """The kernel in the cache, fetched if there is none."""
    with _alone(cache):
        kernel = Kernel(cache / "kernel")
        if not kernel.tree.exists():
            _fetch(cache, kernel.tree)
        _write_initrd(kernel)
    return kernel


def _write_initrd(kernel: Kernel) -> None:
    # A rename, because machines of another run may be booting from the old one.
    busybox = shutil.which("busybox") or "/bin/busybox"
    archive = initramfs.encode(initramfs.entries(Path(busybox), modules.insmod_order(kernel.tree, kernel.release)))
    if kernel.initrd.exists() and kernel.initrd.read_bytes() == archive:
        return
    new = kernel.initrd.with_suffix(".new")
    new.write_bytes(archive)
    new.rename(kernel.initrd)


def _package() -> str:
    """The package with the current kernel: the one that the metapackage depends on."""
    if not _dependency() and os.geteuid() == 0:
        _output("apt-get", "update", "-q")
    if package := _dependency():
        return package
    raise LabError(f"apt does not know {METAPACKAGE} (once, as root: apt-get update)")


def _dependency() -> str:
    shown = subprocess.run(["apt-cache", "depends", METAPACKAGE], capture_output=True, text=True, check=False).stdout
    found = re.search(r"Depends: (linux-image-\S+)", shown)
    return found[1] if found else ""


def _output(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"{' '.join(command)} failed: {done.stderr.strip() or done.returncode}")
    return done.stdout


def _fetch(cache: Path, tree: Path) -> None:
    package = _package()
    print(f"lab: fetching {package} into {os.path.relpath(cache)}", flush=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        place = Path(folder)
        _output("apt-get", "download", "-q", package, cwd=place)
        unpacked = place / "tree"
        _output("dpkg", "-x", str(next(place.glob("*.deb"))), str(unpacked))
        if not (unpacked / "lib").exists():
            # From Debian 13 on modules are below /usr.
            (unpacked / "lib").symlink_to("usr/lib")
        _output("depmod", "-b", str(unpacked), Kernel(unpacked).release)
        unpacked.rename(tree)
