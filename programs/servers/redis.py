"""redis-server on 127.0.0.1: TCP with and without TLS, and AF_UNIX; nothing is written to disk."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from programs.servers.certificates import Certificates
from programs.servers.process import accepts, find, free_port, running


@contextlib.contextmanager
def serving(folder: Path, certificates: Certificates) -> Iterator[list[str]]:
    """The arguments of a client: the ports without and with TLS, the path of the socket, the file of the authority."""
    command = find("redis-server", "redis-server")
    plain, tls = free_port(), free_port()
    path = folder / "redis.sock"
    options = {
        "bind": "127.0.0.1",
        "port": plain,
        "tls-port": tls,
        "tls-cert-file": certificates.certificate,
        "tls-key-file": certificates.key,
        "tls-ca-cert-file": certificates.authority,
        "tls-auth-clients": "no",
        "unixsocket": path,
        "save": "",
        "appendonly": "no",
        "dir": folder,
    }
    words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
    with running([command, *words], folder, accepts(plain)):
        yield [str(plain), str(tls), str(path), str(certificates.authority)]
