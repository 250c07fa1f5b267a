"""PostgreSQL on 127.0.0.1, which takes TLS connections with a password alone, and a socket of AF_UNIX."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from programs.servers.certificates import Certificates
from programs.servers.process import Missing, accepts, find, free_port, running

USER, PASSWORD = "tester", "not a secret"
RULES = """\
local   all all              scram-sha-256
hostssl all all 127.0.0.1/32 scram-sha-256
"""


@contextlib.contextmanager
def serving(folder: Path, certificates: Certificates) -> Iterator[list[str]]:
    """The arguments of a client: port, folder of the socket, user, password, file of the authority."""
    binaries = _binaries()
    port = free_port()
    (folder / "password").write_text(PASSWORD, "ascii")
    for name, source in {"server.pem": certificates.certificate, "server.key": certificates.key}.items():
        shutil.copy(source, folder / name)
        (folder / name).chmod(0o600)
    become = _unprivileged(folder)
    _initialise([*become, binaries / "initdb"], folder)
    settings: dict[str, object] = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "ssl": "on",
        "ssl_cert_file": folder / "server.pem",
        "ssl_key_file": folder / "server.key",
        "fsync": "off",
        "client_connection_check_interval": "100ms",  # a query ends when its client has gone
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    command: list[str | Path] = [*become, binaries / "postgres", "-D", folder / "data", *options]
    ready = _Ready(folder / "output.txt", port)
    with running(command, folder, ready, end=signal.SIGINT):
        yield [str(port), str(folder), USER, PASSWORD, str(certificates.authority)]


class _Ready:
    """The server listens before it takes queries, and says so in its log."""

    def __init__(self, log: Path, port: int) -> None:
        self.log, self.accepts = log, accepts(port)

    def __call__(self) -> bool:
        return "ready to accept connections" in self.log.read_text("utf-8", "replace") and self.accepts()


def _binaries() -> Path:
    """Where Debian has the newest version; elsewhere the PATH leads to them."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "postgres").exists()]
    if versions:
        return max(versions, key=lambda path: float(path.parent.name))
    return Path(find("postgres", "postgresql")).parent


def _unprivileged(folder: Path) -> list[str]:
    """What goes before the command: PostgreSQL refuses to run as root, and has to own its folder."""
    if os.geteuid():
        return []
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        account = pwd.getpwnam("nobody")
    for path in (folder, *folder.iterdir()):
        os.chown(path, account.pw_uid, account.pw_gid)
    identity = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return [find("setpriv", "util-linux"), *identity, "--"]


def _initialise(command: list[str | Path], folder: Path) -> None:
    options: list[str | Path] = ["-D", folder / "data", "-U", USER, "--pwfile", folder / "password", "--no-sync"]
    options += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale"]
    done = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"initdb of PostgreSQL does not run here: {done.stderr.strip()}")
    (folder / "data" / "pg_hba.conf").write_text(RULES, "ascii")
