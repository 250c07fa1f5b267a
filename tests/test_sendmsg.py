"""sendmsg and sendmsg_afalg: gathered buffers, control messages, and the arguments that are refused."""

from __future__ import annotations

import array
import os
import struct
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import fresh
import pytest

Pair = tuple[Any, Any]
Closing = Callable[[Any], Any]
IOV_MAX = os.sysconf("SC_IOV_MAX")

ENCRYPT = "140000000000000017010000030000000100000000000000"
DECRYPT = "140000000000000017010000030000000000000000000000"
IV_16 = "2800000000000000170100000200000010000000" + b"0123456789abcdef".hex() + "00000000"
IV_12 = "2000000000000000" + "17010000" + "02000000" + "0c000000" + b"012345678901".hex()
ASSOCLEN_7 = "140000000000000017010000040000000700000000000000"
ASSOCLEN_0 = "140000000000000017010000040000000000000000000000"
ASSOCLEN_3 = "140000000000000017010000040000000300000000000000"


@pytest.fixture
def datagrams(net: ModuleType, closing: Closing) -> Pair:
    """Two connected AF_UNIX datagram sockets."""
    left, right = net.socketpair(net.AF_UNIX, net.SOCK_DGRAM)
    return closing(left), closing(right)


@pytest.mark.req("MET-091")
def test_sendmsg_gathers_buffers_into_one_message(datagrams: Pair) -> None:
    sock, peer = datagrams
    parts = [b"ab", bytearray(b"cd"), memoryview(b"xefx")[1:3], array.array("B", b"gh")]
    assert sock.sendmsg(parts) == 8
    assert peer.recv(100) == b"abcdefgh"


