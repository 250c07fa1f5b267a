"""What one user of a socket changes while, or before, another one uses it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Pair = tuple[Any, Any]


@pytest.mark.parametrize("change", [0, None, 60])
def test_a_new_timeout_does_not_touch_a_sendall_under_way(
    net: ModuleType, unix_pair: Pair, in_thread: Callable[..., Any], change: float | None
) -> None:
    left, right = unix_pair
    size = 4_000_000
    left.settimeout(10)
    in_thread(left.sendall, b"x" * size)
    time.sleep(0.1)
    left.settimeout(change)
    received = 0
    while received < size:
        received += len(right.recv(1 << 20))
    assert received == size


@pytest.mark.req("MET-111")
@pytest.mark.parametrize("way", ["accepted", "fileno", "dup", "same"])
def test_the_low_water_mark_holds_in_timeout_mode(
    net: ModuleType, listener: Any, closing: Callable[[Any], Any], way: str
) -> None:
    if way == "accepted":
        listener.setsockopt(net.SOL_SOCKET, net.SO_RCVLOWAT, 10)
    client = closing(net.socket())
    client.connect(listener.getsockname())
    conn = closing(listener.accept()[0])
    if way != "accepted":
        conn.setsockopt(net.SOL_SOCKET, net.SO_RCVLOWAT, 10)
    if way == "fileno":
        conn = closing(net.socket(fileno=conn.detach()))
    elif way == "dup":
        conn = closing(conn.dup())
    conn.settimeout(0.1)
    client.sendall(b"abc")
    with pytest.raises(TimeoutError):
        conn.recv(10)
    client.sendall(b"defghijklm")
    assert len(conn.recv(20)) >= 10


def test_sendfile_waits_where_another_holder_made_the_descriptor_non_blocking(
    net: ModuleType, unix_pair: Pair, in_thread: Callable[..., Any], tmp_path: Path
) -> None:
    left, right = unix_pair
    path = tmp_path / "file"
    path.write_bytes(b"y" * 3_000_000)
    flags = fcntl.fcntl(left.fileno(), fcntl.F_GETFL)
    fcntl.fcntl(left.fileno(), fcntl.F_SETFL, flags | os.O_NONBLOCK)

    def send() -> None:
        with path.open("rb") as file:
            assert left.sendfile(file) == 3_000_000

    in_thread(send)
    received = 0
    while received < 3_000_000:
        received += len(right.recv(1 << 20))
    assert received == 3_000_000


def test_a_rw_file_can_be_reconfigured(net: ModuleType, unix_pair: Pair) -> None:
    left, right = unix_pair
    right.settimeout(5)
    with left.makefile("rw", encoding="ascii") as file:
        file.reconfigure(line_buffering=True, newline="\r\n")
        assert file.line_buffering
        file.write("line\n")
        assert right.recv(100) == b"line\r\n"


def test_flush_of_a_closed_rw_file_is_refused(net: ModuleType, unix_pair: Pair) -> None:
    file = unix_pair[0].makefile("rw")
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.flush()
