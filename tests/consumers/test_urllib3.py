"""urllib3: makefile() of a class that is no socket, files over duck types, TLS inside TLS, pools of connections."""

from __future__ import annotations

import inspect
import io
import select
import socket
import threading
from typing import Any

import pytest
from tls.certificates import Contexts

urllib3 = pytest.importorskip("urllib3", reason="needs the package urllib3")


class Wrapped:
    """What urllib3 puts around another library's connection: the methods that a file needs, and makefile() itself."""

    makefile = socket.socket.makefile

    def __init__(self, sock: Any) -> None:
        self.sock, self._io_refs, self._closed = sock, 0, False

    def recv_into(self, *args: Any) -> int:
        return int(self.sock.recv_into(*args))

    def send(self, data: Any) -> int:
        return int(self.sock.send(data))

    def fileno(self) -> int:
        return int(self.sock.fileno())

    def _decref_socketios(self) -> None:
        self._io_refs -= 1
        if self._closed:
            self.close()

    def close(self) -> None:
        self._closed = True
        if self._io_refs <= 0:
            self.sock.close()


def test_makefile_is_a_plain_function_that_takes_any_self(tcp_pair: Any) -> None:
    assert inspect.isfunction(socket.socket.makefile)
    client, server = tcp_pair
    wrapped = Wrapped(client)
    file = wrapped.makefile("rwb")
    assert wrapped._io_refs == 1
    file.write(b"from a wrapped connection\n")
    file.flush()
    assert server.recv(100) == b"from a wrapped connection\n"
    server.sendall(b"to a wrapped connection\n")
    assert file.readline() == b"to a wrapped connection\n"
    wrapped.close()
    assert client.fileno() >= 0
    file.close()
    assert (wrapped._io_refs, client.fileno()) == (0, -1)


@pytest.mark.parametrize(("mode", "readable", "writable"), [("r", True, False), ("w", False, True), ("rw", True, True)])
def test_a_raw_file_stands_on_anything_that_receives_and_sends(
    tcp_pair: Any, mode: str, readable: bool, writable: bool
) -> None:
    wrapped = Wrapped(tcp_pair[0])
    wrapped._io_refs += 1
    with socket.SocketIO(wrapped, mode) as raw:  # type: ignore[arg-type]
        assert isinstance(raw, io.RawIOBase)
        assert (raw.readable(), raw.writable()) == (readable, writable)
        assert raw.fileno() == raw.name == tcp_pair[0].fileno()
        if writable:
            assert raw.write(b"raw") == 3
            assert tcp_pair[1].recv(3) == b"raw"
        if readable:
            tcp_pair[1].send(b"data")
            assert raw.read(4) == b"data"
    assert wrapped._io_refs == 0


def proxy(server: Any, tls: Contexts) -> None:
    """Speak TLS with one client, connect it to what it asks for, and pass on what both say until one has gone."""
    with tls.server.wrap_socket(server, server_side=True) as outer:
        port = int(outer.recv(1000).split()[1].rpartition(b":")[2])
        with socket.create_connection(("127.0.0.1", port), 10) as onward:
            outer.sendall(b"HTTP/1.1 200 connected\r\n\r\n")
            while True:
                ready = [outer] if outer.pending() else select.select([outer, onward], [], [], 10)[0]
                for side, other in ((outer, onward), (onward, outer)):
                    if side in ready:
                        data = side.recv(16384)
                        if not data:
                            return
                        other.sendall(data)


def test_tls_inside_tls_reaches_a_page_behind_a_proxy(
    tls: Contexts, secure_web: int, listener: Any, in_thread: Any
) -> None:
    in_thread(lambda: proxy(listener.accept()[0], tls))
    through = f"https://localhost:{listener.getsockname()[1]}"
    options = {"ssl_context": tls.client, "proxy_ssl_context": tls.client, "timeout": 10, "retries": False}
    with urllib3.ProxyManager(through, **options) as manager:
        assert manager.request("GET", f"https://localhost:{secure_web}/inside").data == b"/INSIDE"
        connection = manager.connection_from_host("localhost", secure_web, "https")._get_conn()
        assert type(connection.sock).__name__ == "SSLTransport"
        assert isinstance(connection.sock.socket, socket.socket)
        connection.close()


