"""gevent: its classes take the place of ours, stand on our base type, and reach what they replace."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from two_runs import output_of

pytest.importorskip("gevent", reason="needs the package gevent")

BEFORE = """
import socket, _socket
own = dict(vars(socket))
from gevent import monkey
monkey.patch_all()
import gevent, json, ssl, sys
"""


@pytest.fixture
def patched(runs_on: str) -> Callable[..., Any]:
    """Run code in a process that gevent has patched; what it puts into `result`."""

    def run(code: str, *arguments: object) -> Any:
        program = BEFORE + textwrap.dedent(code) + "\nprint(json.dumps(result))"
        tests = Path(__file__).parents[1]
        return json.loads(output_of(runs_on, "-c", program, *arguments, cwd=tests).splitlines()[-1])

    return run


def test_gevent_stands_on_the_base_type_that_was_installed(patched: Any, runs_on: str) -> None:
    found = patched("""
        left, right = socket.socketpair()
        native = type(left._sock)
        result = [
            type(left) is socket.socket, socket.socket is not own["socket"],
            native.__bases__ == (_socket.socket,), own["socket"].__bases__ == (_socket.socket,),
            own["socket"].__module__, socket.SocketIO is own["SocketIO"],
        ]
        left.close(), right.close()
    """)
    assert found == [True] * 4 + [{"berkeley": "berkeley", "stdlib": "socket"}[runs_on], True]


def test_a_server_and_its_clients_take_turns_in_one_thread(patched: Any) -> None:
    found = patched("""
        from gevent.server import StreamServer
        def shout(sock, address):
            with sock.makefile("rwb") as file:
                for line in file:
                    gevent.sleep(0.01)
                    file.write(line.upper())
                    file.flush()
        def ask(number):
            with socket.create_connection(server.address, timeout=10) as client, client.makefile("rwb") as file:
                answers = []
                for turn in range(3):
                    file.write(b"%d asks %d\\n" % (number, turn))
                    file.flush()
                    answers.append(file.readline().decode())
                return answers
        server = StreamServer(("127.0.0.1", 0), shout)
        server.start()
        asking = [gevent.spawn(ask, number) for number in range(5)]
        gevent.joinall(asking, timeout=20, raise_error=True)
        result = [greenlet.value for greenlet in asking]
        server.stop()
    """)
    assert found == [[f"{number} ASKS {turn}\n" for turn in range(3)] for number in range(5)]


def test_the_standard_library_runs_on_greenlets(patched: Any) -> None:
    found = patched("""
        import http.server, threading, urllib.request
        from consumers.conftest import serving
        with serving() as port:
            pages = [gevent.spawn(urllib.request.urlopen, f"http://127.0.0.1:{port}/{n}", timeout=10) for n in range(3)]
            gevent.joinall(pages, timeout=20, raise_error=True)
            result = []
            for page in pages:
                with page.value:
                    result.append(page.value.read().decode())
    """)
    assert found == ["/0", "/1", "/2"]


def test_tls_works_between_greenlets(patched: Any, tmp_path: Path) -> None:
    from tls.certificates import identity

    found = patched(
        """
        from tls.certificates import Identity, contexts
        tls = contexts(Identity(*sys.argv[1:]))
        def serve():
            with listener, tls.server.wrap_socket(listener.accept()[0], server_side=True) as conn:
                conn.sendall(conn.recv(100).upper())
        listener = socket.create_server(("127.0.0.1", 0))
        serving = gevent.spawn(serve)
        plain = socket.create_connection(listener.getsockname(), timeout=10)
        with tls.client.wrap_socket(plain, server_hostname="localhost") as client:
            client.sendall(b"secret")
            result = [client.recv(100).decode(), isinstance(client, socket.socket), type(client).__module__]
        serving.get(timeout=10)
        """,
        *identity(tmp_path, "server"),
    )
    assert found == ["SECRET", True, "gevent.ssl"]


def test_timeouts_and_errors_are_those_of_sockets(patched: Any) -> None:
    found = patched("""
        result = []
        left, right = socket.socketpair()
        left.settimeout(0.05)
        unused = socket.socket()
        unused.bind(("127.0.0.1", 0))
        for call in [lambda: left.recv(1), lambda: socket.create_connection(unused.getsockname()),
                     lambda: socket.getaddrinfo("256.0.0.1", 80, flags=socket.AI_NUMERICHOST)]:
            try:
                call()
            except OSError as error:
                result.append(type(error).__name__)
        for sock in (left, right, unused):
            sock.close()
    """)
    assert found == ["TimeoutError", "ConnectionRefusedError", "gaierror"]


def test_datagrams_messages_and_files_pass(patched: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the file")
    found = patched(
        """
        left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        left.sendmsg([b"in ", b"parts"])
        result = [right.recvmsg(100)[0].decode()]
        with open(sys.argv[1], "rb") as file:
            left.sendfile(file)
        room = bytearray(100)
        result.append(room[: right.recv_into(room)].decode())
        one, other = socket.socket(type=socket.SOCK_DGRAM), socket.socket(type=socket.SOCK_DGRAM)
        one.bind(("127.0.0.1", 0))
        other.sendto(b"datagram", one.getsockname())
        result.append(one.recvfrom(100)[0].decode())
        copy = left.dup()
        left.close()
        copy.sendall(b"by a copy")
        result.append(right.recv(100).decode())
        for sock in (copy, right, one, other):
            sock.close()
        """,
        tmp_path / "file",
    )
    assert found == ["in parts", "in the file", "datagram", "by a copy"]


def test_gevent_finds_every_name_that_it_takes_over(patched: Any) -> None:
    found = patched("""
        import gevent.socket
        names = ["SocketIO", "_GiveupOnSendfile", "socketpair", "create_connection", "fromfd", "__all__"]
        result = [
            [name for name in names if name not in own],
            hasattr(_socket.socket, "_accept"),
            [name for name in gevent.socket.__implements__ if getattr(socket, name) is own.get(name)],
        ]
    """)
    assert found == [[], True, []]
