"""recvmsg and recvmsg_into: data, ancillary items, condition flags and the sender's address."""

from __future__ import annotations

import array
import os
import struct
from collections.abc import Callable
from types import ModuleType
from typing import Any

import fresh
import pytest

Pair = tuple[Any, Any]
Closing = Callable[[Any], Any]
IOV_MAX = os.sysconf("SC_IOV_MAX")


@pytest.fixture
def pipe_ends() -> Any:
    """The two descriptors of a pipe, closed when the test ends."""
    ends = os.pipe()
    yield ends
    for fd in ends:
        os.close(fd)


@pytest.fixture
def datagrams(net: ModuleType, closing: Closing) -> Pair:
    """Two connected AF_UNIX datagram sockets."""
    left, right = net.socketpair(net.AF_UNIX, net.SOCK_DGRAM)
    return closing(left), closing(right)


def send_descriptors(net: ModuleType, sock: Any, data: bytes, *descriptors: int) -> None:
    sock.sendmsg([data], [(net.SOL_SOCKET, net.SCM_RIGHTS, array.array("i", descriptors))])


def take_descriptors(data: bytes) -> list[int]:
    received = array.array("i")
    received.frombytes(data)
    return list(received)


@pytest.mark.req("MET-064")
def test_recvmsg_returns_four_items(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"hello")
    result = sock.recvmsg(100)
    assert type(result) is tuple
    assert [type(item) for item in result[:3]] == [bytes, list, int]
    assert result == (b"hello", [], 0, None)


@pytest.mark.req("MET-064")
def test_recvmsg_takes_at_most_bufsize_bytes_of_a_stream(tcp_pair: Pair) -> None:
    sock, peer = tcp_pair
    peer.sendall(b"hello")
    assert sock.recvmsg(2)[0] == b"he"
    assert sock.recvmsg(100)[0] == b"llo"
    peer.close()
    assert sock.recvmsg(100)[0] == b""