@pytest.mark.req("MET-091")
def test_sendmsg_on_a_stream_returns_how_much_was_taken(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    sock.setblocking(False)
    sent = sock.sendmsg([b"a" * 5_000_000, b"b" * 5_000_000])
    assert 0 < sent < 10_000_000
    received = 0
    peer.setblocking(False)
    while received < sent:
        received += len(peer.recv(1 << 20))
    assert received == sent


@pytest.mark.req("MET-091")
def test_sendmsg_counts_data_bytes_only(net: ModuleType, unix_pair: Pair) -> None:
    sock, peer = unix_pair
    with open(os.devnull, "rb") as file:
        item = (net.SOL_SOCKET, net.SCM_RIGHTS, array.array("i", [file.fileno()]))
        assert sock.sendmsg([b"four"], [item]) == 4
    data, [(_, _, received)], _, _ = peer.recvmsg(10, net.CMSG_SPACE(4))
    os.close(*struct.unpack("i", received))
    assert data == b"four"


@pytest.mark.req("MET-091")
@pytest.mark.parametrize("buffers", [[], (), [b""], [b"", bytearray()]])
def test_sendmsg_sends_an_empty_datagram(datagrams: Pair, buffers: Any) -> None:
    sock, peer = datagrams
    assert sock.sendmsg(buffers) == 0
    assert peer.recv(100) == b""


@pytest.mark.req("MET-092")
def test_buffers_come_from_any_iterable(datagrams: Pair) -> None:
    sock, peer = datagrams
    assert sock.sendmsg(bytes([code]) for code in b"generated") == 9
    assert peer.recv(100) == b"generated"
    assert sock.sendmsg(iter((b"x", b"y"))) == 2
    assert peer.recv(100) == b"xy"


@pytest.mark.req("MET-092")
def test_as_many_buffers_as_the_system_takes_are_allowed_and_one_more_is_not(datagrams: Pair) -> None:
    sock, peer = datagrams
    assert sock.sendmsg([b"x"] * IOV_MAX) == IOV_MAX
    assert peer.recv(IOV_MAX + 1) == b"x" * IOV_MAX
    with pytest.raises(OSError, match="Message too long") as caught:
        sock.sendmsg([b"x"] * (IOV_MAX + 1))
    assert caught.value.args == (90, "Message too long")


@pytest.mark.req("MET-092")
@pytest.mark.parametrize(
    ("buffers", "message"),
    [
        (b"abc", "a bytes-like object is required, not 'int'"),
        ("abc", "a bytes-like object is required, not 'str'"),
        ([b"x", None], "a bytes-like object is required, not 'NoneType'"),
        (5, r"sendmsg\(\) argument 1 must be an iterable"),
        (None, r"sendmsg\(\) argument 1 must be an iterable"),
    ],
)
def test_sendmsg_refuses_anything_but_an_iterable_of_buffers(unix_pair: Pair, buffers: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        unix_pair[0].sendmsg(buffers)


@pytest.mark.req("MET-092")
def test_an_exception_of_the_iterable_goes_through_and_releases_the_buffers(unix_pair: Pair) -> None:
    sock, peer = unix_pair
    buffer = bytearray(b"never sent")

    def failing() -> Any:
        yield buffer
        raise LookupError("from the iterable")

    with pytest.raises(LookupError, match="from the iterable"):
        sock.sendmsg(failing())
    buffer.clear()
    peer.setblocking(False)
    with pytest.raises(BlockingIOError):
        peer.recv(100)


@pytest.mark.req("MET-092")
def test_sendmsg_refuses_a_buffer_that_is_not_contiguous(unix_pair: Pair) -> None:
    with pytest.raises(BufferError):
        unix_pair[0].sendmsg([memoryview(b"abcd")[::2]])


@pytest.mark.req("MET-093")
def test_two_control_messages_go_in_one_call(net: ModuleType, unix_pair: Pair) -> None:
    sock, peer = unix_pair
    peer.setsockopt(net.SOL_SOCKET, net.SO_PASSCRED, 1)
    own = struct.pack("3i", os.getpid(), os.getuid(), os.getgid())
    with open(os.devnull, "rb") as file:
        rights = array.array("i", [file.fileno()])
        items = [(net.SOL_SOCKET, net.SCM_CREDENTIALS, own), (net.SOL_SOCKET, net.SCM_RIGHTS, rights)]
        assert sock.sendmsg([b"x"], iter(items)) == 1
    ancdata = peer.recvmsg(1, net.CMSG_SPACE(12) + net.CMSG_SPACE(4))[1]
    found = {kind: data for _, kind, data in ancdata}
    os.close(*struct.unpack("i", found[net.SCM_RIGHTS]))
    assert found[net.SCM_CREDENTIALS] == own


@pytest.mark.req("MET-093")
@pytest.mark.parametrize("form", [bytes, bytearray, memoryview])
def test_control_data_may_be_any_bytes_like_object(net: ModuleType, unix_pair: Pair, form: Any) -> None:
    sock, peer = unix_pair
    peer.setsockopt(net.SOL_SOCKET, net.SO_PASSCRED, 1)
    own = struct.pack("3i", os.getpid(), os.getuid(), os.getgid())
    sock.sendmsg([b"x"], ((net.SOL_SOCKET, net.SCM_CREDENTIALS, form(own)),))
    assert peer.recvmsg(1, net.CMSG_SPACE(12))[1] == [(net.SOL_SOCKET, net.SCM_CREDENTIALS, own)]


@pytest.mark.req("MET-093")
@pytest.mark.parametrize(
    "ancdata",
    [
        5,
        None,
        [5],
        [(1, 2)],
        [(1, 2, b"x", 3)],
        [("1", 2, b"x")],
        [(1, 2.0, b"x")],
        [(1, 2, "x")],
        [(1, 2, None)],
        [(1, 1, b""), (1, 2)],
    ],
    ids=repr,
)
def test_sendmsg_refuses_malformed_control_messages(unix_pair: Pair, ancdata: Any) -> None:
    sock, peer = unix_pair
    with pytest.raises(TypeError):
        sock.sendmsg([b"never sent"], ancdata)
    peer.setblocking(False)
    with pytest.raises(BlockingIOError):
        peer.recv(100)


@pytest.mark.req("MET-093")
@pytest.mark.parametrize("item", [(2**31, 2, b"x"), (1, -(2**31) - 1, b"x"), (1, 2**64, b"x")], ids=repr)
def test_sendmsg_refuses_integers_beyond_a_c_int(unix_pair: Pair, item: Any) -> None:
    with pytest.raises(OverflowError):
        unix_pair[0].sendmsg([b"x"], [item])


@pytest.mark.req("MET-093")
def test_the_system_judges_the_meaning_of_control_messages(net: ModuleType, unix_pair: Pair) -> None:
    sock, _ = unix_pair
    with pytest.raises(OSError) as caught:
        sock.sendmsg([b"x"], [(net.SOL_SOCKET, 99, b"")])
    assert caught.value.errno == 22
    with pytest.raises(OSError) as caught:
        sock.sendmsg([b"x"], [(net.SOL_SOCKET, net.SCM_RIGHTS, struct.pack("i", 1_000_000))])
    assert caught.value.args == (9, "Bad file descriptor")


@pytest.mark.req("MET-095")
def test_sendmsg_sends_to_an_address(udp_pair: Pair) -> None:
    sock, peer = udp_pair
    assert sock.sendmsg([b"he", b"llo"], [], 0, peer.getsockname()) == 5
    assert peer.recvfrom(100) == (b"hello", sock.getsockname())


@pytest.mark.req("MET-095")
def test_sendmsg_takes_a_unix_path(net: ModuleType, closing: Closing, tmp_path: Path) -> None:
    sender, receiver = (closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM)) for _ in range(2))
    receiver.bind(str(tmp_path / "receiver"))
    assert sender.sendmsg([b"x"], (), 0, str(tmp_path / "receiver")) == 1
    assert receiver.recv(1) == b"x"


