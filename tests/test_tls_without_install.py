"""TLS where berkeley is not installed: the interpreter's ssl takes a berkeley socket and makes one of its own of it."""

from __future__ import annotations

import shutil
import socket as stdlib_socket
import ssl
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tls.certificates import Contexts, contexts, identity


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    if not shutil.which("openssl"):
        pytest.skip("needs the program openssl, which makes certificates")
    folder: Path = tmp_path_factory.mktemp("certificates")
    return contexts(identity(folder, "server"))


def test_a_handshake_and_data_pass_between_wrapped_sockets(
    tls: Contexts, tcp_pair: Any, closing: Any, in_thread: Any
) -> None:
    def serve() -> None:
        with tls.server.wrap_socket(tcp_pair[1], server_side=True) as server:
            server.sendall(server.recv(100).upper())

    in_thread(serve)
    client = closing(tls.client.wrap_socket(tcp_pair[0], server_hostname="localhost"))
    client.sendall(b"not installed")
    assert client.recv(100) == b"NOT INSTALLED"


@pytest.mark.parametrize("timeout", [None, 0.0, 5.25])
def test_the_wrapped_socket_has_descriptor_and_timeout_of_the_first(
    tls: Contexts, tcp_pair: Any, closing: Any, timeout: float | None
) -> None:
    plain = tcp_pair[0]
    plain.settimeout(timeout)
    number = plain.fileno()
    wrapped = closing(tls.client.wrap_socket(plain, server_hostname="localhost", do_handshake_on_connect=False))
    assert isinstance(wrapped, stdlib_socket.socket)
    assert (wrapped.fileno(), wrapped.gettimeout()) == (number, timeout)
    assert plain.fileno() == -1


def test_a_silent_peer_is_a_timeout(tls: Contexts, tcp_pair: Any) -> None:
    tcp_pair[0].settimeout(0.1)
    with pytest.raises(TimeoutError, match="handshake operation timed out"):
        tls.client.wrap_socket(tcp_pair[0], server_hostname="localhost")


def test_the_native_half_of_ssl_takes_its_own_kind_of_socket_alone(
    net: ModuleType, tls: Contexts, tcp_pair: Any
) -> None:
    if net is stdlib_socket:
        assert tls.client._wrap_socket(tcp_pair[0], False).version() is None  # type: ignore[attr-defined]
    else:
        with pytest.raises(TypeError):
            tls.client._wrap_socket(tcp_pair[0], False)  # type: ignore[attr-defined]
    assert ssl.SSLSocket.__bases__ == (stdlib_socket.socket,)
