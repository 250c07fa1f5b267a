"""Builds the package as a system gets it that has only the plain calls, macOS for example, and runs the tests on that.

The C library of the machine stays the same; libc/socket.pxd and libc/netdb.pxd say what BERKELEY_PLAIN_CALLS changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tools.environment import ROOT

HOME = ROOT / "build" / "plain"
TESTS = (
    "tests/test_create.py",
    "tests/test_descriptors.py",
    "tests/test_ownership.py",
    "tests/test_socket_lifecycle.py",
    "tests/test_socket_listening.py",
    "tests/test_sending.py",
    "tests/test_recvmsg.py",
    "tests/test_host_names.py",
    "tests/test_services.py",
)
# What those systems do not have at all: SOCK_NONBLOCK and SOCK_CLOEXEC.
WITHOUT = "not flag_bits and not sock_nonblock"


def build() -> None:
    """Make the package under build/plain, everything compiled again."""
    shutil.rmtree(HOME, ignore_errors=True)
    command = [
        sys.executable,
        "setup.py",
        "--quiet",
        "build",
        "--build-base",
        str(HOME),
        "--build-lib",
        str(HOME / "lib"),
    ]
    surroundings = os.environ | {"CFLAGS": "-O0 -DBERKELEY_PLAIN_CALLS=1"}
    subprocess.run(command, cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL, check=True)


def main(arguments: list[str]) -> int:
    """Build, and run the tests of the command line; the result is pytest's exit status."""
    build()
    command = [sys.executable, "-m", "pytest", "-q", "-k", f"berkeley and {WITHOUT}", *(arguments or TESTS)]
    surroundings = os.environ | {"PYTHONPATH": str(HOME / "lib")}
    return subprocess.run(command, cwd=ROOT, env=surroundings, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
