"""http.client and urllib: the default timeout by identity, create_connection, answers that outlive their socket."""

from __future__ import annotations

import http.client
import inspect
import socket
import urllib.error
import urllib.request
from typing import Any

import pytest
from tls.certificates import Contexts


def test_the_default_timeout_is_known_by_identity() -> None:
    connection = http.client.HTTPConnection("127.0.0.1", 9)
    assert connection.timeout is socket._GLOBAL_DEFAULT_TIMEOUT
    assert inspect.signature(urllib.request.urlopen).parameters["timeout"].default is socket._GLOBAL_DEFAULT_TIMEOUT
    assert connection._create_connection is socket.create_connection  # type: ignore[attr-defined]


@pytest.mark.parametrize(("given", "found"), [({}, 7.5), ({"timeout": None}, None), ({"timeout": 3}, 3.0)])
def test_a_connection_has_the_timeout_given_or_the_default(web: int, net: Any, given: Any, found: Any) -> None:
    net.setdefaulttimeout(7.5)
    connection = http.client.HTTPConnection("127.0.0.1", web, **given)
    connection.connect()
    assert connection.sock.gettimeout() == found
    connection.close()


def test_requests_follow_each_other_on_one_connection(web: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", web, timeout=10)
    for number in range(3):
        connection.request("POST", "/", body=b"post %d" % number)
        with connection.getresponse() as response:
            assert response.read() == b"POST %d" % number
    assert type(connection.sock) is socket.socket
    connection.close()


def test_an_answer_can_be_read_after_its_connection_was_closed(scripted: Any) -> None:
    def talk(conn: Any, file: Any) -> None:
        while file.readline() != b"\r\n":
            pass
        file.write(b"HTTP/1.0 200 OK\r\n\r\n" + b"to the end " * 10_000)

    connection = http.client.HTTPConnection(*scripted(talk), timeout=10)
    connection.request("GET", "/")
    sock = connection.sock
    response = connection.getresponse()
    assert sock._closed
    assert sock._io_refs == 1
    assert sock.fileno() >= 0
    assert response.read() == b"to the end " * 10_000
    assert response.isclosed()
    assert sock.fileno() == -1


def test_a_tunnel_is_asked_for_before_the_request(scripted: Any) -> None:
    heard: list[bytes] = []

    def talk(conn: Any, file: Any) -> None:
        for answer in (b"HTTP/1.1 200 connected\r\n\r\n", b"HTTP/1.1 204 there\r\nContent-Length: 0\r\n\r\n"):
            heard.append(file.readline())
            while file.readline() != b"\r\n":
                pass
            file.write(answer)
            file.flush()

    connection = http.client.HTTPConnection(*scripted(talk), timeout=10)
    connection.set_tunnel("elsewhere.invalid", 80)
    connection.request("GET", "/page")
    assert connection.getresponse().status == 204
    connection.close()
    assert [line.split()[:2] for line in heard] == [[b"CONNECT", b"elsewhere.invalid:80"], [b"GET", b"/page"]]


def test_urlopen_reads_a_page(web: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{web}/page", timeout=10) as page:
        assert page.read() == b"/PAGE"


def test_urlopen_reads_a_page_over_tls(tls: Contexts, secure_web: int) -> None:
    with urllib.request.urlopen(f"https://localhost:{secure_web}/secret", timeout=10, context=tls.client) as page:
        assert page.read() == b"/SECRET"


def test_a_silent_server_is_a_timeout(listener: Any) -> None:
    host, port = listener.getsockname()
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(f"http://{host}:{port}/", timeout=0.1)


def test_a_refused_connection_is_the_reason_of_the_error(closing: Any) -> None:
    unused = closing(socket.socket())
    unused.bind(("127.0.0.1", 0))
    with pytest.raises(urllib.error.URLError) as caught:
        urllib.request.urlopen(f"http://127.0.0.1:{unused.getsockname()[1]}/", timeout=10)
    assert isinstance(caught.value.reason, ConnectionRefusedError)


def test_a_connection_takes_a_source_address(web: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", web, timeout=10, source_address=("127.0.0.2", 0))
    connection.connect()
    assert connection.sock.getsockname()[0] == "127.0.0.2"
    connection.close()
