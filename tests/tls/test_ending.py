"""The end of TLS: unwrap() back to plain text, shutdown() of one side, files that outlive their socket."""

from __future__ import annotations

import os
import socket
import ssl
from typing import Any

import pytest


def unwrapped(pair: Any, in_thread: Any) -> tuple[Any, Any]:
    """What unwrap() gives on both sides, each of which waits for the other."""
    found: list[Any] = []
    other = in_thread(lambda: found.append(pair[1].unwrap()))
    client = pair[0].unwrap()
    other.join(20)
    return client, found[0]


@pytest.mark.parametrize("timeout", [None, 10])
def test_after_unwrap_the_connection_goes_on_in_plain_text(
    tls_pair: Any, in_thread: Any, timeout: float | None
) -> None:
    numbers = [side.fileno() for side in tls_pair]
    for side in tls_pair:
        side.settimeout(timeout)
    tls_pair[0].sendall(b"secret")
    assert tls_pair[1].recv(100) == b"secret"
    client, server = unwrapped(tls_pair, in_thread)
    for side, number in zip((client, server), numbers, strict=True):
        assert isinstance(side, socket.socket)
        assert (side.fileno(), side.gettimeout()) == (number, timeout)
    with socket.socket(fileno=os.dup(server.fileno())) as wire:
        wire.settimeout(10)
        client.sendall(b"plain")
        assert wire.recv(100) == b"plain"


def test_an_unwrapped_socket_can_do_what_only_plain_ones_can(tls_pair: Any, in_thread: Any) -> None:
    client, server = unwrapped(tls_pair, in_thread)
    assert client.version() is None
    with pytest.raises(ValueError):
        client.unwrap()
    with socket.socket(fileno=client.detach()) as plain:
        assert plain.sendmsg([b"vec", b"tor"]) == 6
    assert server.recv(100, socket.MSG_WAITALL) == b"vector"


def test_a_connection_can_return_to_tls_after_plain_text(
    contexts: Any, tls_pair: Any, connect: Any, in_thread: Any
) -> None:
    again = connect(contexts, unwrapped(tls_pair, in_thread))
    again[0].sendall(b"secret again")
    assert again[1].recv(100) == b"secret again"


def test_unwrap_with_unread_data_in_flight_is_an_error_that_leaves_the_socket_open(tls_pair: Any) -> None:
    client, server = tls_pair
    server.sendall(b"not read")
    client.settimeout(5)
    with pytest.raises(ssl.SSLError):
        client.unwrap()
    assert client.fileno() >= 0


@pytest.mark.parametrize("how", ["SHUT_WR", "SHUT_RDWR"])
def test_shutdown_ends_the_stream_for_the_peer(tls_pair: Any, how: str) -> None:
    client, server = tls_pair
    client.sendall(b"last words")
    client.shutdown(getattr(socket, how))
    assert server.recv(100) == b"last words"
    assert server.recv(100) == b""


def test_shutdown_drops_tls_and_leaves_the_descriptor(tls_pair: Any) -> None:
    client, server = tls_pair
    client.shutdown(socket.SHUT_WR)
    assert client.version() is None
    assert client.fileno() >= 0
    assert server.recv(100) == b""


def test_closing_a_side_is_the_end_of_the_stream_for_the_other(tls_pair: Any) -> None:
    tls_pair[0].close()
    assert tls_pair[1].recv(100) == b""
    assert tls_pair[0].fileno() == -1


def test_a_file_keeps_a_closed_tls_socket_open(tls_pair: Any) -> None:
    client, server = tls_pair
    file = client.makefile("rwb")
    client.close()
    assert client.fileno() >= 0
    file.write(b"still here\n")
    file.flush()
    assert server.recv(100) == b"still here\n"
    server.sendall(b"so am I\n")
    assert file.readline() == b"so am I\n"
    file.close()
    assert client.fileno() == -1
    assert server.recv(100) == b""


def test_a_tls_socket_that_nobody_closed_warns_and_closes_its_descriptor(
    contexts: Any, tcp_pair: Any, open_descriptors: Any
) -> None:
    tls = contexts.client.wrap_socket(tcp_pair[0], server_hostname="localhost", do_handshake_on_connect=False)
    number = tls.fileno()
    with pytest.warns(ResourceWarning, match=r"unclosed <ssl\.SSLSocket"):
        del tls
    assert number not in open_descriptors()


def test_a_detached_tls_socket_leaves_the_descriptor_to_the_caller(tls_pair: Any) -> None:
    client, server = tls_pair
    with socket.socket(fileno=client.detach()) as plain:
        assert client.fileno() == -1
        assert plain.getpeername() == server.getsockname()
