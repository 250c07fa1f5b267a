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
UP = 'ip link set lo up && exec "$@"'


@dataclasses.dataclass(frozen=True)
class Program:
    """A script of this folder, and the package it shows."""

    script: str
    package: str
    server: str = ""  # one of programs.servers.NAMES; "certificates" for those who serve themselves
    alone: bool = False  # in a network namespace

    def command(self, python: Sequence[str], servers: Servers) -> list[str]:
        """How to start it with an interpreter and its options; Missing says what the machine lacks."""
        return [*self._namespace(), *python, str(FOLDER / self.script), *self._arguments(servers)]

    def _arguments(self, servers: Servers) -> list[str]:
        if self.server == "certificates":
            made = servers.certificates()
            return [str(path) for path in (made.certificate, made.key, made.authority)]
        return servers.arguments(self.server) if self.server else []

    def _namespace(self) -> list[str]:
        if not self.alone:
            return []
        find("ip", "iproute2")
        command = [find("unshare", "util-linux"), *NAMESPACE]
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
            raise Missing(f"needs the right to make namespaces ({' '.join(command)})")
        return [*command, "sh", "-c", UP, "sh"]


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
    )
}

# The two ways to run a script, which have to come to the same.
WAYS = {"stdlib": [sys.executable], "berkeley": [sys.executable, "-m", "berkeley", "run"]}
