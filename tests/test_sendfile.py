"""sendfile: which bytes of a file go out, by which call, and where the file stands afterwards."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import fresh
import pytest

Pair = tuple[Any, Any]
InThread = Callable[..., Any]

CONTENT = bytes(range(250)) * 400


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """A regular file of 100 kB, open for reading bytes."""
    path = tmp_path / "content"
    path.write_bytes(CONTENT)
    with path.open("rb") as opened:
        yield opened


@pytest.fixture
def big_file(tmp_path: Path) -> Any:
    """A regular file larger than all socket buffers."""
    path = tmp_path / "big"
    path.write_bytes(b"")
    os.truncate(path, 64 << 20)
    with path.open("rb") as opened:
        yield opened


@pytest.fixture
def sent(net: ModuleType, tcp_pair: Pair, in_thread: InThread) -> Callable[..., tuple[int, bytes]]:
    """Call it with the arguments of sendfile: (what sendfile returned, what the peer received)."""

    def send(*arguments: Any, **keywords: Any) -> tuple[int, bytes]:
        sock, peer = tcp_pair
        received: list[bytes] = []
        reader = in_thread(lambda: received.append(b"".join(iter(lambda: peer.recv(1 << 16), b""))))
        count = sock.sendfile(*arguments, **keywords)
        sock.shutdown(net.SHUT_WR)
        reader.join(20)
        return count, received[0]

    return send


@pytest.fixture
def system_calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What each os.sendfile() returned."""
    calls: list[int] = []
    original = os.sendfile

    def recorded(*arguments: Any) -> int:
        count = original(*arguments)
        calls.append(count)
        return count

    monkeypatch.setattr(os, "sendfile", recorded)
    return calls


@pytest.mark.req("MET-099")
def test_a_file_is_sent_to_its_end_with_os_sendfile(
    sent: Callable[..., Any], file: Any, system_calls: list[int]
) -> None:
    assert sent(file) == (len(CONTENT), CONTENT)
    assert sum(system_calls) == len(CONTENT)


@pytest.mark.req("MET-099")
def test_a_file_larger_than_the_buffers_is_sent_whole(sent: Callable[..., Any], big_file: Any) -> None:
    count, received = sent(big_file)
    assert count == len(received) == 64 << 20
    assert big_file.tell() == 64 << 20


@pytest.mark.req("MET-099")
def test_an_empty_file_and_an_offset_past_the_end_send_nothing(
    sent: Callable[..., Any], file: Any, tmp_path: Path, unix_pair: Pair
) -> None:
    (tmp_path / "empty").touch()
    with open(tmp_path / "empty", "rb") as empty:
        assert unix_pair[0].sendfile(empty) == 0
    assert sent(file, len(CONTENT) + 1) == (0, b"")