@pytest.mark.req("MET-064")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1,), r"negative buffer size in recvmsg\(\)"),
        ((1, -1), "invalid ancillary data buffer length"),
        ((1, 2**31), "invalid ancillary data buffer length"),
    ],
)
def test_recvmsg_refuses_impossible_sizes(unix_pair: Pair, arguments: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        unix_pair[0].recvmsg(*arguments)


@pytest.mark.req("MET-064")
@pytest.mark.parametrize("arguments", [(), ("1",), (1, "1"), (1, 1, "1"), (1.0,), (1, 0, 0, 0), (None,)])
def test_recvmsg_refuses_wrong_argument_lists(unix_pair: Pair, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        unix_pair[0].recvmsg(*arguments)


@pytest.mark.req("MET-065")
def test_recvmsg_without_ancillary_buffer_gets_no_descriptors(
    net: ModuleType, unix_pair: Pair, pipe_ends: Pair, open_descriptors: Callable[[], set[int]]
) -> None:
    sock, peer = unix_pair
    send_descriptors(net, peer, b"hello", *pipe_ends)
    before = open_descriptors()
    assert sock.recvmsg(5) == (b"hello", [], net.MSG_CTRUNC, None)
    assert open_descriptors() == before


@pytest.mark.req("MET-065")
def test_an_ancillary_buffer_for_one_descriptor_cuts_the_other(
    net: ModuleType, unix_pair: Pair, pipe_ends: Pair, open_descriptors: Callable[[], set[int]]
) -> None:
    sock, peer = unix_pair
    send_descriptors(net, peer, b"x", *pipe_ends)
    before = open_descriptors()
    _, [(level, kind, data)], flags, _ = sock.recvmsg(1, net.CMSG_LEN(4))
    assert (level, kind, len(data)) == (net.SOL_SOCKET, net.SCM_RIGHTS, 4)
    assert flags & net.MSG_CTRUNC
    [fd] = take_descriptors(data)
    assert open_descriptors() - before == {fd}
    os.close(fd)


@pytest.mark.req("MET-065")
def test_an_ancillary_buffer_may_be_larger_than_needed(net: ModuleType, unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"x")
    assert sock.recvmsg(1, 10_000) == (b"x", [], 0, None)


@pytest.mark.req("MET-066")
def test_recvmsg_passes_flags_on(net: ModuleType, unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"twice")
    assert sock.recvmsg(10, 0, net.MSG_PEEK)[0] == b"twice"
    assert sock.recvmsg(10)[0] == b"twice"
    with pytest.raises(BlockingIOError):
        sock.recvmsg(10, 0, net.MSG_DONTWAIT)


@pytest.mark.req("MET-067")
def test_ancillary_items_are_level_type_and_bytes(net: ModuleType, unix_pair: Pair) -> None:
    sock, peer = unix_pair
    sock.setsockopt(net.SOL_SOCKET, net.SO_PASSCRED, 1)
    peer.send(b"x")
    _, ancdata, flags, _ = sock.recvmsg(1, net.CMSG_SPACE(12))
    assert type(ancdata) is list
    assert type(ancdata[0]) is tuple
    assert [type(part) for part in ancdata[0]] == [int, int, bytes]
    credentials = struct.pack("3i", os.getpid(), os.getuid(), os.getgid())
    assert ancdata == [(net.SOL_SOCKET, net.SCM_CREDENTIALS, credentials)]
    assert flags == 0


@pytest.mark.req("MET-067")
def test_several_items_come_in_one_list(net: ModuleType, unix_pair: Pair, pipe_ends: Pair) -> None:
    sock, peer = unix_pair
    sock.setsockopt(net.SOL_SOCKET, net.SO_PASSCRED, 1)
    send_descriptors(net, peer, b"x", pipe_ends[0])
    ancdata = sock.recvmsg(1, net.CMSG_SPACE(12) + net.CMSG_SPACE(4))[1]
    found = {kind: data for level, kind, data in ancdata if level == net.SOL_SOCKET}
    assert sorted(found) == sorted([net.SCM_RIGHTS, net.SCM_CREDENTIALS])
    os.close(take_descriptors(found[net.SCM_RIGHTS])[0])


@pytest.mark.req("MET-067")
def test_received_ttl_of_a_datagram_is_an_item(net: ModuleType, udp_pair: Pair) -> None:
    sock, peer = udp_pair
    ip_recvttl = 12
    sock.setsockopt(net.IPPROTO_IP, ip_recvttl, 1)
    peer.setsockopt(net.IPPROTO_IP, net.IP_TTL, 37)
    peer.sendto(b"x", sock.getsockname())
    assert sock.recvmsg(1, 64)[1] == [(net.IPPROTO_IP, net.IP_TTL, struct.pack("i", 37))]


@pytest.mark.req("MET-068")
def test_a_cut_datagram_sets_msg_trunc(net: ModuleType, udp_pair: Pair) -> None:
    sock, peer = udp_pair
    peer.sendto(b"hello", sock.getsockname())
    assert sock.recvmsg(2) == (b"he", [], net.MSG_TRUNC, peer.getsockname())


@pytest.mark.req("MET-068")
def test_two_conditions_are_ored(net: ModuleType, datagrams: Pair, pipe_ends: Pair) -> None:
    sock, peer = datagrams
    send_descriptors(net, peer, b"hello", *pipe_ends)
    assert sock.recvmsg(2)[2] == net.MSG_TRUNC | net.MSG_CTRUNC


@pytest.mark.req("MET-068")
def test_end_of_record_is_marked(net: ModuleType, closing: Closing) -> None:
    sock, peer = (closing(each) for each in net.socketpair(net.AF_UNIX, net.SOCK_SEQPACKET))
    peer.sendmsg([b"record"], [], net.MSG_EOR)
    data, _, flags, _ = sock.recvmsg(100)
    assert data == b"record"
    assert flags in (0, net.MSG_EOR)


@pytest.mark.req("MET-069")
def test_address_is_the_sender_of_a_datagram(udp_pair: Pair) -> None:
    sock, peer = udp_pair
    peer.sendto(b"x", sock.getsockname())
    assert sock.recvmsg(1)[3] == peer.getsockname()


@pytest.mark.req("MET-069")
def test_address_is_none_on_a_connected_stream(tcp_pair: Pair) -> None:
    sock, peer = tcp_pair
    peer.sendall(b"xy")
    assert sock.recvmsg(1)[3] is None
    assert sock.recvmsg_into([bytearray(1)])[3] is None


@pytest.mark.req("MET-070")
def test_descriptors_arrive_as_a_native_int_array(net: ModuleType, unix_pair: Pair, pipe_ends: Pair) -> None:
    sock, peer = unix_pair
    send_descriptors(net, peer, b"x", *pipe_ends)
    _, [(level, kind, data)], flags, _ = sock.recvmsg(1, net.CMSG_SPACE(8))
    received = take_descriptors(data)
    try:
        assert (level, kind, flags) == (net.SOL_SOCKET, net.SCM_RIGHTS, 0)
        assert set(received).isdisjoint(pipe_ends)
        assert [os.fstat(fd).st_ino for fd in received] == [os.fstat(fd).st_ino for fd in pipe_ends]
        os.write(received[1], b"through")
        assert os.read(pipe_ends[0], 10) == b"through"
    finally:
        for fd in received:
            os.close(fd)


@pytest.mark.req("MET-070")
def test_cmsg_cloexec_makes_received_descriptors_non_inheritable(
    net: ModuleType, unix_pair: Pair, pipe_ends: Pair
) -> None:
    sock, peer = unix_pair
    for flags, inheritable in ((net.MSG_CMSG_CLOEXEC, False), (0, True)):
        send_descriptors(net, peer, b"x", pipe_ends[0])
        [fd] = take_descriptors(sock.recvmsg(1, net.CMSG_SPACE(4), flags)[1][0][2])
        assert os.get_inheritable(fd) is inheritable
        os.close(fd)


@pytest.mark.req("MET-074")
def test_the_three_methods_exist_on_this_system(net: ModuleType) -> None:
    assert all(callable(getattr(net.socket, name)) for name in ("recvmsg", "recvmsg_into", "sendmsg"))


@pytest.mark.req("MET-074")
@pytest.mark.simulated
@pytest.mark.berkeley_only("its names depend on the platform alone")
@pytest.mark.parametrize(
    ("platform", "absent"), [("win32", ["recvmsg", "recvmsg_into", "sendmsg"]), ("wasi", ["sendmsg"]), ("darwin", [])]
)
def test_the_three_methods_are_missing_elsewhere(net: ModuleType, platform: str, absent: list[str]) -> None:
    code = """
    sys.platform = "linux"
    report([name for name in ("recvmsg", "recvmsg_into", "sendmsg") if not hasattr(socket.socket, name)])
    """
    found = fresh.run(net, code, before=f"sys.platform = {platform!r}")
    assert set(found) >= set(absent)
    assert platform != "darwin" or not found


@pytest.mark.req("MET-075")
def test_recvmsg_into_scatters_a_message(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"Mary had a little lamb")
    first, second, third = bytearray(b"----"), bytearray(b"0123456789"), bytearray(b"--------------")
    result = sock.recvmsg_into([first, memoryview(second)[2:9], third])
    assert result == (22, [], 0, None)
    assert [first, second, third] == [b"Mary", b"01 had a 9", b"little lamb---"]


@pytest.mark.req("MET-075")
def test_recvmsg_into_names_the_sender(udp_pair: Pair) -> None:
    sock, peer = udp_pair
    peer.sendto(b"hello", sock.getsockname())
    buffer = bytearray(8)
    assert sock.recvmsg_into([buffer]) == (5, [], 0, peer.getsockname())
    assert buffer == b"hello" + bytes(3)


@pytest.mark.req("MET-076")
def test_buffers_come_from_any_iterable(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    words, whole = array.array("H", [0, 0]), bytearray(6)
    peer.send(b"abcdefgh")
    buffers = (each for each in (bytearray(1), words, memoryview(whole)[1:4]))
    assert sock.recvmsg_into(buffers)[0] == 8
    assert words.tobytes() == b"bcde"
    assert whole == b"\0fgh\0\0"


@pytest.mark.req("MET-076")
def test_buffers_left_over_stay_as_they_are(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"abc")
    buffers = [bytearray(b"..") for _ in range(3)]
    assert sock.recvmsg_into(tuple(buffers))[0] == 3
    assert buffers == [b"ab", b"c.", b".."]


@pytest.mark.req("MET-076")
def test_buffers_too_small_cut_the_datagram(net: ModuleType, datagrams: Pair) -> None:
    sock, peer = datagrams
    peer.send(b"abcdef")
    buffers = [bytearray(2), bytearray(), bytearray(2)]
    assert sock.recvmsg_into(buffers)[:3] == (4, [], net.MSG_TRUNC)
    assert buffers == [b"ab", b"", b"cd"]


@pytest.mark.req("MET-076")
def test_no_buffers_at_all_are_allowed(net: ModuleType, datagrams: Pair) -> None:
    sock, peer = datagrams
    peer.send(b"abc")
    assert sock.recvmsg_into([]) == (0, [], net.MSG_TRUNC, None)


@pytest.mark.req("MET-076")
@pytest.mark.parametrize("buffers", [[b"read-only"], [bytearray(1), "x"], bytearray(4), 5, None, [memoryview(b"x")]])
def test_recvmsg_into_refuses_what_cannot_be_written(unix_pair: Pair, buffers: Any) -> None:
    sock, peer = unix_pair
    peer.send(b"kept")
    with pytest.raises(TypeError):
        sock.recvmsg_into(buffers)
    assert sock.recv(10) == b"kept"


@pytest.mark.req("MET-076")
def test_an_exception_of_the_iterable_goes_through_and_releases_the_buffers(unix_pair: Pair) -> None:
    buffer = bytearray(4)

    def failing() -> Any:
        yield buffer
        raise LookupError("from the iterable")

    with pytest.raises(LookupError, match="from the iterable"):
        unix_pair[0].recvmsg_into(failing())
    buffer.extend(b"resizable again")


@pytest.mark.req("MET-077")
def test_as_many_buffers_as_the_system_takes_are_allowed_and_one_more_is_not(datagrams: Pair) -> None:
    sock, peer = datagrams
    message = bytes(index % 251 for index in range(IOV_MAX))
    peer.send(message)
    with pytest.raises(OSError, match="Message too long") as caught:
        sock.recvmsg_into([bytearray(1) for _ in range(IOV_MAX + 1)])
    assert caught.value.args == (90, "Message too long")
    buffers = [bytearray(1) for _ in range(IOV_MAX)]
    assert sock.recvmsg_into(buffers)[0] == IOV_MAX
    assert b"".join(buffers) == message


@pytest.mark.req("MET-078")
def test_recvmsg_into_receives_descriptors(net: ModuleType, unix_pair: Pair, pipe_ends: Pair) -> None:
    sock, peer = unix_pair
    send_descriptors(net, peer, b"data", pipe_ends[0])
    buffer = bytearray(4)
    nbytes, [(level, kind, data)], flags, address = sock.recvmsg_into([buffer], net.CMSG_SPACE(4))
    [fd] = take_descriptors(data)
    assert os.fstat(fd).st_ino == os.fstat(pipe_ends[0]).st_ino
    os.close(fd)
    assert (nbytes, level, kind, flags, address) == (4, net.SOL_SOCKET, net.SCM_RIGHTS, 0, None)
    assert buffer == b"data"


@pytest.mark.req("MET-078")
def test_recvmsg_into_passes_flags_on(net: ModuleType, unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.send(b"twice")
    assert sock.recvmsg_into([bytearray(10)], 0, net.MSG_PEEK)[0] == 5
    assert sock.recvmsg_into([bytearray(10)])[0] == 5
    with pytest.raises(BlockingIOError):
        sock.recvmsg_into([bytearray(10)], 0, net.MSG_DONTWAIT)


@pytest.mark.req("MET-078")
@pytest.mark.parametrize("size", [-1, 2**31])
def test_recvmsg_into_refuses_impossible_ancillary_sizes(unix_pair: Pair, size: int) -> None:
    with pytest.raises(ValueError, match="invalid ancillary data buffer length"):
        unix_pair[0].recvmsg_into([bytearray(1)], size)