def test_a_pool_reads_pages_over_our_sockets(web: int) -> None:
    with urllib3.PoolManager(timeout=10, retries=False) as manager:
        pages = [manager.request("GET", f"http://127.0.0.1:{web}/page{number}") for number in range(3)]
        assert [page.data for page in pages] == [b"/PAGE0", b"/PAGE1", b"/PAGE2"]
        pool = manager.connection_from_host("127.0.0.1", web)
        assert (pool.num_connections, pool.num_requests) == (1, 3)
        connection = pool._get_conn()
        assert type(connection.sock) is socket.socket
        assert not urllib3.util.connection.is_connection_dropped(connection)
        pool._put_conn(connection)


def test_a_pool_reads_pages_over_tls(tls: Contexts, secure_web: int) -> None:
    with urllib3.HTTPSConnectionPool(
        "localhost", secure_web, ssl_context=tls.client, timeout=10, retries=False
    ) as pool:
        assert pool.request("GET", "/secret").data == b"/SECRET"
        connection = pool._get_conn()
        assert isinstance(connection.sock, socket.socket)
        pool._put_conn(connection)


def test_a_body_that_is_streamed_is_read_from_the_socket_in_parts(web: int) -> None:
    with urllib3.PoolManager(timeout=10, retries=False) as manager:
        body = b"posted " * 20_000
        answer = manager.request("POST", f"http://127.0.0.1:{web}/", body=body, preload_content=False)
        assert b"".join(answer.stream(1000)) == body.upper()
        answer.release_conn()


def test_a_silent_server_is_a_timeout(listener: Any) -> None:
    host, port = listener.getsockname()
    with urllib3.PoolManager(retries=False) as manager, pytest.raises(urllib3.exceptions.ReadTimeoutError):
        manager.request("GET", f"http://{host}:{port}/", timeout=0.1)


def test_a_refused_connection_and_an_unknown_host_have_their_own_errors(closing: Any) -> None:
    unused = closing(socket.socket())
    unused.bind(("127.0.0.1", 0))
    with urllib3.PoolManager(timeout=10, retries=False) as manager:
        with pytest.raises(urllib3.exceptions.NewConnectionError):
            manager.request("GET", f"http://127.0.0.1:{unused.getsockname()[1]}/")
        with pytest.raises(urllib3.exceptions.LocationParseError):
            manager.request("GET", f"http://{'x' * 64}.invalid/")


def test_a_dropped_connection_is_noticed(scripted: Any) -> None:
    gone = threading.Event()

    def talk(conn: Any, file: Any) -> None:
        while file.readline() != b"\r\n":
            pass
        file.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        file.flush()
        conn.shutdown(socket.SHUT_RDWR)
        gone.set()

    host, port = scripted(talk)
    with urllib3.HTTPConnectionPool(host, port, timeout=10, retries=False) as pool:
        assert pool.request("GET", "/").data == b"hi"
        assert gone.wait(10)
        connection = pool._get_conn()
        assert urllib3.util.connection.is_connection_dropped(connection)
        connection.close()


def test_options_of_the_socket_are_set_before_it_connects(web: int) -> None:
    options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    address = ("127.0.0.1", web)
    with urllib3.util.connection.create_connection(address, timeout=10, socket_options=options) as sock:
        assert [bool(sock.getsockopt(level, name)) for level, name, _ in options] == [True, True]
        assert sock.gettimeout() == 10


def test_the_module_says_whether_there_is_ipv6() -> None:
    assert socket.has_ipv6 is True
    assert isinstance(urllib3.util.connection.HAS_IPV6, bool)
    families = {socket.AF_UNSPEC} if urllib3.util.connection.HAS_IPV6 else {socket.AF_INET}
    assert urllib3.util.connection.allowed_gai_family() in families
