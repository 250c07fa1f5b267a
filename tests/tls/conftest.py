"""What the tests of TLS share: certificates, contexts of both ends, and connections over 127.0.0.1."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from two_runs import net, runs_on  # noqa: F401

from tls import certificates
from tls.certificates import Contexts, Identity


@pytest.fixture(scope="session", autouse=True)
def openssl() -> None:
    if not shutil.which("openssl"):
        pytest.skip("needs the program openssl, which makes certificates")


@pytest.fixture(scope="session")
def server_identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return certificates.identity(tmp_path_factory.mktemp("server"), "server")


@pytest.fixture(scope="session")
def client_identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return certificates.identity(tmp_path_factory.mktemp("client"), "client")


@pytest.fixture(params=certificates.VERSIONS)
def contexts(request: pytest.FixtureRequest, server_identity: Identity) -> Contexts:
    """The contexts of client and server, for TLS 1.2 and for 1.3."""
    made = certificates.contexts(server_identity, certificates.VERSIONS[request.param])
    made.server.num_tickets = 0  # a client that closes before it has read the tickets of TLS 1.3 resets the connection
    return made


@pytest.fixture
def connect(in_thread: Any, closing: Any) -> Callable[..., tuple[ssl.SSLSocket, ssl.SSLSocket]]:
    """Call it with contexts and a connected pair of plain sockets: the same two sides, with the handshake done."""

    def wrap(contexts: Contexts, pair: Any, **options: Any) -> tuple[ssl.SSLSocket, ssl.SSLSocket]:
        sides: list[ssl.SSLSocket] = []
        serving = in_thread(lambda: sides.append(contexts.server.wrap_socket(pair[1], server_side=True, **options)))
        client = closing(contexts.client.wrap_socket(pair[0], server_hostname="localhost", **options))
        serving.join(20)
        return client, closing(sides[0])

    return wrap


@pytest.fixture
def tls_pair(contexts: Contexts, tcp_pair: Any, connect: Any) -> tuple[ssl.SSLSocket, ssl.SSLSocket]:
    """(client, server side) of one TLS connection over 127.0.0.1."""
    return connect(contexts, tcp_pair)  # type: ignore[no-any-return]