@pytest.mark.req("MET-095")
def test_address_none_means_the_connected_peer(net: ModuleType, udp_pair: Pair) -> None:
    sock, peer = udp_pair
    with pytest.raises(OSError) as caught:
        sock.sendmsg([b"x"], [], 0, None)
    assert caught.value.errno == 89
    sock.connect(peer.getsockname())
    assert sock.sendmsg([b"x"], [], 0, None) == 1
    assert peer.recv(1) == b"x"


@pytest.mark.req("MET-095")
def test_sendmsg_passes_flags_on(net: ModuleType, udp_pair: Pair) -> None:
    sock, peer = udp_pair
    sock.sendmsg([b"first, "], [], net.MSG_MORE, peer.getsockname())
    sock.sendmsg([b"second"], [], 0, peer.getsockname())
    assert peer.recv(100) == b"first, second"


@pytest.mark.req("MET-095")
def test_sendmsg_with_dontwait_does_not_wait(net: ModuleType, unix_pair: Pair) -> None:
    with pytest.raises(BlockingIOError):
        while True:
            unix_pair[0].sendmsg([b"x" * 65536], [], net.MSG_DONTWAIT)


@pytest.mark.req("MET-095")
@pytest.mark.parametrize("arguments", [(), ([b"x"], [], "0"), ([b"x"], [], None), ([b"x"], [], 0, None, 0)])
def test_sendmsg_refuses_wrong_argument_lists(unix_pair: Pair, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        unix_pair[0].sendmsg(*arguments)


@pytest.mark.req("MET-095")
def test_sendmsg_refuses_a_malformed_address(udp_pair: Pair) -> None:
    with pytest.raises(TypeError):
        udp_pair[0].sendmsg([b"x"], [], 0, "127.0.0.1")


@pytest.fixture
def algorithm(net: ModuleType, datagrams: Pair) -> Any:
    """An object of family AF_ALG over an AF_UNIX descriptor: enough to reach the system call."""
    sock = net.socket(net.AF_ALG, net.SOCK_SEQPACKET, 0, fileno=datagrams[0].fileno())
    yield sock
    sock.detach()


@pytest.mark.stdlib_needs("AF_ALG", "sendmsg_afalg")
@pytest.mark.req("MET-098")
def test_the_message_of_sendmsg_afalg_may_be_left_out(algorithm: Any, datagrams: Pair) -> None:
    assert algorithm.sendmsg_afalg(op=1) == 0
    assert datagrams[1].recv(10) == b""
    assert algorithm.sendmsg_afalg([b"ab", b"c"], op=1) == 3
    assert datagrams[1].recv(10) == b"abc"
    assert algorithm.sendmsg_afalg(msg=(b"d",), op=0) == 1


@pytest.mark.stdlib_needs("AF_ALG", "sendmsg_afalg")
@pytest.mark.req("MET-098")
@pytest.mark.parametrize(
    ("arguments", "keywords", "message"),
    [
        (([b"abc"],), {}, "Invalid or missing argument 'op'"),
        (([b"abc"],), {"op": -1}, "Invalid or missing argument 'op'"),
        (([b"abc"],), {"op": None}, "op|argument 2"),
        (([b"abc"],), {"op": 1.5}, "op|argument 2"),
        (([b"abc"],), {"op": 1, "assoclen": -1}, "assoclen must be positive"),
        (([b"abc"],), {"op": 1, "assoclen": "x"}, None),
        (([b"abc"],), {"op": 1, "iv": "x"}, "a bytes-like object is required, not 'str'"),
        (([b"abc"],), {"op": 1, "flags": "x"}, None),
        (([b"abc"],), {"op": 1, "other": 1}, "other"),
        (([b"abc"], 1), {}, r"sendmsg_afalg\(\) takes at most 1 positional argument \(2 given\)"),
        ((b"abc",), {"op": 1}, "a bytes-like object is required, not 'int'"),
        ((5,), {"op": 1}, "argument 1 must be an iterable"),
    ],
)
def test_sendmsg_afalg_refuses_wrong_arguments(
    algorithm: Any, arguments: tuple[Any, ...], keywords: dict[str, Any], message: str | None
) -> None:
    with pytest.raises(TypeError, match=message):
        algorithm.sendmsg_afalg(*arguments, **keywords)


@pytest.mark.stdlib_needs("AF_ALG", "sendmsg_afalg")
@pytest.mark.req("MET-098")
def test_integers_of_sendmsg_afalg_are_never_cut(algorithm: Any) -> None:
    for keywords in ({"op": 2**32}, {"op": 1, "assoclen": 2**32}, {"op": 1, "flags": 2**32}):
        with pytest.raises((TypeError, OverflowError)):
            algorithm.sendmsg_afalg([b"x"], **keywords)


@pytest.mark.stdlib_needs("AF_ALG", "sendmsg_afalg")
@pytest.mark.req("MET-097", "MET-098")
def test_sendmsg_afalg_works_on_the_algorithm_family_only(unix_pair: Pair) -> None:
    with pytest.raises(OSError, match="algset is only supported for AF_ALG") as caught:
        unix_pair[0].sendmsg_afalg([b"x"], op=1)
    assert caught.value.args == ("algset is only supported for AF_ALG",)


@pytest.mark.stdlib_needs("AF_ALG", "sendmsg_afalg")
@pytest.mark.req("MET-097")
@pytest.mark.simulated
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("[b'abc'], op=1", (3, 0, 1, ENCRYPT)),
        ("[b'abc'], op=0, iv=b'0123456789abcdef'", (3, 0, 1, DECRYPT + IV_16)),
        (
            "[b'abc', b'de'], op=1, iv=b'012345678901', assoclen=7, flags=socket.MSG_MORE",
            (5, 0x8000, 2, ENCRYPT + IV_12 + ASSOCLEN_7),
        ),
        ("op=1", (0, 0, 0, ENCRYPT)),
        ("op=1, assoclen=3", (0, 0, 0, ENCRYPT + ASSOCLEN_3)),
        ("[b'abc'], op=1, assoclen=0", (3, 0, 1, ENCRYPT + ASSOCLEN_0)),
    ],
)
def test_sendmsg_afalg_passes_its_settings_as_control_messages(
    net: ModuleType, tmp_path: Path, arguments: str, expected: tuple[int, int, int, str]
) -> None:
    record = tmp_path / "record"
    code = f"""
    left, right = socket.socketpair()
    algorithm = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0, fileno=left.detach())
    report(algorithm.sendmsg_afalg({arguments}))
    algorithm.close()
    right.close()
    """
    shim = fresh.compile_shim("recorded_sendmsg", tmp_path)
    sent = fresh.run(net, code, preload=shim, RECORDED_SENDMSG=str(record))
    flags, buffers, control = record.read_text().split()
    not_to_compare = net.MSG_NOSIGNAL | net.MSG_DONTWAIT
    assert (sent, int(flags) & ~not_to_compare, int(buffers), control) == expected
