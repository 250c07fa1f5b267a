"""recv, recvfrom, recv_into and recvfrom_into: what arrives, where it is put, and which sizes are refused."""

from __future__ import annotations

import array
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import fresh
import pytest

Pair = tuple[Any, Any]
Closing = Callable[[Any], Any]


class Index:
    """An integer only through __index__."""

    def __index__(self) -> int:
        return 3


@pytest.mark.req("MET-058")
def test_recv_returns_the_waiting_bytes(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"hello")
    data = sock.recv(1024)
    assert type(data) is bytes
    assert data == b"hello"


@pytest.mark.req("MET-058")
def test_recv_returns_at_most_bufsize_bytes_and_leaves_the_rest(tcp_pair: Pair) -> None:
    sock, peer = tcp_pair
    peer.sendall(b"hello")
    assert sock.recv(2) == b"he"
    assert sock.recv(Index()) == b"llo"


@pytest.mark.req("MET-058")
def test_recv_returns_empty_bytes_at_end_of_stream(tcp_pair: Pair) -> None:
    sock, peer = tcp_pair
    peer.sendall(b"last")
    peer.close()
    assert sock.recv(10) == b"last"
    assert sock.recv(10) == b""
    assert sock.recv(10) == b""


@pytest.mark.req("MET-058")
def test_recv_without_flags_takes_the_data_and_with_peek_leaves_it(net: ModuleType, unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"twice")
    assert sock.recv(10, net.MSG_PEEK) == b"twice"
    assert sock.recv(10) == b"twice"
    with pytest.raises(BlockingIOError):
        sock.recv(10, net.MSG_DONTWAIT)


@pytest.mark.req("MET-058")
def test_recv_with_waitall_waits_for_the_whole_size(
    net: ModuleType, unix_pair: Pair, in_thread: Callable[..., Any]
) -> None:
    sock, peer = unix_pair
    peer.send(b"ab")
    in_thread(peer.send, b"cd")
    assert sock.recv(4, net.MSG_WAITALL) == b"abcd"


@pytest.mark.req("MET-058", "EXC-002")
def test_recv_refuses_a_negative_size(unix_pair: Pair) -> None:
    with pytest.raises(ValueError, match="negative buffersize in recv"):
        unix_pair[0].recv(-1)


@pytest.mark.req("MET-058")
@pytest.mark.parametrize("arguments", [(), (1, 0, 0), (1.0,), ("1",), (None,), (1, "0")])
def test_recv_refuses_arguments_of_the_wrong_type_or_number(unix_pair: Pair, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        unix_pair[0].recv(*arguments)


@pytest.mark.req("MET-058")
def test_recv_takes_positional_arguments_only(unix_pair: Pair) -> None:
    with pytest.raises(TypeError):
        unix_pair[0].recv(bufsize=1)


@pytest.mark.req("MET-059")
@pytest.mark.parametrize("bufsize", [1, 3, 4096, 4097, 1 << 16, (1 << 18) + 1, 1 << 20])
def test_recv_takes_any_size(unix_pair: Pair, bufsize: int) -> None:
    sock, peer = unix_pair
    peer.send(b"x" * 5000)
    assert sock.recv(bufsize) == b"x" * min(bufsize, 5000)


@pytest.mark.req("MET-059")
def test_recv_of_nothing_returns_at_once_and_takes_nothing(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    sock.settimeout(5)
    assert sock.recv(0) == b""
    peer.send(b"kept")
    assert sock.recv(0) == b""
    assert sock.recv(10) == b"kept"


@pytest.mark.req("MET-059")
def test_a_large_buffer_receives_a_large_message_whole(net: ModuleType, udp_pair: Pair) -> None:
    sock, peer = udp_pair
    message = bytes(range(256)) * 128
    peer.sendto(message, sock.getsockname())
    assert sock.recv(1 << 20) == message


@pytest.mark.req("MET-059")
def test_small_and_large_messages_may_alternate(udp_pair: Pair) -> None:
    sock, peer = udp_pair
    for size in (1, 30000, 2, 30001, 0, 3):
        peer.sendto(b"m" * size, sock.getsockname())
        assert sock.recv(262144) == b"m" * size


@pytest.mark.req("MET-061")
def test_recvfrom_returns_the_datagram_and_its_sender(udp_pair: Pair) -> None:
    sock, peer = udp_pair
    peer.sendto(b"datagram", sock.getsockname())
    result = sock.recvfrom(100)
    assert type(result) is tuple
    assert type(result[0]) is bytes
    assert result == (b"datagram", peer.getsockname())


@pytest.mark.req("MET-061")
def test_recvfrom_names_each_sender_in_turn(net: ModuleType, udp_pair: Pair, closing: Closing) -> None:
    sock, first = udp_pair
    second = closing(net.socket(net.AF_INET, net.SOCK_DGRAM))
    second.bind(("127.0.0.2", 0))
    for sender in (first, second, second, first):
        sender.sendto(b"x", sock.getsockname())
        assert sock.recvfrom(1) == (b"x", sender.getsockname())


@pytest.mark.req("MET-061")
def test_recvfrom_on_a_stream_has_no_address(tcp_pair: Pair) -> None:
    sock, peer = tcp_pair
    peer.sendall(b"x")
    assert sock.recvfrom(1) == (b"x", None)
    peer.close()
    assert sock.recvfrom(1) == (b"", None)


@pytest.mark.req("MET-061")
def test_recvfrom_names_a_bound_unix_sender_and_gives_none_for_an_unnamed_one(
    net: ModuleType, closing: Closing, tmp_path: Path
) -> None:
    sock, named, unnamed = (closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM)) for _ in range(3))
    sock.bind(str(tmp_path / "receiver"))
    named.bind(str(tmp_path / "sender"))
    for sender in (named, unnamed):
        sender.sendto(b"x", sock.getsockname())
    assert sock.recvfrom(1) == (b"x", str(tmp_path / "sender"))
    assert sock.recvfrom(1) == (b"x", None)


