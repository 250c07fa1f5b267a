"""Which programs there are, and what each is started with: its server, a certificate, or a network of its own."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from programs.servers import Missing, Servers
from programs.servers.process import find

FOLDER = Path(__file__).parent
# A network namespace with nothing but a loopback device, and root's rights in it.
NAMESPACE = ["--user", "--map-root-user", "--net"]
UP = "ip link set lo up"
VCAN = "ip link add dev vcan0 type vcan && ip link set vcan0 mtu 72 up"


@dataclasses.dataclass(frozen=True)
class Program:
    """A script of this folder, and the package it shows."""

    script: str
    package: str
    server: str = ""  # one of programs.servers.NAMES; "certificates" for those who serve themselves
    alone: bool = False  # in a network namespace
    vcan: bool = False  # with a virtual CAN interface in it, which the program is told

    def command(self, python: Sequence[str], servers: Servers) -> list[str]:
        """How to start it with an interpreter and its options; Missing says what the machine lacks."""
        return [*self._namespace(), *python, str(FOLDER / self.script), *self._arguments(servers)]

    def _arguments(self, servers: Servers) -> list[str]:
        if self.server == "certificates":
            made = servers.certificates()
            return [str(path) for path in (made.certificate, made.key, made.authority)]
        if self.vcan:
            return ["vcan0"]
        return servers.arguments(self.server) if self.server else []

    def _namespace(self) -> list[str]:
        if not self.alone:
            return []
        find("ip", "iproute2")
        command = [find("unshare", "util-linux"), *NAMESPACE]
        if not _succeeds([*command, "true"]):
            raise Missing(f"needs the right to make namespaces ({' '.join(command)})")
        if self.vcan and not _succeeds([*command, "sh", "-c", VCAN]):
            raise Missing("needs the kernel module vcan, which the kernel lab has: make lab")
        return [*command, "sh", "-c", " && ".join([UP, *([VCAN] if self.vcan else []), 'exec "$@"']), "sh"]


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


PROGRAMS = {
    program.package: program
    for program in (
        Program("requests_tls.py", "requests", "nginx"),
        Program("urllib3_threads.py", "urllib3", "nginx"),
        Program("redis_client.py", "redis", "redis"),
        Program("pg8000_client.py", "pg8000", "postgresql"),
        Program("paramiko_ssh.py", "paramiko", "sshd"),
        Program("dnspython_queries.py", "dnspython", "resolver"),
        Program("aiohttp_both.py", "aiohttp", "certificates"),
        Program("websockets_both.py", "websockets", "certificates"),
        Program("uvloop_sockets.py", "uvloop", "certificates"),
        Program("trio_streams.py", "trio", "certificates"),
        Program("gevent_patched.py", "gevent", "certificates"),
        Program("pyroute2_network.py", "pyroute2", alone=True),
        Program("scapy_loopback.py", "scapy", alone=True),
        Program("python_can_bus.py", "python-can", alone=True, vcan=True),
    )
}

# The two ways to run a script, which have to come to the same.
WAYS = {"stdlib": [sys.executable], "berkeley": [sys.executable, "-m", "berkeley", "run"]}
