"""Runs the package on other processors: cross-compiled, with Debian's Python for them, under QEMU's user emulation."""

from __future__ import annotations

import argparse
import dataclasses
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import portability
from tools.environment import ROOT

HOME = ROOT / "build" / "machines"
PACKAGES = ("python3",)
TESTING = ("pytest>=8", "pytest-timeout>=2.3", "hypothesis>=6.100")
TESTS = (
    "tests/sockaddr",
    "tests/test_byte_order.py",
    "tests/test_cmsg_sizes.py",
    "tests/test_descriptors.py",
    "tests/test_socket_options.py",
)
# QEMU hands on no options of these families, and gives the kernel more room for control data than it was given.
NOT_EMULATED = (
    "tests/sockaddr/test_udplite.py",
    "tests/sockaddr/test_xdp.py::test_a_socket_is_bound_to_a_queue_of_an_interface",
    "tests/sockaddr/test_xdp.py::test_a_socket_shares_the_memory_of_another",
    "tests/sockaddr/test_xdp.py::test_a_queue_that_the_interface_does_not_have_is_refused",
    "tests/test_cmsg_sizes.py::test_space_for_one_item_is_too_little_for_two",
)
# QEMU swaps 16 of the 32 bits of sin6_scope_id where byte orders differ.
NOT_BIG_ENDIAN = (
    "tests/sockaddr/test_inet6.py::test_a_link_local_address_needs_its_scope_id",
    "tests/sockaddr/test_inet6.py::test_the_scope_id_chooses_the_interface",
    "tests/sockaddr/test_inet6.py::test_a_zone_in_the_host_does_not_replace_the_scope_id",
    "tests/sockaddr/test_inet6.py::test_multicast_reaches_a_member_through_the_interface_of_its_scope_id",
    "tests/sockaddr/test_inet6.py::test_a_multicast_address_is_reported_without_a_zone",
)
# Emulation is slow: fewer examples, and no example is too slow. A shim would be put before the emulator's own libc.
PLUGIN = """import pytest
from hypothesis import HealthCheck, settings
settings.register_profile("machine", max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("machine")
def pytest_collection():
    import fresh
    fresh.compile_shim = lambda name, folder: pytest.skip("user emulation cannot put a library before libc")
"""
LIMITS = ("-o", "timeout=300", "-o", "timeout_method=signal")
PLAIN = ("-p", "no:cacheprovider", "-p", "on_machine", "-k", "not stdlib")
PYTEST = ("-B", "-m", "pytest", "-q", *PLAIN, *LIMITS)
COMPILE = ("-shared", "-fPIC", "-O1", "-g0", "-w", "-fno-sanitize=undefined")


@dataclasses.dataclass(frozen=True)
class Machine:
    """A processor by Debian's name, with the names that QEMU and the compiler have for it."""

    architecture: str
    emulator: str
    target: str
    left_out: tuple[str, ...] = NOT_EMULATED

    @property
    def home(self) -> Path:
        """Where everything for it lies."""
        return HOME / self.architecture

    @property
    def root(self) -> Path:
        """Debian's packages, unpacked."""
        return self.home / "root"

    @property
    def package(self) -> Path:
        """The folder that holds berkeley as built for it."""
        return self.home / "package"

    @property
    def python(self) -> Path:
        """A program that is its interpreter."""
        return self.home / "python"


MACHINES = {
    machine.architecture: machine
    for machine in (
        Machine("arm64", "qemu-aarch64", "aarch64-linux-gnu"),
        Machine("armhf", "qemu-arm", "arm-linux-gnueabihf"),  # 32 bits
        Machine("s390x", "qemu-s390x", "s390x-linux-gnu", NOT_EMULATED + NOT_BIG_ENDIAN),
    )
}


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """What a command prints; SystemExit with its complaint where it fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command[:3]))} ...: {done.stderr.strip() or done.returncode}")
    return done.stdout


class Archive:
    """Debian's packages for one architecture, by apt with lists and a cache of its own: nothing is installed."""

    def __init__(self, home: Path, architecture: str | None) -> None:
        state, self.cache = home / "apt" / "state", home / "apt" / "cache"
        for folder in (state / "lists" / "partial", self.cache / "archives" / "partial"):
            folder.mkdir(parents=True, exist_ok=True)
        (state / "status").touch()
        settings = [f"Dir::State={state}", f"Dir::State::status={state / 'status'}", f"Dir::Cache={self.cache}"]
        settings += ["Debug::NoLocking=1", "APT::Install-Recommends=0", "APT::Sandbox::User="]
        if architecture:
            settings += [f"APT::Architecture={architecture}", f"APT::Architectures={architecture}"]
        self.options = [part for setting in settings for part in ("-o", setting)]
        # A mirror that is being synchronised lacks one list or other: what is missing in the end, fetch() says.
        subprocess.run(["apt-get", *self.options, "-qq", "update"], capture_output=True, check=False)

    def get(self, *words: str, cwd: Path | None = None) -> str:
        """The output of apt-get."""
        return run("apt-get", *self.options, "-q", *words, cwd=cwd)

    def fetch(self, packages: tuple[str, ...], *, alone: bool) -> list[Path]:
        """Package files, with all that they depend on unless they are wanted alone."""
        archives = self.cache / "archives"
        if alone:
            self.get("download", *packages, cwd=archives)
        else:
            self.get("install", "--yes", "--download-only", *packages)
        return sorted(archives.glob("*.deb"))


