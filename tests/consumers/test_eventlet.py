"""eventlet: it imports the module a second time, keeps that copy for itself, and patches the first."""

from __future__ import annotations

import importlib.util
import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from two_runs import output_of

# Looked for and not imported: eventlet warns at import that it is in maintenance only.
pytestmark = pytest.mark.skipif(not importlib.util.find_spec("eventlet"), reason="needs the package eventlet")

BEFORE = """
import socket, _socket, json, sys, warnings
own = dict(vars(socket))
warnings.simplefilter("ignore")
import eventlet
eventlet.monkey_patch()
from eventlet.patcher import original
"""


@pytest.fixture
def patched(runs_on: str) -> Callable[..., Any]:
    """Run code in a process that eventlet has patched; what it puts into `result`."""

    def run(code: str, *arguments: object, before: str = BEFORE) -> Any:
        program = before + textwrap.dedent(code) + "\nprint(json.dumps(result))"
        tests = Path(__file__).parents[1]
        return json.loads(output_of(runs_on, "-c", program, *arguments, cwd=tests).splitlines()[-1])

    return run


def test_a_module_that_was_removed_is_imported_again(patched: Any, runs_on: str) -> None:
    found = patched(
        """
        import sys, json, socket, _socket
        first, first_native = socket, _socket
        del sys.modules["socket"]
        import socket
        one, other = socket.socketpair()
        one.sendall(b"again")
        result = [socket is not first, socket.socket.__module__, type(one) is socket.socket, other.recv(5).decode()]
        result.append(issubclass(socket.socket, first_native.socket))
        result.append([name for name in first.__all__ if not hasattr(socket, name)])
        one.close(), other.close()
        """,
        before="",
    )
    module = {"berkeley": "berkeley", "stdlib": "socket"}[runs_on]
    assert found == [True, module, True, "again", True, []]


def test_what_is_assigned_to_one_copy_is_not_seen_in_the_other(patched: Any) -> None:
    found = patched(
        """
        import sys, json, socket as first
        del sys.modules["socket"]
        import socket as second
        first.socket = "patched"
        result = [isinstance(second.socket, type), second.socket != "patched"]
        """,
        before="",
    )
    assert found == [True, True]


def test_eventlet_stands_on_the_base_type_that_was_installed(patched: Any) -> None:
    found = patched("""
        listener = eventlet.listen(("127.0.0.1", 0))
        result = [
            type(listener) is socket.socket, socket.socket is not own["socket"],
            isinstance(listener.fd, _socket.socket), original("socket").socket.__bases__ == (_socket.socket,),
            original("socket").socket is not socket.socket,
        ]
        listener.close()
    """)
    assert found == [True] * 5


def test_a_server_and_its_clients_take_turns_in_one_thread(patched: Any) -> None:
    found = patched("""
        def shout(sock, address):
            with sock, sock.makefile("rwb") as file:
                for line in file:
                    eventlet.sleep(0.01)
                    file.write(line.upper())
                    file.flush()
        def ask(number):
            with socket.create_connection(listener.getsockname(), timeout=10) as client:
                with client.makefile("rwb") as file:
                    file.write(b"%d asks\\n" % number)
                    file.flush()
                    return file.readline().decode()
        listener = eventlet.listen(("127.0.0.1", 0))
        serving = eventlet.spawn(eventlet.serve, listener, shout)
        with eventlet.Timeout(20):
            result = list(eventlet.GreenPool().imap(ask, range(5)))
        serving.kill()
        listener.close()
    """)
    assert found == [f"{number} ASKS\n" for number in range(5)]


def test_the_standard_library_runs_on_green_threads(patched: Any) -> None:
    found = patched("""
        import urllib.request
        from consumers.conftest import serving
        def read(number):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{number}", timeout=10) as page:
                return page.read().decode()
        with serving() as port, eventlet.Timeout(20):
            result = list(eventlet.GreenPool().imap(read, range(3)))
    """)
    assert found == ["/0", "/1", "/2"]


def test_tls_works_between_green_threads(patched: Any, tmp_path: Path) -> None:
    from tls.certificates import identity

    found = patched(
        """
        from tls.certificates import Identity, contexts
        tls = contexts(Identity(*sys.argv[1:]))
        def serve():
            with tls.server.wrap_socket(listener.accept()[0], server_side=True) as conn:
                conn.sendall(conn.recv(100).upper())
        listener = eventlet.listen(("127.0.0.1", 0))
        serving = eventlet.spawn(serve)
        plain = socket.create_connection(listener.getsockname(), timeout=10)
        with tls.client.wrap_socket(plain, server_hostname="localhost") as client:
            client.sendall(b"secret")
            result = [client.recv(100).decode(), type(client).__name__]
        serving.wait()
        listener.close()
        """,
        *identity(tmp_path, "server"),
    )
    assert found == ["SECRET", "GreenSSLSocket"]


def test_timeouts_and_errors_are_those_of_sockets(patched: Any) -> None:
    found = patched("""
        result = []
        left, right = socket.socketpair()
        left.settimeout(0.05)
        unused = socket.socket()
        unused.bind(("127.0.0.1", 0))
        for call in [lambda: left.recv(1), lambda: socket.create_connection(unused.getsockname())]:
            try:
                call()
            except OSError as error:
                result.append(type(error).__name__)
        for sock in (left, right, unused):
            sock.close()
    """)
    assert found == ["TimeoutError", "ConnectionRefusedError"]
