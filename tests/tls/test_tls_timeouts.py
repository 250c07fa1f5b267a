"""The timeout of a socket in TLS calls: ssl reads it from the object at every call, in all three modes."""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

MORE_THAN_ALL_BUFFERS = bytes(1 << 25)


def silence(listener: Any, closing: Any, timeout: float | None) -> Any:
    """A plain socket with that timeout whose peer says nothing."""
    plain = closing(socket.create_connection(listener.getsockname()))
    plain.settimeout(timeout)
    return plain


def test_a_handshake_with_a_silent_peer_times_out(contexts: Any, listener: Any, closing: Any) -> None:
    plain = silence(listener, closing, 0.1)
    began = time.monotonic()
    with pytest.raises(TimeoutError, match="handshake operation timed out"):
        contexts.client.wrap_socket(plain, server_hostname="localhost")
    assert 0.09 < time.monotonic() - began < 5
    assert plain.fileno() == -1


def test_the_default_timeout_reaches_the_handshake(contexts: Any, listener: Any, net: Any) -> None:
    net.setdefaulttimeout(0.1)
    with (
        socket.create_connection(listener.getsockname()) as plain,
        pytest.raises(TimeoutError, match="handshake operation timed out"),
    ):
        contexts.client.wrap_socket(plain, server_hostname="localhost")


def test_a_server_that_waits_for_a_silent_client_times_out(contexts: Any, listener: Any, closing: Any) -> None:
    plain = silence(listener, closing, 0.1)
    accepted = closing(listener.accept()[0])
    accepted.settimeout(0.1)
    with pytest.raises(TimeoutError, match="handshake operation timed out"):
        contexts.server.wrap_socket(accepted, server_side=True)
    assert plain.gettimeout() == 0.1


def test_a_read_times_out_and_the_connection_goes_on(tls_pair: Any) -> None:
    client, server = tls_pair
    client.settimeout(0.1)
    with pytest.raises(TimeoutError, match="read operation timed out"):
        client.recv(10)
    server.sendall(b"late")
    assert client.recv(10) == b"late"


def test_a_write_to_a_peer_that_does_not_read_times_out(tls_pair: Any) -> None:
    tls_pair[0].settimeout(0.1)
    with pytest.raises(TimeoutError, match="write operation timed out"):
        tls_pair[0].sendall(MORE_THAN_ALL_BUFFERS)


def test_an_unwrap_that_nobody_answers_times_out(tls_pair: Any) -> None:
    tls_pair[0].settimeout(0.1)
    with pytest.raises(TimeoutError, match="read operation timed out"):
        tls_pair[0].unwrap()


def test_every_change_of_the_timeout_reaches_the_next_call(tls_pair: Any) -> None:
    client, server = tls_pair
    client.settimeout(0)
    with pytest.raises(ssl.SSLWantReadError):
        client.recv(10)
    client.settimeout(0.05)
    with pytest.raises(TimeoutError):
        client.recv(10)
    client.settimeout(None)
    later = threading.Timer(0.2, server.sendall, [b"waited for"])
    later.start()
    assert client.recv(10) == b"waited for"
    later.join()


def test_a_blocking_read_waits_as_long_as_it_takes(tls_pair: Any) -> None:
    client, server = tls_pair
    assert client.gettimeout() is None
    later = threading.Timer(0.2, server.sendall, [b"at last"])
    later.start()
    assert client.recv(10) == b"at last"
    later.join()


def test_a_non_blocking_write_wants_room(tls_pair: Any) -> None:
    client, _ = tls_pair
    client.setblocking(False)
    with pytest.raises(ssl.SSLWantWriteError):
        while True:
            client.send(bytes(100_000))


def stepped(call: Callable[[], Any], sock: ssl.SSLSocket) -> None:
    """Repeat a non-blocking call as select() allows until it succeeds."""
    while True:
        try:
            call()
        except ssl.SSLWantReadError:
            assert select.select([sock], [], [], 10)[0]
        except ssl.SSLWantWriteError:
            assert select.select([], [sock], [], 10)[1]
        else:
            return


def test_a_non_blocking_handshake_says_what_it_waits_for(
    contexts: Any, tcp_pair: Any, closing: Any, in_thread: Any
) -> None:
    for side in tcp_pair:
        side.setblocking(False)
    later = {"do_handshake_on_connect": False}
    client = closing(contexts.client.wrap_socket(tcp_pair[0], server_hostname="localhost", **later))
    server = closing(contexts.server.wrap_socket(tcp_pair[1], server_side=True, **later))
    for side in (server, client):
        with pytest.raises(ssl.SSLWantReadError):
            side.do_handshake()
    serving = in_thread(stepped, server.do_handshake, server)
    stepped(client.do_handshake, client)
    serving.join(20)
    client.sendall(b"shaken")
    got: list[bytes] = []
    stepped(lambda: got.append(server.recv(100)), server)
    assert got == [b"shaken"]


def test_a_non_blocking_socket_is_not_wrapped_with_an_immediate_handshake(contexts: Any, tcp_pair: Any) -> None:
    tcp_pair[0].setblocking(False)
    with pytest.raises(ValueError, match="non-blocking"):
        contexts.client.wrap_socket(tcp_pair[0], server_hostname="localhost")
