"""send, sendall and sendto: what leaves, how much of it, and how failure shows."""

from __future__ import annotations

import array
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import fresh
import pytest

Pair = tuple[Any, Any]
Closing = Callable[[Any], Any]
InThread = Callable[..., Any]

BYTES_LIKE = [b"12345678", bytearray(b"12345678"), memoryview(b"12345678"), array.array("H", b"12345678")]


def drain(sock: Any) -> bytes:
    """Everything that arrives until the peer ends its stream."""
    return b"".join(iter(lambda: sock.recv(1 << 20), b""))


@pytest.mark.req("MET-082")
@pytest.mark.parametrize("data", BYTES_LIKE, ids=lambda data: type(data).__name__)
def test_send_takes_any_bytes_like_object_and_returns_the_byte_count(unix_pair: Pair, data: Any) -> None:
    sock, peer = unix_pair
    assert sock.send(data) == 8
    assert peer.recv(100) == b"12345678"


@pytest.mark.req("MET-082")
def test_send_of_nothing_returns_zero(unix_pair: Pair) -> None:
    assert unix_pair[0].send(b"") == 0


@pytest.mark.req("MET-082", "EXC-002")
@pytest.mark.parametrize("data", ["text", None, 5, ["a"]])
def test_send_refuses_what_is_not_bytes_like(unix_pair: Pair, data: Any) -> None:
    with pytest.raises(TypeError, match="a bytes-like object is required, not "):
        unix_pair[0].send(data)


