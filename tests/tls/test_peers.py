"""TLS between two processes: each side on berkeley, the other on the interpreter's own module."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from two_runs import PYTHON, output_of

from tls.certificates import VERSIONS, Identity

TESTS = Path(__file__).parents[1]

pytestmark = pytest.mark.berkeley_only("both modules take part in every test")


@contextmanager
def server(contender: str, version: str, identity: Identity) -> Iterator[int]:
    """The port of a server in a process of its own, which has to end well once it has served."""
    command = [*PYTHON[contender], "-m", "tls.peer", "server", version, *map(str, identity)]
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
            assert process.wait(20) == 0
        finally:
            process.kill()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("asking", "answering"), [("berkeley", "berkeley"), ("berkeley", "stdlib"), ("stdlib", "berkeley")]
)
def test_two_processes_speak_tls_and_part_in_plain_text(
    server_identity: Identity, asking: str, answering: str, version: str
) -> None:
    with server(answering, version, server_identity) as port:
        answer = output_of(asking, "-m", "tls.peer", "client", version, *server_identity, port, cwd=TESTS)
    assert answer == {"berkeley": "berkeley True\n", "stdlib": "socket True\n"}[asking]
