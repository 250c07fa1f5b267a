"""Data over TLS: buffers of every kind, files of every mode, sendfile."""

from __future__ import annotations

import io
import os
import ssl
from pathlib import Path
from typing import Any

import pytest

LARGE = os.urandom(1 << 20)


def received(sock: ssl.SSLSocket, size: int) -> bytes:
    parts = []
    while size and (part := sock.recv(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def test_small_messages_go_both_ways(tls_pair: Any) -> None:
    client, server = tls_pair
    assert client.send(b"ping") == 4
    assert server.recv(100) == b"ping"
    assert server.send(b"pong") == 4
    assert client.recv(100) == b"pong"


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_sendall_sends_a_megabyte_whole(tls_pair: Any, in_thread: Any, kind: type) -> None:
    client, server = tls_pair
    in_thread(client.sendall, kind(LARGE))
    assert received(server, len(LARGE)) == LARGE


def test_sendall_with_a_timeout_sends_a_megabyte_whole(tls_pair: Any, in_thread: Any) -> None:
    client, server = tls_pair
    client.settimeout(20)
    server.settimeout(20)
    in_thread(client.sendall, LARGE)
    assert received(server, len(LARGE)) == LARGE


def test_both_directions_carry_a_megabyte_at_once(tls_pair: Any, in_thread: Any) -> None:
    client, server = tls_pair
    got: list[bytes] = []
    in_thread(client.sendall, LARGE)
    in_thread(server.sendall, LARGE[::-1])
    reading = in_thread(lambda: got.append(received(server, len(LARGE))))
    assert received(client, len(LARGE)) == LARGE[::-1]
    reading.join(20)
    assert got == [LARGE]


def test_recv_into_fills_the_buffer_it_is_given(tls_pair: Any) -> None:
    client, server = tls_pair
    client.sendall(b"0123456789")
    room = bytearray(b"." * 8)
    assert server.recv_into(room, 4) == 4
    assert room == b"0123...."
    assert server.recv_into(memoryview(room)[4:]) == 4
    assert room == b"01234567"
    assert server.pending() == 2
    assert server.recv_into(room) == 2
    assert room == b"89234567"


def test_read_and_write_are_those_of_the_native_half(tls_pair: Any) -> None:
    client, server = tls_pair
    assert client.write(b"written") == 7
    assert server.read(3) == b"wri"
    room = bytearray(10)
    assert server.read(10, room) == 4
    assert room[:4] == b"tten"


@pytest.mark.parametrize("call", ["sendto", "recvfrom", "recvfrom_into", "sendmsg", "recvmsg", "recvmsg_into", "dup"])
def test_a_call_that_would_go_round_the_encryption_is_refused(tls_pair: Any, call: str) -> None:
    arguments = {"sendto": (b"x", tls_pair[1].getsockname()), "recvfrom": (1,), "recvfrom_into": (bytearray(1),)}
    with pytest.raises((ValueError, NotImplementedError)):
        getattr(tls_pair[0], call)(*arguments.get(call, ()))


@pytest.mark.parametrize("mode", ["rb", "r"])
def test_a_file_reads_lines_to_the_end(tls_pair: Any, mode: str) -> None:
    client, server = tls_pair
    client.sendall("eins\nzw\u00f6lf\nrest".encode())
    client.close()
    with server.makefile(mode, **({} if "b" in mode else {"encoding": "utf-8"})) as file:
        lines = list(file)
    expected = ["eins\n", "zw\u00f6lf\n", "rest"]
    assert lines == ([line.encode() for line in expected] if "b" in mode else expected)


@pytest.mark.parametrize("mode", ["wb", "w"])
def test_a_file_writes_when_it_is_flushed(tls_pair: Any, mode: str) -> None:
    client, server = tls_pair
    with client.makefile(mode, **({} if "b" in mode else {"encoding": "utf-8"})) as file:
        file.write(b"line\n" if "b" in mode else "line\n")
        file.flush()
        assert server.recv(100) == b"line\n"


@pytest.mark.parametrize("mode", ["rwb", "rw"])
def test_a_two_way_file_asks_and_reads_the_answer(tls_pair: Any, in_thread: Any, mode: str) -> None:
    client, server = tls_pair
    options = {} if "b" in mode else {"encoding": "utf-8"}

    def answer() -> None:
        with server.makefile(mode, **options) as file:
            file.write(file.readline().upper())

    in_thread(answer)
    with client.makefile(mode, **options) as file:
        file.write(b"ask\n" if "b" in mode else "ask\n")
        file.flush()
        assert file.readline() == (b"ASK\n" if "b" in mode else "ASK\n")


def test_an_unbuffered_file_reads_and_writes_at_once(tls_pair: Any) -> None:
    client, server = tls_pair
    with client.makefile("wb", buffering=0) as out, server.makefile("rb", buffering=0) as file:
        assert isinstance(out, io.RawIOBase)
        assert out.write(b"raw bytes") == 9
        assert file.read(3) == b"raw"
        room = bytearray(20)
        assert file.readinto(room) == 6
        assert room[:6] == b" bytes"


@pytest.mark.parametrize(("offset", "count"), [(0, None), (1000, None), (1000, 70_000)])
def test_sendfile_sends_the_part_of_the_file_that_was_asked_for(
    tls_pair: Any, in_thread: Any, tmp_path: Path, offset: int, count: int | None
) -> None:
    path = tmp_path / "data"
    path.write_bytes(LARGE[:200_000])
    client, server = tls_pair
    expected = LARGE[offset : 200_000 if count is None else offset + count]
    got: list[bytes] = []
    reading = in_thread(lambda: got.append(received(server, len(expected))))
    with path.open("rb") as file:
        assert client.sendfile(file, offset, count) == len(expected)
        assert file.tell() == offset + len(expected)
    reading.join(20)
    assert got == [expected]