@pytest.mark.req("MET-061")
def test_recvfrom_over_ipv6_gives_four_items(net: ModuleType, closing: Closing) -> None:
    sock, peer = (closing(net.socket(net.AF_INET6, net.SOCK_DGRAM)) for _ in range(2))
    for each in (sock, peer):
        each.bind(("::1", 0))
    peer.sendto(b"six", sock.getsockname())
    assert sock.recvfrom(10) == (b"six", ("::1", peer.getsockname()[1], 0, 0))


@pytest.mark.req("MET-061")
def test_recvfrom_passes_flags_on(net: ModuleType, udp_pair: Pair) -> None:
    sock, peer = udp_pair
    peer.sendto(b"twice", sock.getsockname())
    assert sock.recvfrom(10, net.MSG_PEEK) == (b"twice", peer.getsockname())
    assert sock.recvfrom(10) == (b"twice", peer.getsockname())
    with pytest.raises(BlockingIOError):
        sock.recvfrom(10, net.MSG_DONTWAIT)


@pytest.mark.req("MET-061")
def test_recvfrom_cuts_a_datagram_to_bufsize_and_drops_the_rest(net: ModuleType, udp_pair: Pair) -> None:
    sock, peer = udp_pair
    peer.sendto(b"abcdef", sock.getsockname())
    assert sock.recvfrom(3)[0] == b"abc"
    with pytest.raises(BlockingIOError):
        sock.recvfrom(3, net.MSG_DONTWAIT)


@pytest.mark.req("MET-061")
def test_recvfrom_refuses_a_negative_size(unix_pair: Pair) -> None:
    with pytest.raises(ValueError, match="negative buffersize in recvfrom"):
        unix_pair[0].recvfrom(-1)


@pytest.mark.req("MET-063")
def test_ipv6_scope_is_in_the_last_item_and_not_in_the_host(net: ModuleType) -> None:
    if not shutil.which("ip"):
        pytest.skip("needs ip of iproute2 to make a veth pair")
    host, last, group, group_scope, full = fresh.run(
        net,
        """
        import subprocess
        ip = lambda line: subprocess.run(["ip", *line.split()], check=True)
        ip("link add left type veth peer name right")
        for name in ("lo", "left", "right"):
            ip(f"link set {name} up")
        ip("-6 addr add fe80::77/64 dev left nodad")
        index = socket.if_nametoindex("left")
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
            sock.bind(("ff02::1234", 0, 0, index))
            member = socket.inet_pton(socket.AF_INET6, "ff02::1234") + index.to_bytes(4, sys.byteorder)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)
            sock.settimeout(10)
            with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"to the group", sock.getsockname())
            data, source = sock.recvfrom(100)
            own = sock.getsockname()
        assert data == b"to the group"
        full = socket.getnameinfo(own, socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)[0]
        report([source[0], source[3] == index, own[0], own[3] == index, full])
        """,
        wrapper=fresh.namespace("--net"),
    )
    assert (host, last) == ("fe80::77", True)
    assert (group, group_scope) == ("ff02::1234", True)
    assert full == "ff02::1234%left"


@pytest.mark.req("MET-080")
def test_recv_into_fills_a_bytearray_and_returns_the_count(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"hello")
    buffer = bytearray(b"........")
    assert sock.recv_into(buffer) == 5
    assert buffer == b"hello..."


@pytest.mark.req("MET-080")
def test_recv_into_writes_inside_a_memoryview_slice_only(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"hello")
    buffer = bytearray(b"........")
    assert sock.recv_into(memoryview(buffer)[2:5]) == 3
    assert buffer == b"..hel..."
    assert sock.recv(10) == b"lo"


