"""ftplib, smtplib and poplib: sessions with servers that answer from a script, in plain text and after STARTTLS."""

from __future__ import annotations

import ftplib
import inspect
import io
import poplib
import smtplib
import socket
from collections.abc import Callable
from typing import Any

import pytest
from tls.certificates import Contexts

Answers = dict[bytes, bytes]


def answering(greeting: bytes, answers: Answers) -> Callable[[Any, Any], None]:
    """A server that greets and answers each command by its first word until the client has gone."""

    def talk(conn: Any, file: Any) -> None:
        file.write(greeting)
        file.flush()
        converse(file, answers)

    return talk


def converse(file: Any, answers: Answers, until: bytes = b"") -> None:
    while line := file.readline():
        word = line.split()[0].upper()
        if word == b"DATA":
            file.write(b"354 go on\r\n")
            file.flush()
            while file.readline() != b".\r\n":
                pass
        file.write(answers[word])
        file.flush()
        if word in (b"QUIT", until):
            return


SMTP: Answers = {
    b"EHLO": b"250-here\r\n250 STARTTLS\r\n",
    b"MAIL": b"250 OK\r\n",
    b"RCPT": b"250 OK\r\n",
    b"DATA": b"250 taken\r\n",
    b"QUIT": b"221 bye\r\n",
    b"STARTTLS": b"220 go ahead\r\n",
}
POP: Answers = {
    b"USER": b"+OK\r\n",
    b"PASS": b"+OK\r\n",
    b"STAT": b"+OK 2 320\r\n",
    b"RETR": b"+OK message follows\r\nSubject: hello\r\n\r\n..dots\r\n.\r\n",
    b"STLS": b"+OK\r\n",
    b"CAPA": b"+OK\r\nSTLS\r\n.\r\n",
    b"QUIT": b"+OK\r\n",
}
FTP: Answers = {
    b"USER": b"331 password?\r\n",
    b"PASS": b"230 in\r\n",
    b"TYPE": b"200 OK\r\n",
    b"PWD": b'257 "/" is here\r\n',
    b"QUIT": b"221 bye\r\n",
}


def test_smtp_hands_over_a_message(scripted: Any) -> None:
    with smtplib.SMTP(*scripted(answering(b"220 here\r\n", SMTP)), timeout=10) as client:
        assert type(client.sock) is socket.socket
        assert client.sock.gettimeout() == 10
        assert client.sendmail("me@here.invalid", ["you@there.invalid"], b"Subject: x\r\n\r\n.\r\n") == {}


def test_smtp_changes_to_tls(scripted: Any, tls: Contexts) -> None:
    def talk(conn: Any, file: Any) -> None:
        file.write(b"220 here\r\n")
        file.flush()
        converse(file, SMTP, until=b"STARTTLS")
        with tls.server.wrap_socket(conn, server_side=True) as secret, secret.makefile("rwb") as file:
            converse(file, SMTP)

    host, port = scripted(talk)
    with smtplib.SMTP(host, port, timeout=10) as client:
        client._host = "localhost"  # type: ignore[attr-defined]
        assert client.starttls(context=tls.client) == (220, b"go ahead")
        assert client.sock.gettimeout() == 10
        assert client.ehlo()[0] == 250


def test_pop_reads_a_message(scripted: Any) -> None:
    client = poplib.POP3(*scripted(answering(b"+OK here\r\n", POP)), timeout=10)
    client.user("me")
    client.pass_("secret")
    assert client.stat() == (2, 320)
    assert client.retr(1)[1] == [b"Subject: hello", b"", b".dots"]
    assert client.sock._io_refs == 1
    client.quit()


def test_pop_changes_to_tls(scripted: Any, tls: Contexts) -> None:
    def talk(conn: Any, file: Any) -> None:
        file.write(b"+OK here\r\n")
        file.flush()
        converse(file, POP, until=b"STLS")
        with tls.server.wrap_socket(conn, server_side=True) as secret, secret.makefile("rwb") as file:
            converse(file, POP)

    client = poplib.POP3(*scripted(talk), timeout=10)
    client.host = "localhost"
    client.stls(tls.client)
    assert client.stat() == (2, 320)
    client.quit()


def passive(conn: Any, file: Any, in_file: bytes) -> None:
    """A data connection that the client makes: it reads `in_file`, or what it sends is answered as its size."""
    with socket.create_server(("127.0.0.1", 0)) as data:
        port = data.getsockname()[1]
        file.write(b"227 (127,0,0,1,%d,%d)\r\n" % divmod(port, 256))
        file.flush()
        transfer(file, lambda: data.accept()[0], in_file)


def active(conn: Any, file: Any, line: bytes, in_file: bytes) -> None:
    """A data connection that the server makes to where the client says."""
    numbers = [int(number) for number in line.split()[1].split(b",")]
    address = ".".join(map(str, numbers[:4])), numbers[4] * 256 + numbers[5]
    file.write(b"200 OK\r\n")
    file.flush()
    transfer(file, lambda: socket.create_connection(address, 10), in_file)


def transfer(file: Any, connect: Callable[[], Any], in_file: bytes) -> None:
    command = file.readline().split()[0]
    file.write(b"150 here it comes\r\n")
    file.flush()
    with connect() as data:
        if command == b"RETR":
            data.sendall(in_file)
            size = len(in_file)
        else:
            size = len(b"".join(iter(lambda: data.recv(65536), b"")))
    file.write(b"226 %d bytes\r\n" % size)
    file.flush()


def ftp_server(in_file: bytes) -> Callable[[Any, Any], None]:
    def talk(conn: Any, file: Any) -> None:
        file.write(b"220 here\r\n")
        file.flush()
        while line := file.readline():
            word = line.split()[0]
            if word == b"PASV":
                passive(conn, file, in_file)
            elif word == b"PORT":
                active(conn, file, line, in_file)
            else:
                file.write(FTP[word])
                file.flush()

    return talk


@pytest.mark.parametrize("is_passive", [True, False])
def test_ftp_fetches_and_stores_files(scripted: Any, is_passive: bool) -> None:
    host, port = scripted(ftp_server(b"in the file " * 10_000))
    with ftplib.FTP(timeout=10) as client:
        client.connect(host, port)
        client.login("me", "secret")
        client.set_pasv(is_passive)
        assert client.pwd() == "/"
        parts: list[bytes] = []
        client.retrbinary("RETR file", parts.append)
        assert b"".join(parts) == b"in the file " * 10_000
        assert client.storbinary("STOR file", io.BytesIO(bytes(123_456))) == "226 123456 bytes"
        assert client.sock.gettimeout() == 10


@pytest.mark.parametrize("kind", [ftplib.FTP, smtplib.SMTP, smtplib.SMTP_SSL, poplib.POP3, poplib.POP3_SSL])
def test_the_default_timeout_is_known_by_identity(kind: Any) -> None:
    assert inspect.signature(kind).parameters["timeout"].default is socket._GLOBAL_DEFAULT_TIMEOUT


@pytest.mark.parametrize("kind", [ftplib.FTP, smtplib.SMTP])
def test_a_silent_server_is_a_timeout_by_default(listener: Any, net: Any, kind: Any) -> None:
    net.setdefaulttimeout(0.1)
    client = kind()
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected), match="timed out"):
        client.connect(*listener.getsockname())
    client.close()
