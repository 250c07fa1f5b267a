"""select, the selectors and os.sendfile: what takes a descriptor, or asks an object for one."""

from __future__ import annotations

import os
import select
import selectors
import socket
from pathlib import Path
from typing import Any

import pytest

KINDS = ["SelectSelector", "PollSelector", "EpollSelector", "DefaultSelector"]


def test_fileno_is_an_int_and_minus_one_afterwards(closing: Any) -> None:
    sock = socket.socket()
    number = sock.fileno()
    assert type(number) is int
    assert number >= 0
    assert closing(socket.socket(fileno=sock.detach())).fileno() == number
    assert sock.fileno() == -1
    other = socket.socket()
    other.close()
    assert other.fileno() == -1


@pytest.mark.parametrize("kind", KINDS)
def test_a_selector_tells_what_is_ready(tcp_pair: Any, kind: str) -> None:
    client, server = tcp_pair
    with getattr(selectors, kind)() as selector:
        key = selector.register(server, selectors.EVENT_READ, "the server side")
        assert (key.fileobj, key.fd) == (server, server.fileno())
        assert selector.select(0) == []
        client.send(b"x")
        assert selector.select(10) == [(key, selectors.EVENT_READ)]
        selector.modify(server, selectors.EVENT_READ | selectors.EVENT_WRITE)
        assert selector.select(10)[0][1] == selectors.EVENT_READ | selectors.EVENT_WRITE
        assert selector.unregister(server).fd == server.fileno()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ["close", "detach"])
def test_a_selector_refuses_a_socket_that_is_over(kind: str, end: str) -> None:
    sock = socket.socket()
    number = getattr(sock, end)()
    with getattr(selectors, kind)() as selector, pytest.raises(ValueError):
        selector.register(sock, selectors.EVENT_READ)
    if number is not None:
        os.close(number)


@pytest.mark.parametrize("kind", KINDS)
def test_a_selector_finds_a_socket_that_was_closed_before_it_left(tcp_pair: Any, kind: str) -> None:
    with getattr(selectors, kind)() as selector:
        key = selector.register(tcp_pair[0], selectors.EVENT_READ)
        tcp_pair[0].close()
        assert selector.unregister(tcp_pair[0]) == key


def test_select_takes_and_returns_the_objects(tcp_pair: Any) -> None:
    client, server = tcp_pair
    assert select.select([server], [client], [], 0) == ([], [client], [])
    client.send(b"x")
    assert select.select([server, client], [], [], 10) == ([server], [], [])


def test_select_refuses_a_closed_socket(tcp_pair: Any) -> None:
    tcp_pair[0].close()
    with pytest.raises(ValueError, match="negative"):
        select.select([tcp_pair[0]], [], [], 0)


def test_poll_and_epoll_take_the_object(tcp_pair: Any) -> None:
    client, server = tcp_pair
    poll = select.poll()
    poll.register(server, select.POLLIN)
    with select.epoll() as epoll:
        epoll.register(server, select.EPOLLIN)
        client.send(b"x")
        assert poll.poll(10_000) == [(server.fileno(), select.POLLIN)]
        assert epoll.poll(10) == [(server.fileno(), select.EPOLLIN)]
        poll.unregister(server)
        epoll.unregister(server)


def test_the_system_sends_a_file_to_the_descriptor(tcp_pair: Any, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"from the file")
    with path.open("rb") as file:
        assert os.sendfile(tcp_pair[0].fileno(), file.fileno(), 5, 8) == 8
    assert tcp_pair[1].recv(8, socket.MSG_WAITALL) == b"the file"


def test_calls_of_the_system_work_on_the_descriptor(tcp_pair: Any) -> None:
    client, server = tcp_pair
    assert os.write(client.fileno(), b"written") == 7
    assert os.read(server.fileno(), 100) == b"written"
    with pytest.raises(OSError):
        os.lseek(client.fileno(), 0, os.SEEK_SET)
