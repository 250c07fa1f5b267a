"""berkeley.classic: what programs of the 1.x document find, on live sockets."""

from __future__ import annotations

import gc
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from berkeley import classic

NAMES_OF_THE_DOCUMENT = [
    "error",
    "AF_UNIX",
    "AF_INET",
    "SOCK_STREAM",
    "SOCK_DGRAM",
    "SOCK_RAW",
    "SOCK_RDM",
    "SOCK_SEQPACKET",
    "SO_REUSEADDR",
    "SOMAXCONN",
    "MSG_PEEK",
    "SOL_SOCKET",
    "IPPROTO_TCP",
    "IPPORT_RESERVED",
    "INADDR_ANY",
    "IP_TTL",
    "gethostbyname",
    "gethostbyname_ex",
    "gethostname",
    "gethostbyaddr",
    "getprotobyname",
    "getservbyname",
    "socket",
    "fromfd",
    "ntohl",
    "ntohs",
    "htonl",
    "htons",
    "inet_aton",
    "inet_ntoa",
    "SocketType",
]


@pytest.fixture
def pair() -> Iterator[tuple[Any, Any]]:
    """(client, server side) of one TCP connection, made in the way of 1.x."""
    with (
        classic.socket(classic.AF_INET, classic.SOCK_STREAM) as listener,
        classic.socket(classic.AF_INET, classic.SOCK_STREAM) as client,
    ):
        listener.bind("127.0.0.1", 0)
        listener.listen(1)
        client.connect("127.0.0.1", listener.getsockname()[1])
        server, _ = listener.accept()
        with server:
            yield client, server


@pytest.mark.parametrize("name", NAMES_OF_THE_DOCUMENT)
def test_star_import_gives_the_names_of_the_document(name: str) -> None:
    namespace: dict[str, Any] = {}
    exec("from berkeley.classic import *", namespace)
    assert name in namespace


def test_an_accepted_socket_speaks_text_too(pair: tuple[Any, Any]) -> None:
    client, server = pair
    assert type(server) is classic.socket
    assert client.send("h\xe9llo") == 5
    assert server.recv(1024) == "h\xe9llo"


def test_every_byte_is_one_character(pair: tuple[Any, Any]) -> None:
    client, server = pair
    every = "".join(map(chr, range(256)))
    client.send(every)
    assert server.recv(1024) == every


def test_text_outside_one_byte_a_character_is_refused(pair: tuple[Any, Any]) -> None:
    with pytest.raises(UnicodeEncodeError):
        pair[0].send("\u20ac")


def test_bytes_are_sent_as_they_are(pair: tuple[Any, Any]) -> None:
    pair[0].send(b"raw")
    assert pair[1].recv(10) == "raw"


def test_end_of_stream_is_the_empty_string(pair: tuple[Any, Any]) -> None:
    pair[0].shutdown(1)
    assert pair[1].recv(10) == ""


def test_addresses_are_taken_as_a_pair_as_well() -> None:
    with classic.socket(classic.AF_INET, classic.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        with classic.socket(classic.AF_INET, classic.SOCK_STREAM) as client:
            client.connect(listener.getsockname())
            assert client.getpeername() == listener.getsockname()


def test_connect_ex_takes_two_arguments_and_tells_the_errno() -> None:
    with classic.socket(classic.AF_INET, classic.SOCK_STREAM) as sock:
        assert sock.connect_ex("127.0.0.1", 1) == 111


def test_datagrams_are_text_with_an_address() -> None:
    with (
        classic.socket(classic.AF_INET, classic.SOCK_DGRAM) as left,
        classic.socket(classic.AF_INET, classic.SOCK_DGRAM) as right,
    ):
        left.bind("127.0.0.1", 0)
        right.bind("127.0.0.1", 0)
        assert right.sendto("one", left.getsockname()) == 3
        assert right.sendto("two", 0, left.getsockname()) == 3
        assert left.recvfrom(100) == ("one", right.getsockname())
        assert left.recvfrom(100) == ("two", right.getsockname())


def test_options_with_a_length_are_strings(pair: tuple[Any, Any]) -> None:
    sock = pair[0]
    sock.setsockopt(classic.SOL_SOCKET, classic.SO_LINGER, struct.pack("ii", 1, 2).decode("latin-1"))
    value = sock.getsockopt(classic.SOL_SOCKET, classic.SO_LINGER, 8)
    assert struct.unpack("ii", value.encode("latin-1")) == (1, 2)
    assert sock.getsockopt(classic.SOL_SOCKET, classic.SO_TYPE) == classic.SOCK_STREAM


def test_packed_addresses_are_strings_of_four_characters() -> None:
    assert classic.inet_aton("127.0.0.255") == "\x7f\0\0\xff"
    assert classic.inet_ntoa("\x7f\0\0\xff") == "127.0.0.255"


@pytest.mark.parametrize("bufsize", [(), (0,), (1,), (4096,)])
def test_a_file_outlives_its_socket(pair: tuple[Any, Any], bufsize: tuple[int, ...]) -> None:
    client, server = pair
    with client.makefile("w", *bufsize) as written, server.makefile("r") as read:
        client.close()
        gc.collect()
        written.write("line\r\n")
        written.flush()
        assert read.readline() == "line\r\n"


def test_a_socket_outlives_its_file(pair: tuple[Any, Any]) -> None:
    client, server = pair
    client.makefile("r").close()
    client.send("still here")
    assert server.recv(100) == "still here"


def test_an_unbuffered_file_sends_at_once(pair: tuple[Any, Any]) -> None:
    client, server = pair
    with client.makefile("w", 0) as file:
        file.write("now")
        server.settimeout(5)
        assert server.recv(100) == "now"


def test_fromfd_duplicates_into_a_text_socket(pair: tuple[Any, Any]) -> None:
    client, server = pair
    with classic.fromfd(client.fileno(), classic.AF_INET, classic.SOCK_STREAM) as copy:
        assert type(copy) is classic.socket
        assert copy.fileno() != client.fileno()
        copy.send("through the copy")
        assert server.recv(100) == "through the copy"


def test_the_main_module_refuses_two_arguments() -> None:
    import berkeley

    with berkeley.socket() as sock, pytest.raises(TypeError):
        sock.bind("127.0.0.1", 0)  # type: ignore[call-arg]