@pytest.mark.req("MET-100")
def test_a_text_file_is_refused(unix_pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("text")
    with open(tmp_path / "text", encoding="utf-8") as text, pytest.raises(ValueError, match="binary mode"):
        unix_pair[0].sendfile(text)


@pytest.mark.req("MET-100")
@pytest.mark.parametrize(("mode", "buffering"), [("rb", 0), ("rb", -1), ("r+b", -1)])
def test_any_binary_mode_will_do(sent: Callable[..., Any], file: Any, mode: str, buffering: int) -> None:
    with open(file.name, mode, buffering=buffering) as other:
        assert sent(other) == (len(CONTENT), CONTENT)


@pytest.mark.req("MET-101")
def test_a_file_object_in_memory_is_sent_with_plain_send(sent: Callable[..., Any], system_calls: list[int]) -> None:
    assert sent(io.BytesIO(CONTENT)) == (len(CONTENT), CONTENT)
    assert system_calls == []


@pytest.mark.req("MET-101", "MET-102")
def test_offset_and_count_hold_for_a_file_object_in_memory_too(sent: Callable[..., Any]) -> None:
    source = io.BytesIO(CONTENT)
    assert sent(source, 10, 20_000) == (20_000, CONTENT[10:20_010])
    assert source.tell() == 20_010


@pytest.mark.req("MET-101")
def test_an_object_with_nothing_but_read_is_sent_with_plain_send(sent: Callable[..., Any]) -> None:
    class Source:
        read = io.BytesIO(CONTENT).read

    assert sent(Source()) == (len(CONTENT), CONTENT)


@pytest.mark.req("MET-101")
@pytest.mark.simulated
def test_without_os_sendfile_plain_send_is_used(net: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "content").write_bytes(CONTENT)
    code = f"""
    sizes = []
    class Recording(socket.socket):
        def send(self, data, *flags):
            sizes.append(len(data))
            return super().send(data, *flags)
    left, right = socket.socketpair()
    sock = Recording(fileno=left.detach())
    with open({str(tmp_path / "content")!r}, "rb") as file:
        count = sock.sendfile(file, 5, 50_000)
        position = file.tell()
    sock.close()
    received = b"".join(iter(lambda: right.recv(1 << 16), b""))
    right.close()
    with open({str(tmp_path / "content")!r}, "rb") as file:
        assert received == file.read()[5:50_005]
    report([count, position, sum(sizes)])
    """
    without = fresh.run(net, code, before="import os\nif hasattr(os, 'sendfile'): del os.sendfile")
    assert without == [50_000, 50_005, 50_000]
    assert fresh.run(net, code) == [50_000, 50_005, 0]


@pytest.mark.req("MET-102")
@pytest.mark.parametrize(
    ("arguments", "begin", "end"),
    [
        ((10, 50), 10, 60),
        ((0, 1), 0, 1),
        ((99_990, 50), 99_990, 100_000),
        ((5,), 5, 100_000),
        ((0, None), 0, 100_000),
    ],
)
def test_offset_and_count_choose_the_bytes(
    sent: Callable[..., Any], file: Any, arguments: tuple[Any, ...], begin: int, end: int
) -> None:
    assert sent(file, *arguments) == (end - begin, CONTENT[begin:end])
    assert file.tell() == end


@pytest.mark.req("MET-102")
def test_offset_and_count_may_be_keywords(sent: Callable[..., Any], file: Any) -> None:
    assert sent(file=file, offset=100, count=7) == (7, CONTENT[100:107])


@pytest.mark.req("MET-102")
def test_the_position_of_the_file_does_not_matter(sent: Callable[..., Any], file: Any) -> None:
    file.seek(77)
    assert sent(file) == (len(CONTENT), CONTENT)


@pytest.mark.req("MET-102")
@pytest.mark.parametrize("count", [0, -1, -100])
@pytest.mark.parametrize("in_memory", [False, True])
def test_a_count_that_is_not_positive_is_refused(unix_pair: Pair, file: Any, count: int, in_memory: bool) -> None:
    source = io.BytesIO(CONTENT) if in_memory else file
    with pytest.raises(ValueError, match="count must be a positive integer"):
        unix_pair[0].sendfile(source, 0, count)


@pytest.mark.req("MET-102")
@pytest.mark.parametrize("count", [1.5, "10"])
def test_a_count_that_is_no_integer_is_refused(unix_pair: Pair, file: Any, count: Any) -> None:
    with pytest.raises(TypeError, match="count must be a positive integer"):
        unix_pair[0].sendfile(file, 0, count)


@pytest.mark.req("MET-102")
def test_a_negative_offset_is_refused(unix_pair: Pair, file: Any) -> None:
    with pytest.raises(OSError) as caught:
        unix_pair[0].sendfile(file, -1)
    assert caught.value.errno == 22


@pytest.mark.req("MET-103")
@pytest.mark.parametrize("in_memory", [False, True])
def test_the_position_shows_how_much_was_sent_before_a_timeout(tcp_pair: Pair, big_file: Any, in_memory: bool) -> None:
    sock, peer = tcp_pair
    source = io.BytesIO(bytes(32 << 20)) if in_memory else big_file
    sock.settimeout(0.1)
    with pytest.raises(TimeoutError):
        sock.sendfile(source, 1000)
    position = source.tell()
    sock.close()
    received = sum(map(len, iter(lambda: peer.recv(1 << 20), b"")))
    assert position == 1000 + received
    assert received > 0


@pytest.mark.req("MET-103")
def test_the_position_shows_how_far_it_got_when_the_peer_went_away(
    unix_pair: Pair, big_file: Any, in_thread: InThread
) -> None:
    sock, peer = unix_pair

    def read_some_and_leave() -> None:
        for _ in range(20):
            peer.recv(65536)
        peer.close()

    in_thread(read_some_and_leave)
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        sock.sendfile(big_file)
    assert 65536 < big_file.tell() < 64 << 20


@pytest.mark.req("MET-104")
def test_only_streams_send_files(udp_pair: Pair, file: Any) -> None:
    sock, peer = udp_pair
    sock.connect(peer.getsockname())
    with pytest.raises(ValueError, match="only SOCK_STREAM type sockets are supported"):
        sock.sendfile(file)
    peer.setblocking(False)
    with pytest.raises(BlockingIOError):
        peer.recv(1)


@pytest.mark.req("MET-105")
@pytest.mark.parametrize("in_memory", [False, True])
def test_non_blocking_sockets_are_refused(unix_pair: Pair, file: Any, in_memory: bool) -> None:
    sock, _ = unix_pair
    sock.setblocking(False)
    with pytest.raises(ValueError, match="non-blocking sockets are not supported"):
        sock.sendfile(io.BytesIO(CONTENT) if in_memory else file)


@pytest.mark.req("MET-105")
def test_a_timeout_bounds_the_wait_for_a_stuck_reader(tcp_pair: Pair, big_file: Any) -> None:
    sock, _ = tcp_pair
    sock.settimeout(0.15)
    began = time.monotonic()
    with pytest.raises(TimeoutError, match="timed out") as caught:
        sock.sendfile(big_file)
    assert 0.14 <= time.monotonic() - began < 3
    assert caught.value.args == ("timed out",)


@pytest.mark.req("MET-105")
def test_a_timeout_does_not_disturb_a_transfer(
    sent: Callable[..., Any], tcp_pair: Pair, file: Any, system_calls: list[int]
) -> None:
    tcp_pair[0].settimeout(20)
    assert sent(file) == (len(CONTENT), CONTENT)
    assert sum(system_calls) == len(CONTENT)