@pytest.mark.req("MET-082")
@pytest.mark.parametrize("arguments", [(), (b"a", 0, 0), (b"a", "0"), (b"a", 1.0)])
def test_send_refuses_wrong_argument_lists(unix_pair: Pair, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        unix_pair[0].send(*arguments)


@pytest.mark.req("MET-082")
def test_send_passes_flags_on(net: ModuleType, unix_pair: Pair) -> None:
    sock, _ = unix_pair
    with pytest.raises(BlockingIOError):
        while True:
            sock.send(b"x" * 65536, net.MSG_DONTWAIT)


@pytest.mark.req("MET-082")
def test_send_on_an_unconnected_stream_fails(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket(net.AF_UNIX, net.SOCK_STREAM))
    with pytest.raises(OSError) as caught:
        sock.send(b"x")
    assert caught.value.errno == 107


@pytest.mark.req("MET-083")
def test_send_may_take_less_than_everything(net: ModuleType, unix_pair: Pair, in_thread: InThread) -> None:
    sock, peer = unix_pair
    sock.setblocking(False)
    data = bytes(range(256)) * 40960
    sent = sock.send(data)
    assert 0 < sent < len(data)
    received: list[bytes] = []
    reader = in_thread(lambda: received.append(drain(peer)))
    sock.setblocking(True)
    while sent < len(data):
        sent += sock.send(data[sent:])
    sock.shutdown(net.SHUT_WR)
    reader.join(20)
    assert received == [data]


@pytest.mark.req("MET-083")
def test_blocking_send_on_a_stream_takes_everything_although_it_must_wait(unix_pair: Pair, in_thread: InThread) -> None:
    sock, peer = unix_pair
    received: list[bytes] = []
    reader = in_thread(lambda: received.append(drain(peer)))
    assert sock.send(b"z" * 3_000_000) == 3_000_000
    sock.close()
    reader.join(20)
    assert received == [b"z" * 3_000_000]


@pytest.mark.req("MET-083")
def test_full_buffer_is_a_blocking_io_error_or_a_timeout(unix_pair: Pair) -> None:
    sock, _ = unix_pair
    sock.setblocking(False)
    with pytest.raises(BlockingIOError):
        while True:
            sock.send(b"x" * 65536)
    sock.settimeout(0.02)
    with pytest.raises(TimeoutError):
        sock.send(b"x" * 65536)


@pytest.mark.req("MET-085")
def test_sendall_sends_everything_and_returns_none(net: ModuleType, unix_pair: Pair, in_thread: InThread) -> None:
    sock, peer = unix_pair
    data = bytes(range(251)) * 80_000
    received: list[bytes] = []
    reader = in_thread(lambda: received.append(drain(peer)))
    assert sock.sendall(data) is None
    sock.shutdown(net.SHUT_WR)
    reader.join(20)
    assert received[0] == data


@pytest.mark.req("MET-085")
def test_sendall_with_a_timeout_sends_everything_too(net: ModuleType, tcp_pair: Pair, in_thread: InThread) -> None:
    sock, peer = tcp_pair
    sock.settimeout(20)
    data = bytes(range(251)) * 40_000
    received: list[bytes] = []
    reader = in_thread(lambda: received.append(drain(peer)))
    sock.sendall(data)
    sock.shutdown(net.SHUT_WR)
    reader.join(20)
    assert received[0] == data


@pytest.mark.req("MET-085")
@pytest.mark.parametrize("data", BYTES_LIKE, ids=lambda data: type(data).__name__)
def test_sendall_takes_any_bytes_like_object(unix_pair: Pair, data: Any) -> None:
    sock, peer = unix_pair
    sock.sendall(data)
    assert peer.recv(100) == b"12345678"


@pytest.mark.req("MET-085")
def test_sendall_passes_flags_to_every_send(net: ModuleType, unix_pair: Pair) -> None:
    sock, _ = unix_pair
    with pytest.raises(BlockingIOError):
        sock.sendall(b"x" * 10_000_000, net.MSG_DONTWAIT)


@pytest.mark.req("MET-085")
def test_sendall_refuses_text(unix_pair: Pair) -> None:
    with pytest.raises(TypeError, match="a bytes-like object is required, not 'str'"):
        unix_pair[0].sendall("text")


@pytest.mark.req("MET-086")
def test_sendall_raises_when_the_peer_goes_away_midway(unix_pair: Pair, in_thread: InThread) -> None:
    sock, peer = unix_pair

    def read_some_and_leave() -> None:
        peer.recv(1000)
        peer.close()

    in_thread(read_some_and_leave)
    with pytest.raises((BrokenPipeError, ConnectionResetError)) as caught:
        sock.sendall(b"x" * 10_000_000)
    assert len(caught.value.args) == 2
    assert caught.value.args[0] == caught.value.errno


@pytest.mark.req("MET-086")
@pytest.mark.berkeley_only("decisions: sends pass MSG_NOSIGNAL, so that SIGPIPE never ends the program")
@pytest.mark.parametrize("method", ["send", "sendall", "sendmsg", "sendto"])
def test_broken_pipe_raises_even_where_sigpipe_has_its_default(net: ModuleType, method: str) -> None:
    code = f"""
    import signal
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    sock = socket.create_connection(address)
    sock.shutdown(socket.SHUT_WR)
    call = dict(send=lambda: sock.send(b"x"), sendall=lambda: sock.sendall(b"x"),
                sendmsg=lambda: sock.sendmsg([b"x"]), sendto=lambda: sock.sendto(b"x", address))
    try:
        call[{method!r}]()
    except BrokenPipeError as error:
        report(error.errno)
    sock.close()
    listener.close()
    """
    assert fresh.run(net, code) == 32


@pytest.mark.req("MET-086")
def test_python_ignores_sigpipe_so_that_sending_to_nobody_is_an_exception(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.close()
    assert signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN
    with pytest.raises(BrokenPipeError):
        sock.send(b"x")


@pytest.mark.req("MET-087")
def test_the_timeout_of_sendall_covers_the_whole_call(unix_pair: Pair, in_thread: InThread) -> None:
    sock, peer = unix_pair
    sock.settimeout(0.3)

    def read_slowly() -> None:
        while peer.recv(65536):
            time.sleep(0.02)

    in_thread(read_slowly)
    began = time.monotonic()
    with pytest.raises(TimeoutError, match="timed out"):
        sock.sendall(b"x" * 20_000_000)
    elapsed = time.monotonic() - began
    sock.close()
    assert 0.29 <= elapsed < 3


@pytest.mark.req("MET-089")
def test_sendto_sends_to_an_address(udp_pair: Pair) -> None:
    sock, peer = udp_pair
    assert sock.sendto(b"hello", peer.getsockname()) == 5
    assert peer.recvfrom(100) == (b"hello", sock.getsockname())


@pytest.mark.req("MET-089")
def test_sendto_takes_flags_between_data_and_address(net: ModuleType, udp_pair: Pair) -> None:
    sock, peer = udp_pair
    assert sock.sendto(b"first, ", net.MSG_MORE, peer.getsockname()) == 7
    assert sock.sendto(b"second", 0, peer.getsockname()) == 6
    assert peer.recv(100) == b"first, second"


@pytest.mark.req("MET-089")
@pytest.mark.parametrize("data", BYTES_LIKE, ids=lambda data: type(data).__name__)
def test_sendto_takes_any_bytes_like_object(udp_pair: Pair, data: Any) -> None:
    sock, peer = udp_pair
    assert sock.sendto(data, peer.getsockname()) == 8
    assert peer.recv(100) == b"12345678"


@pytest.mark.req("MET-089")
def test_sendto_sends_empty_datagrams(udp_pair: Pair) -> None:
    sock, peer = udp_pair
    assert sock.sendto(b"", peer.getsockname()) == 0
    assert peer.recvfrom(100) == (b"", sock.getsockname())


@pytest.mark.req("MET-089")
def test_sendto_reaches_different_unix_receivers(net: ModuleType, closing: Closing, tmp_path: Path) -> None:
    sender = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
    for name in ("first", "second"):
        receiver = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
        receiver.bind(str(tmp_path / name))
        assert sender.sendto(name.encode(), str(tmp_path / name)) == len(name)
        assert receiver.recv(100) == name.encode()


@pytest.mark.req("MET-089")
def test_sendto_works_on_a_connected_udp_socket(udp_pair: Pair) -> None:
    sock, peer = udp_pair
    sock.connect(peer.getsockname())
    assert sock.sendto(b"x", peer.getsockname()) == 1
    assert peer.recv(1) == b"x"


@pytest.mark.req("MET-089")
@pytest.mark.parametrize("count", [0, 1, 4, 5])
def test_sendto_refuses_any_other_number_of_arguments(udp_pair: Pair, count: int) -> None:
    sock, peer = udp_pair
    arguments = (b"x", 0, peer.getsockname(), 0, 0)[:count]
    with pytest.raises(TypeError, match=rf"\({count} given\)"):
        sock.sendto(*arguments)


@pytest.mark.req("MET-089")
def test_sendto_refuses_text_and_wrong_flags(udp_pair: Pair) -> None:
    sock, peer = udp_pair
    with pytest.raises(TypeError, match="a bytes-like object is required, not 'str'"):
        sock.sendto("text", peer.getsockname())
    with pytest.raises(TypeError):
        sock.sendto(b"x", "0", peer.getsockname())
    with pytest.raises(TypeError):
        sock.sendto(b"x", None)


@pytest.mark.req("MET-089")
def test_a_datagram_that_is_too_long_is_refused(udp_pair: Pair) -> None:
    sock, peer = udp_pair
    with pytest.raises(OSError, match="Message too long") as caught:
        sock.sendto(b"x" * 70_000, peer.getsockname())
    assert caught.value.errno == 90
