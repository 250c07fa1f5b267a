"""python -m tools.demo: runs the echo programs of both documents, then times round trips with berkeley and without."""

from __future__ import annotations

import argparse
import contextlib
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from rich.console import Console
from rich.table import Table

import berkeley
from bench import measure, roundtrips

EXAMPLES = Path(__file__).parent.parent / "examples"
HELLO = "Received b'Hello, world'"
# Title, the programs' common name with {} for server and client, and what the client has to print.
INTERNET = (
    ("TCP, the 1.x document", "classic/echo_{}.py", "Received 'Hello, world'"),
    ("TCP over IPv4, the 3.12 document", "echo_{}_ipv4.py", HELLO),
    ("TCP over IPv4 or IPv6, the 3.12 document", "echo_{}_dual.py", HELLO),
    ("UDP", "echo_{}_udp.py", HELLO),
)
MODULES: dict[str, ModuleType] = {"berkeley": berkeley, "stdlib": socket}


@contextlib.contextmanager
def program(name: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """One of the examples as a process that does not outlive the block."""
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    """The line in which a server says where it listens."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def echo(name: str, server_arguments: list[str], expected: str) -> str:
    """Run one pair of programs; what went wrong, or the empty string."""
    with program(name.format("server"), *server_arguments) as server:
        listening = first_line(server)
        where = listening.rpartition(" ")[2]
        with program(name.format("client"), *server_arguments[:-1], where) as client:
            printed = client.communicate(timeout=20)[0].strip()
        rest = server.communicate(timeout=20)[0] if client.returncode == 0 else ""
        if printed == expected and client.returncode == server.returncode == 0:
            return ""
        return "\n".join((listening, rest, printed))


def echoes() -> Iterator[tuple[str, str, str]]:
    """Every pair: title, what the client prints, and what went wrong."""
    for title, name, expected in INTERNET:
        yield title, expected, echo(name, ["127.0.0.1", "0"], expected)
    with tempfile.TemporaryDirectory() as directory:
        yield "AF_UNIX", HELLO, echo("echo_{}_unix.py", [f"{directory}/echo"], HELLO)


def round_trips(trips: int, rounds: int) -> Table:
    """Median times of a round trip to an echo process."""
    measure.stay_on_one_cpu()
    table = Table(title="round trips between two processes on one CPU")
    for column in ("transport", "bytes", "µs with berkeley", "µs with the interpreter's module"):
        table.add_column(column, justify="left" if column == "transport" else "right")
    for transport in ("tcp", "unix", "udp"):
        for size in (64, 1024, 8192):
            row = roundtrips.compare(MODULES, transport, "blocking", size=size, trips=trips, rounds=rounds)
            times = (row.cost(name) for name in MODULES)
            table.add_row(transport, str(size), *(f"{time * 1e6:.1f}" for time in times if time is not None))
    return table


def main() -> int:
    """Print the demonstration; 1 if a program failed."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("--trips", type=int, default=200, help="round trips in a round (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=21, help="rounds of each module (default %(default)s)")
    options = parser.parse_args()
    failed = False
    for title, printed, wrong in echoes():
        print(f"{title}: {wrong or printed}", flush=True)
        failed = failed or bool(wrong)
    Console().print(round_trips(options.trips, options.rounds))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