@pytest.mark.req("MET-080")
def test_recv_into_counts_bytes_of_an_array_of_larger_items(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    sent = array.array("i", [1, -2, 3])
    peer.send(sent)
    received = array.array("i", [0, 0, 0])
    assert sock.recv_into(received) == len(sent.tobytes())
    assert received == sent


@pytest.mark.req("MET-080")
def test_recv_into_stores_at_most_nbytes(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"hello")
    buffer = bytearray(8)
    assert sock.recv_into(buffer, 2) == 2
    assert buffer == b"he" + bytes(6)


@pytest.mark.req("MET-080")
def test_recv_into_takes_nbytes_and_flags_by_keyword(net: ModuleType, unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"hello")
    buffer = bytearray(8)
    assert sock.recv_into(buffer, nbytes=4, flags=net.MSG_PEEK) == 4
    assert sock.recv_into(buffer=buffer) == 5
    assert buffer == b"hello" + bytes(3)


@pytest.mark.req("MET-080")
def test_recv_into_returns_zero_at_end_of_stream(tcp_pair: Pair) -> None:
    sock, peer = tcp_pair
    peer.close()
    buffer = bytearray(b"same")
    assert sock.recv_into(buffer) == 0
    assert buffer == b"same"


@pytest.mark.req("MET-080")
@pytest.mark.parametrize("buffer", [b"read-only", memoryview(b"read-only"), "text", None, 5])
def test_recv_into_refuses_what_cannot_be_written(unix_pair: Pair, buffer: Any) -> None:
    with pytest.raises(TypeError):
        unix_pair[0].recv_into(buffer)


@pytest.mark.req("MET-080")
def test_recv_into_refuses_a_buffer_that_is_not_contiguous(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"kept")
    with pytest.raises((TypeError, BufferError)):
        sock.recv_into(memoryview(bytearray(8))[::2])
    assert sock.recv(10) == b"kept"


@pytest.mark.req("MET-080")
@pytest.mark.parametrize("nbytes", [9, 1 << 40])
def test_recv_into_refuses_nbytes_above_the_buffer_and_takes_nothing(unix_pair: Pair, nbytes: int) -> None:
    sock, peer = unix_pair
    peer.send(b"kept")
    with pytest.raises(ValueError, match="buffer too small for requested bytes"):
        sock.recv_into(bytearray(8), nbytes)
    assert sock.recv(10) == b"kept"


@pytest.mark.req("MET-080")
def test_recv_into_refuses_negative_nbytes(unix_pair: Pair) -> None:
    with pytest.raises(ValueError, match="negative buffersize in recv_into"):
        unix_pair[0].recv_into(bytearray(8), -1)


@pytest.mark.req("MET-081")
@pytest.mark.parametrize("arguments", [(), (0,)])
def test_recv_into_without_nbytes_uses_the_whole_buffer(unix_pair: Pair, arguments: tuple[int, ...]) -> None:
    sock, peer = unix_pair
    peer.send(b"hello")
    buffer = bytearray(4)
    assert sock.recv_into(buffer, *arguments) == 4
    assert buffer == b"hell"


@pytest.mark.req("MET-081")
def test_recv_into_an_empty_buffer_takes_nothing(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"kept")
    assert sock.recv_into(bytearray()) == 0
    assert sock.recv(10) == b"kept"


@pytest.mark.req("MET-079")
def test_recvfrom_into_writes_the_datagram_and_returns_count_and_sender(udp_pair: Pair) -> None:
    sock, peer = udp_pair
    peer.sendto(b"hello", sock.getsockname())
    buffer = bytearray(8)
    assert sock.recvfrom_into(buffer) == (5, peer.getsockname())
    assert buffer == b"hello" + bytes(3)


@pytest.mark.req("MET-079")
def test_recvfrom_into_stores_at_most_nbytes(udp_pair: Pair) -> None:
    sock, peer = udp_pair
    peer.sendto(b"hello", sock.getsockname())
    buffer = bytearray(b"........")
    assert sock.recvfrom_into(buffer, 2) == (2, peer.getsockname())
    assert buffer == b"he......"


@pytest.mark.req("MET-079")
def test_recvfrom_into_takes_nbytes_and_flags_by_keyword(net: ModuleType, udp_pair: Pair) -> None:
    sock, peer = udp_pair
    peer.sendto(b"hello", sock.getsockname())
    buffer = bytearray(8)
    assert sock.recvfrom_into(buffer, nbytes=4, flags=net.MSG_PEEK)[0] == 4
    assert sock.recvfrom_into(buffer=buffer, nbytes=0)[0] == 5


@pytest.mark.req("MET-079")
def test_recvfrom_into_on_a_stream_has_no_address(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"x")
    assert sock.recvfrom_into(bytearray(1)) == (1, None)


@pytest.mark.req("MET-079")
@pytest.mark.parametrize(
    ("nbytes", "message"),
    [(9, "nbytes is greater than the length of the buffer"), (-1, "negative buffersize in recvfrom_into")],
)
def test_recvfrom_into_refuses_a_size_that_does_not_fit(udp_pair: Pair, nbytes: int, message: str) -> None:
    sock, peer = udp_pair
    peer.sendto(b"kept", sock.getsockname())
    with pytest.raises(ValueError, match=message):
        sock.recvfrom_into(bytearray(8), nbytes)
    assert sock.recv(10) == b"kept"


@pytest.mark.req("MET-079")
@pytest.mark.parametrize("buffer", [b"read-only", "text", None])
def test_recvfrom_into_refuses_what_cannot_be_written(unix_pair: Pair, buffer: Any) -> None:
    with pytest.raises(TypeError):
        unix_pair[0].recvfrom_into(buffer)
