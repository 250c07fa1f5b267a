"""dnsmasq on 127.0.0.1, which knows the names below example.test and asks nobody else."""

from __future__ import annotations

import contextlib
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from programs.servers.certificates import Certificates
from programs.servers.process import accepts, find, free_port, running

# More than fits into a datagram of 512 bytes, or of 1,232: the answer is cut off, and asked for over TCP.
LONG = ",".join(f"{number:03}" + "x" * 97 for number in range(20))
RECORDS = [
    "--local=/example.test/",
    "--host-record=www.example.test,192.0.2.1,2001:db8::1",
    *[f"--host-record=host{number}.example.test,192.0.2.{number}" for number in range(10, 60)],
    "--cname=alias.example.test,www.example.test",
    "--mx-host=example.test,www.example.test,10",
    "--srv-host=_echo._tcp.example.test,www.example.test,7,1,2",
    f"--txt-record=long.example.test,{LONG}",
    "--txt-record=short.example.test,a few words",
]


@contextlib.contextmanager
def serving(folder: Path, certificates: Certificates) -> Iterator[list[str]]:
    """The arguments of a client: the port, of UDP and TCP alike."""
    del certificates  # plain DNS has no use for them
    command = find("dnsmasq", "dnsmasq-base")
    port = free_port()
    options = ["--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--no-ping"]
    options += ["--listen-address=127.0.0.1", "--bind-interfaces", f"--port={port}", "--log-facility=-"]
    options += [f"--pid-file={folder / 'pid'}", f"--user={pwd.getpwuid(os.geteuid()).pw_name}", "--group="]
    with running([command, *options, *RECORDS], folder, accepts(port)):
        yield [str(port)]
