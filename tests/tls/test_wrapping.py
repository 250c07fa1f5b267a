"""wrap_socket(): a TLS socket is a socket of the installed module, with the state of the one that it replaces."""

from __future__ import annotations

import select
import socket
import ssl
from typing import Any

import pytest


def test_a_tls_socket_is_an_instance_of_the_installed_class(tls_pair: Any, runs_on: str) -> None:
    for side in tls_pair:
        assert type(side) is ssl.SSLSocket
        assert isinstance(side, socket.socket)
        assert isinstance(side, socket.SocketType)
    assert ssl.SSLSocket.__bases__ == (socket.socket,)
    assert socket.socket.__module__ == {"berkeley": "berkeley", "stdlib": "socket"}[runs_on]


@pytest.mark.parametrize("timeout", [None, 0.0, 5.25])
def test_wrapping_keeps_the_timeout(contexts: Any, tcp_pair: Any, closing: Any, timeout: float | None) -> None:
    tcp_pair[0].settimeout(timeout)
    tls = closing(contexts.client.wrap_socket(tcp_pair[0], server_hostname="localhost", do_handshake_on_connect=False))
    assert tls.gettimeout() == timeout


def test_wrapping_takes_over_the_descriptor(contexts: Any, tcp_pair: Any, closing: Any) -> None:
    plain = tcp_pair[0]
    number, family, kind, proto = plain.fileno(), plain.family, plain.type, plain.proto
    tls = closing(contexts.client.wrap_socket(plain, server_hostname="localhost", do_handshake_on_connect=False))
    assert plain.fileno() == -1
    assert (tls.fileno(), tls.family, tls.type, tls.proto) == (number, family, kind, proto)


def test_a_wrapped_listener_accepts_tls_sockets(contexts: Any, listener: Any, closing: Any, in_thread: Any) -> None:
    server = closing(contexts.server.wrap_socket(listener, server_side=True))

    def serve() -> None:
        conn, address = server.accept()
        with conn:
            assert type(conn) is ssl.SSLSocket
            assert address == conn.getpeername()
            conn.sendall(conn.recv(100).upper())

    in_thread(serve)
    plain = socket.create_connection(server.getsockname(), 10)
    with contexts.client.wrap_socket(plain, server_hostname="localhost") as client:
        client.sendall(b"accepted")
        assert client.recv(100) == b"ACCEPTED"


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_a_socket_wrapped_before_it_connects_makes_the_handshake_in_the_call(
    contexts: Any, listener: Any, in_thread: Any, method: str
) -> None:
    def serve() -> None:
        with contexts.server.wrap_socket(listener.accept()[0], server_side=True) as conn:
            conn.sendall(b"welcome")
            assert conn.recv(1) == b""

    in_thread(serve)
    with contexts.client.wrap_socket(socket.socket(), server_hostname="localhost") as client:
        assert client.version() is None
        assert not getattr(client, method)(listener.getsockname())
        assert client.version() == f"TLSv{contexts.client.maximum_version.name[4:].replace('_', '.')}"
        assert client.recv(100) == b"welcome"


def test_both_sides_agree_on_what_was_negotiated(tls_pair: Any) -> None:
    client, server = tls_pair
    assert client.version() == server.version()
    assert client.cipher() == server.cipher()
    assert client.getpeercert()["subjectAltName"] == (("DNS", "localhost"),)


def test_a_datagram_socket_is_refused_and_stays_usable(contexts: Any, closing: Any) -> None:
    plain = closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    with pytest.raises(NotImplementedError):
        contexts.client.wrap_socket(plain, server_hostname="localhost")
    plain.bind(("127.0.0.1", 0))
    assert plain.getsockname()[0] == "127.0.0.1"


def test_what_is_no_socket_is_refused(contexts: Any) -> None:
    class Pretended:
        def getsockopt(self, *args: int) -> int:
            return socket.SOCK_STREAM

    with pytest.raises((AttributeError, TypeError)):
        contexts.client.wrap_socket(Pretended(), server_hostname="localhost")
    with pytest.raises(TypeError):
        contexts.client._wrap_socket(Pretended(), False)


def test_the_native_half_takes_the_base_type_alone(contexts: Any, tcp_pair: Any) -> None:
    native = contexts.client._wrap_socket(tcp_pair[0], False, "localhost")
    assert native.version() is None
    assert native.server_side is False


def test_a_tls_socket_is_ready_when_the_peer_has_written(tls_pair: Any) -> None:
    client, server = tls_pair
    server.sendall(b"ready")
    assert select.select([client], [], [], 10)[0] == [client]
    assert client.recv(100) == b"ready"


def test_a_tls_socket_says_what_it_is(tls_pair: Any, runs_on: str) -> None:
    text = repr(tls_pair[0])
    assert text.startswith(f"<ssl.SSLSocket fd={tls_pair[0].fileno()}, family=")
    assert f"laddr={tls_pair[0].getsockname()}, raddr={tls_pair[0].getpeername()}" in text