def unpack(archives: list[Path], root: Path) -> None:
    """Unpack packages into a folder that exists only once it is complete."""
    unfinished = root.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    for archive in archives:
        run("dpkg", "-x", archive, unfinished)
    unfinished.rename(root)


def emulator(machine: Machine) -> Path:
    """QEMU for the machine: the one installed, or else Debian's, unpacked."""
    installed = shutil.which(machine.emulator)
    if installed:
        return Path(installed)
    root = HOME / "qemu" / "root"
    if not root.exists():
        print("fetching qemu-user ...", flush=True)
        unpack(Archive(HOME / "qemu", None).fetch(("qemu-user",), alone=True), root)
    return root / "usr" / "bin" / machine.emulator


def interpreter(machine: Machine) -> Path:
    """The machine's own python3.N."""
    if not machine.root.exists():
        print(f"fetching Python for {machine.architecture} ...", flush=True)
        archive = Archive(machine.home, machine.architecture)
        found = archive.fetch(PACKAGES, alone=False)
        versions = {name[0] for path in found if (name := re.match(r"python3\.\d+", path.name))}
        headers = tuple(f"lib{version}-dev" for version in versions)
        unpack(archive.fetch(headers, alone=True), machine.root)
    return next(path for path in machine.root.glob("usr/bin/python3.*") if path.suffix[1:].isdigit())


def testing_packages(version: str) -> Path:
    """What the tests import, of those releases that are Python alone and so run on any machine."""
    folder = HOME / f"testing-{version}"
    if not folder.exists():
        print("fetching pytest and hypothesis ...", flush=True)
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        wanted = ("--platform", "any", "--python-version", version, "--only-binary", ":all:")
        run(*pip, *wanted, "--target", folder, *TESTING)
    return folder


def make_python(machine: Machine) -> str:
    """Write the program that starts the interpreter, and ask that for the suffix of compiled modules."""
    python = interpreter(machine)
    command = f'exec "{emulator(machine)}" -L "{machine.root}" "{python}" "$@"'
    modules = testing_packages(python.name.removeprefix("python"))
    machine.python.write_text(f'#!/bin/sh\nexport PYTHONPATH="{machine.package}:{modules}"\n{command}\n')
    machine.python.chmod(0o755)
    return run(machine.python, "-c", "import importlib.machinery as m; print(m.EXTENSION_SUFFIXES[0])").strip()


def build(machine: Machine, suffix: str) -> None:
    """The package, its core compiled for the machine with the headers of the machine's own Python."""
    shutil.rmtree(machine.package, ignore_errors=True)
    package = machine.package / "berkeley"
    shutil.copytree(ROOT / "src" / "berkeley", package, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    # Processes that a test starts are to run on the emulator too.
    (machine.package / "sitecustomize.py").write_text(f"import sys\nsys.executable = {str(machine.python)!r}\n")
    (machine.package / "on_machine.py").write_text(PLUGIN)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda source: compile_module(machine, source, package, suffix), portability.sources()))


def compile_module(machine: Machine, source: Path, package: Path, suffix: str) -> None:
    """One compiled module."""
    headers = next(machine.root.glob("usr/include/python3.*"))
    target = package / source.relative_to(portability.GENERATED).with_suffix(suffix)
    defines = [f"-D{name}={value}" for name, value in portability.setting("MACROS")]
    command = [sys.executable, "-m", "ziglang", "cc", "-target", machine.target, *COMPILE, *defines]
    run(*command, "-I", headers, "-I", headers.parent, "-o", target, source)


def main(arguments: list[str]) -> int:
    """Run the tests on the machines that the command line names; exit status 0 if all is well."""
    parser = argparse.ArgumentParser(prog="python -m tools.machines", description=__doc__)
    parser.add_argument("--machine", action="append", choices=MACHINES, help="one of several; all if there is none")
    parser.add_argument("tests", nargs="*", default=TESTS, help="what pytest is to run, options behind --")
    options = parser.parse_args(arguments)
    if absent := [program for program in ("apt-get", "dpkg") if not shutil.which(program)]:
        print(f"this needs Debian or a relative of it: no {', '.join(absent)} here")
        return 2
    status = 0
    for name in options.machine or MACHINES:
        machine = MACHINES[name]
        build(machine, make_python(machine))
        print(f"{name}:", flush=True)
        left_out = [f"--deselect={test}" for test in machine.left_out]
        status |= subprocess.run([machine.python, *PYTEST, *left_out, *options.tests], cwd=ROOT, check=False).returncode
    return int(bool(status))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
