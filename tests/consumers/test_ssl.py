"""What ssl.SSLSocket asks of the class that it is derived from; tests/tls/ shows TLS itself."""

from __future__ import annotations

import inspect
import socket
import ssl
import threading
from typing import Any

import pytest
from tls.certificates import Contexts


class Derived(socket.socket):
    """Made and ended the way SSLSocket makes and ends itself."""

    ended = 0

    @classmethod
    def taking_over(cls, sock: socket.socket) -> Derived:
        options = {"family": sock.family, "type": sock.type, "proto": sock.proto, "fileno": sock.fileno()}
        self = cls.__new__(cls, **options)
        super(Derived, self).__init__(**options)
        self.settimeout(sock.gettimeout())
        sock.detach()
        return self

    def _real_close(self) -> None:
        self.ended += 1
        super()._real_close()


def test_ssl_sockets_are_derived_from_the_class_that_was_installed(runs_on: str) -> None:
    assert ssl.SSLSocket.__mro__[1:3] == (socket.socket, socket.SocketType)
    assert ssl.socket is socket.socket  # type: ignore[attr-defined]
    assert socket.socket.__module__ == {"berkeley": "berkeley", "stdlib": "socket"}[runs_on]


def test_new_and_init_take_all_four_arguments_as_keywords(tcp_pair: Any, closing: Any) -> None:
    plain = tcp_pair[0]
    number, peer = plain.fileno(), plain.getpeername()
    taken = closing(Derived.taking_over(plain))
    assert (taken.fileno(), taken.getpeername()) == (number, peer)
    assert (taken.family, taken.type, taken.proto) == (socket.AF_INET, socket.SOCK_STREAM, plain.proto)
    assert plain.fileno() == -1


def test_an_instance_of_a_subclass_takes_any_attribute(closing: Any) -> None:
    sock = closing(Derived())
    sock.anything = "kept"
    assert sock.__dict__ == {"anything": "kept"}


def test_a_subclass_that_overrides_real_close_sees_the_end(tcp_pair: Any) -> None:
    taken = Derived.taking_over(tcp_pair[0])
    file = taken.makefile("rb")
    taken.close()
    assert (taken._closed, taken.ended) == (True, 0)
    file.close()
    assert (taken.ended, taken.fileno()) == (1, -1)


def test_closed_is_an_attribute_that_close_and_detach_set(closing: Any) -> None:
    sock = socket.socket()
    assert sock._closed is False
    sock.close()
    assert sock._closed is True
    other = socket.socket()
    closing(socket.socket(fileno=other.detach()))
    assert other._closed is True


def test_connect_and_accept_of_the_base_class_serve_a_subclass(listener: Any, closing: Any) -> None:
    class Counting(socket.socket):
        calls = 0

        def connect(self, address: Any) -> None:
            self.calls += 1
            super().connect(address)

        def connect_ex(self, address: Any) -> int:
            self.calls += 1
            return super().connect_ex(address)

        def accept(self) -> tuple[Any, Any]:
            self.calls += 1
            return super().accept()

    server = closing(Counting(fileno=listener.detach()))
    for method in ("connect", "connect_ex"):
        client = closing(Counting())
        assert not getattr(client, method)(server.getsockname())
        accepted, address = server.accept()
        assert type(closing(accepted)) is socket.socket
        assert address == client.getsockname()
        assert client.calls == 1
    assert server.calls == 2


def test_the_certificate_of_a_server_is_fetched_with_the_default_timeout(tls: Contexts, secure_web: int) -> None:
    defaults = inspect.signature(ssl.get_server_certificate).parameters
    assert defaults["timeout"].default is socket._GLOBAL_DEFAULT_TIMEOUT
    pem = ssl.get_server_certificate(("127.0.0.1", secure_web))
    assert tls.client.get_ca_certs(binary_form=True) == [ssl.PEM_cert_to_DER_cert(pem)]


def test_the_default_timeout_ends_a_fetch_from_a_silent_server(listener: Any, net: Any) -> None:
    net.setdefaulttimeout(0.1)
    with pytest.raises(TimeoutError):
        ssl.get_server_certificate(listener.getsockname())


def test_a_thread_may_shut_a_tls_socket_down_under_a_reader(tls: Contexts, tcp_pair: Any, in_thread: Any) -> None:
    sides: list[ssl.SSLSocket] = []
    serving = in_thread(lambda: sides.append(tls.server.wrap_socket(tcp_pair[1], server_side=True)))
    with tls.client.wrap_socket(tcp_pair[0], server_hostname="localhost") as client:
        serving.join(20)
        with sides[0] as server:
            later = threading.Timer(0.1, lambda: socket.socket.shutdown(client, socket.SHUT_RDWR))
            later.start()
            assert client.recv(10) == b""
            assert server.recv(10) == b""
            later.join()
