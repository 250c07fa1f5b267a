"""shutdown: each half of a connection closes by itself."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import fresh
import pytest

Pair = tuple[Any, Any]


@pytest.mark.req("MET-118")
def test_shutdown_of_writing_gives_the_peer_end_of_stream_and_leaves_reading(net: ModuleType, tcp_pair: Pair) -> None:
    sock, peer = tcp_pair
    assert sock.shutdown(net.SHUT_WR) is None
    assert peer.recv(10) == b""
    peer.sendall(b"answer")
    assert sock.recv(10) == b"answer"
    with pytest.raises(BrokenPipeError):
        sock.send(b"x")


@pytest.mark.req("MET-118")
def test_shutdown_of_reading_ends_receiving_and_leaves_writing(net: ModuleType, tcp_pair: Pair) -> None:
    sock, peer = tcp_pair
    sock.shutdown(net.SHUT_RD)
    assert sock.recv(10) == b""
    sock.sendall(b"still")
    assert peer.recv(10) == b"still"


@pytest.mark.req("MET-118")
def test_shutdown_of_both_ends_both(net: ModuleType, unix_pair: Pair) -> None:
    sock, peer = unix_pair
    sock.shutdown(net.SHUT_RDWR)
    assert sock.recv(10) == b""
    assert peer.recv(10) == b""
    for each in (sock, peer):
        with pytest.raises(BrokenPipeError):
            each.send(b"x")


@pytest.mark.req("MET-118")
def test_shutdown_wakes_a_receiver_in_another_thread(
    net: ModuleType, unix_pair: Pair, in_thread: Callable[..., Any]
) -> None:
    sock, _ = unix_pair
    in_thread(sock.shutdown, net.SHUT_RDWR)
    assert sock.recv(10) == b""


@pytest.mark.req("MET-118")
def test_shutdown_of_an_unconnected_socket_fails(net: ModuleType, closing: Callable[[Any], Any]) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    with pytest.raises(OSError) as caught:
        sock.shutdown(net.SHUT_RDWR)
    assert caught.value.args == (107, "Transport endpoint is not connected")


@pytest.mark.req("MET-118")
@pytest.mark.parametrize("how", ["1", None, 1.0])
def test_shutdown_takes_integers_only(unix_pair: Pair, how: Any) -> None:
    with pytest.raises(TypeError):
        unix_pair[0].shutdown(how)
    with pytest.raises(TypeError):
        unix_pair[0].shutdown()


@pytest.mark.req("MET-119")
def test_the_names_are_the_plain_integers(net: ModuleType) -> None:
    assert (net.SHUT_RD, net.SHUT_WR, net.SHUT_RDWR) == (0, 1, 2)


@pytest.mark.req("MET-119")
@pytest.mark.parametrize(("how", "reading", "writing"), [(0, False, True), (1, True, False), (2, False, False)])
def test_plain_integers_work(unix_pair: Pair, how: int, reading: bool, writing: bool) -> None:
    sock, peer = unix_pair
    peer.send(b"sent before")
    sock.recv(100)
    sock.shutdown(how)
    if writing:
        assert sock.send(b"x") == 1
    else:
        with pytest.raises(BrokenPipeError):
            sock.send(b"x")
    if reading:
        assert peer.send(b"y") == 1
        assert sock.recv(1) == b"y"
    else:
        assert sock.recv(1) == b""


@pytest.mark.req("MET-119")
def test_any_other_integer_is_refused_by_the_system(unix_pair: Pair) -> None:
    with pytest.raises(OSError) as caught:
        unix_pair[0].shutdown(7)
    assert caught.value.args == (22, "Invalid argument")


@pytest.mark.req("MET-120")
def test_shutdown_exists_here(net: ModuleType) -> None:
    assert callable(net.socket.shutdown)


@pytest.mark.req("MET-120")
@pytest.mark.simulated
@pytest.mark.berkeley_only("its names depend on the platform alone")
def test_shutdown_is_absent_on_wasi(net: ModuleType) -> None:
    before = "sys.platform = 'wasi'"
    assert fresh.run(net, "sys.platform = 'linux'; report(hasattr(socket.socket, 'shutdown'))", before=before) is False
