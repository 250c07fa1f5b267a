"""What the tests of consumers share: both modules in turn, packages that may be absent, TLS, small servers."""

from __future__ import annotations

import contextlib
import http.server
import shutil
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tls.certificates import Contexts, contexts, identity
from two_runs import net, runs_on  # noqa: F401


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    """Contexts of a client and of the server that it trusts, whose name is `localhost`."""
    if not shutil.which("openssl"):
        pytest.skip("needs the program openssl, which makes certificates")
    return contexts(identity(tmp_path_factory.mktemp("certificates"), "server"))


class Pages(http.server.BaseHTTPRequestHandler):
    """Answers with its path or with what was posted, in capitals."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(self.path.encode())

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.upper())

    def log_message(self, *args: object) -> None:
        """Nothing."""


@contextlib.contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of an HTTP server in a thread."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        server.daemon_threads = False
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def web() -> Iterator[int]:
    """The port of an HTTP server."""
    with serving() as port:
        yield port


@pytest.fixture
def secure_web(tls: Contexts) -> Iterator[int]:
    """The port of an HTTPS server."""
    with serving(tls.server) as port:
        yield port


@pytest.fixture
def scripted(listener: Any, in_thread: Any) -> Callable[..., tuple[str, int]]:
    """Call it with what a server does with the file of its one connection: the address of that server."""

    def start(talk: Callable[[Any, Any], None]) -> tuple[str, int]:
        def serve() -> None:
            listener.settimeout(10)
            conn = listener.accept()[0]
            with conn, conn.makefile("rwb") as file:
                talk(conn, file)

        in_thread(serve)
        return listener.getsockname()  # type: ignore[no-any-return]

    return start
