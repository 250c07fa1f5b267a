"""send_fds() and recv_fds(): open descriptors travel with data over AF_UNIX sockets."""

from __future__ import annotations

import array
import importlib.util
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from isolation import run_python

STDLIB_IGNORES = "the interpreter ignores this argument up to 3.13"


@pytest.fixture
def pipe(open_descriptors: Any) -> Iterator[tuple[int, int]]:
    """(reading end, writing end); whatever descriptors the test leaves open are closed with it."""
    before = open_descriptors()
    ends = os.pipe()
    yield ends
    for fd in open_descriptors() - before:
        os.close(fd)


def send_raw(net: ModuleType, sock: Any, fds: list[int]) -> None:
    """What send_fds() sends, without it."""
    sock.sendmsg([b"x"], [(net.SOL_SOCKET, net.SCM_RIGHTS, array.array("i", fds))])


@pytest.mark.req("FUN-117", "FUN-119")
def test_a_sent_descriptor_works_on_the_far_side(net: ModuleType, pipe: Any, unix_pair: Any) -> None:
    left, right = unix_pair
    net.send_fds(left, [b"here"], [pipe[1]])
    message, [fd], _, _ = net.recv_fds(right, 100, 1)
    assert message == b"here"
    assert fd not in pipe
    os.write(fd, b"through the copy")
    assert os.read(pipe[0], 100) == b"through the copy"


@pytest.mark.req("FUN-117")
def test_send_fds_returns_the_number_of_bytes_sent(net: ModuleType, pipe: Any, unix_pair: Any) -> None:
    assert net.send_fds(unix_pair[0], [b"two ", b"buffers"], [pipe[0]]) == 11
    assert net.recv_fds(unix_pair[1], 100, 1)[0] == b"two buffers"


@pytest.mark.req("FUN-117")
@pytest.mark.parametrize("kind", [list, tuple, lambda fds: array.array("i", fds)])
def test_send_fds_takes_any_sequence_of_descriptors(net: ModuleType, pipe: Any, unix_pair: Any, kind: Any) -> None:
    net.send_fds(unix_pair[0], [b"x"], kind(pipe))
    _, fds, _, _ = net.recv_fds(unix_pair[1], 1, 2)
    assert [os.path.sameopenfile(*each) for each in zip(fds, pipe, strict=True)] == [True, True]


@pytest.mark.req("FUN-117")
def test_send_fds_sends_what_recvmsg_receives(net: ModuleType, pipe: Any, unix_pair: Any) -> None:
    net.send_fds(unix_pair[0], [b"x"], pipe)
    _, [(level, kind, data)], _, _ = unix_pair[1].recvmsg(1, net.CMSG_LEN(8))
    assert (level, kind, len(data)) == (net.SOL_SOCKET, net.SCM_RIGHTS, 8)


@pytest.mark.req("FUN-117")
@pytest.mark.parametrize("fds", [[-1], [9999]])
def test_a_bad_descriptor_is_refused_by_the_system(net: ModuleType, unix_pair: Any, fds: list[int]) -> None:
    with pytest.raises(OSError) as caught:
        net.send_fds(unix_pair[0], [b"x"], fds)
    assert caught.value.strerror == "Bad file descriptor"


@pytest.mark.req("FUN-117")
@pytest.mark.parametrize(("fds", "error"), [([1 << 32], OverflowError), (["0"], TypeError), (5, TypeError)])
def test_descriptors_must_be_a_sequence_of_c_ints(
    net: ModuleType, unix_pair: Any, fds: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        net.send_fds(unix_pair[0], [b"x"], fds)


@pytest.mark.req("FUN-118")
@pytest.mark.berkeley_only(STDLIB_IGNORES)
def test_send_fds_honours_its_address(net: ModuleType, tmp_path: Path, pipe: Any, closing: Any) -> None:
    receiver = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
    receiver.bind(str(tmp_path / "s"))
    sender = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
    assert net.send_fds(sender, [b"x"], [pipe[1]], 0, str(tmp_path / "s")) == 1
    message, [fd], _, _ = net.recv_fds(receiver, 10, 1)
    assert message == b"x"
    assert os.path.sameopenfile(fd, pipe[1])


@pytest.mark.req("FUN-118")
@pytest.mark.berkeley_only(STDLIB_IGNORES)
def test_send_fds_honours_its_flags(net: ModuleType, pipe: Any, unix_pair: Any) -> None:
    left, _ = unix_pair
    with pytest.raises(BlockingIOError):
        while True:
            left.send(bytes(65536), net.MSG_DONTWAIT)
    with pytest.raises(BlockingIOError):
        net.send_fds(left, [bytes(65536)], [pipe[0]], net.MSG_DONTWAIT)


@pytest.mark.req("FUN-118")
@pytest.mark.berkeley_only(STDLIB_IGNORES)
def test_send_fds_takes_flags_and_address_by_keyword(net: ModuleType, tmp_path: Path, pipe: Any, closing: Any) -> None:
    receiver = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
    receiver.bind(str(tmp_path / "s"))
    sender = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
    assert net.send_fds(sender, [b"xy"], [pipe[0]], flags=0, address=str(tmp_path / "s")) == 2


@pytest.mark.req("FUN-119")
def test_recv_fds_returns_message_descriptors_flags_and_address(
    net: ModuleType, tmp_path: Path, pipe: Any, closing: Any
) -> None:
    receiver = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
    receiver.bind(str(tmp_path / "receiver"))
    sender = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
    sender.bind(str(tmp_path / "sender"))
    sender.connect(str(tmp_path / "receiver"))
    net.send_fds(sender, [b"x"], pipe)
    result = net.recv_fds(receiver, 10, 2)
    assert type(result) is tuple
    message, fds, flags, address = result
    assert (message, flags & ~net.MSG_CMSG_CLOEXEC, address) == (b"x", 0, str(tmp_path / "sender"))
    assert [type(fd) for fd in fds] == [int, int]


@pytest.mark.req("FUN-119")
@pytest.mark.parametrize("count", [0, 1, 3])
def test_recv_fds_receives_up_to_maxfds(net: ModuleType, pipe: Any, unix_pair: Any, count: int) -> None:
    net.send_fds(unix_pair[0], [b"x"], [pipe[0]] * count)
    assert len(net.recv_fds(unix_pair[1], 10, 3)[1]) == count


@pytest.mark.req("FUN-119")
def test_recv_fds_of_plain_data_gives_no_descriptor(net: ModuleType, unix_pair: Any) -> None:
    unix_pair[0].send(b"plain")
    message, fds, _, address = net.recv_fds(unix_pair[1], 10, 4)
    assert (message, fds, address) == (b"plain", [], None)


@pytest.mark.req("FUN-119")
def test_recv_fds_at_end_of_stream_gives_nothing(net: ModuleType, unix_pair: Any) -> None:
    unix_pair[0].close()
    assert net.recv_fds(unix_pair[1], 10, 4)[:2] == (b"", [])


@pytest.mark.req("FUN-120")
@pytest.mark.berkeley_only(STDLIB_IGNORES)
def test_a_peek_leaves_data_and_descriptors(net: ModuleType, pipe: Any, unix_pair: Any) -> None:
    net.send_fds(unix_pair[0], [b"x"], [pipe[1]])
    assert net.recv_fds(unix_pair[1], 1, 1, net.MSG_PEEK)[0] == b"x"
    message, [fd], _, _ = net.recv_fds(unix_pair[1], 1, 1)
    assert message == b"x"
    assert os.path.sameopenfile(fd, pipe[1])


@pytest.mark.req("FUN-120")
@pytest.mark.berkeley_only(STDLIB_IGNORES)
def test_msg_dontwait_does_not_wait(net: ModuleType, unix_pair: Any) -> None:
    with pytest.raises(BlockingIOError):
        net.recv_fds(unix_pair[0], 1, 1, net.MSG_DONTWAIT)


class Answering:
    """Has the recvmsg() of a socket, which gives one prepared result."""

    def __init__(self, result: Any) -> None:
        self.recvmsg: Callable[..., Any] = lambda *args: result


@pytest.mark.req("FUN-121")
@pytest.mark.simulated
def test_an_incomplete_integer_at_the_end_is_dropped(net: ModuleType, pipe: Any) -> None:
    data = struct.pack("i", pipe[0]) + b"\1\2"
    sock = Answering((b"x", [(net.SOL_SOCKET, net.SCM_RIGHTS, data)], 0, None))
    assert net.recv_fds(sock, 1, 2) == (b"x", [pipe[0]], 0, None)


@pytest.mark.simulated
def test_other_control_messages_are_passed_over(net: ModuleType, pipe: Any) -> None:
    data = struct.pack("i", pipe[0])
    items = [(net.SOL_SOCKET, net.SCM_CREDENTIALS, bytes(12)), (net.SOL_SOCKET, net.SCM_RIGHTS, data)]
    assert net.recv_fds(Answering((b"x", items, 0, None)), 1, 2)[1] == [pipe[0]]


@pytest.mark.berkeley_only("decision: received descriptors are not inherited by chance")
def test_received_descriptors_are_not_inheritable(net: ModuleType, pipe: Any, unix_pair: Any) -> None:
    os.set_inheritable(pipe[0], True)
    send_raw(net, unix_pair[0], [pipe[0], pipe[1]])
    fds = net.recv_fds(unix_pair[1], 1, 2)[1]
    assert [os.get_inheritable(fd) for fd in fds] == [False, False]


@pytest.mark.berkeley_only("decision: received descriptors are not inherited unless asked for")
@pytest.mark.parametrize("inheritable", [True, False])
def test_received_descriptors_are_inheritable_on_request(
    net: ModuleType, pipe: Any, unix_pair: Any, inheritable: bool
) -> None:
    send_raw(net, unix_pair[0], [pipe[0]])
    (fd,) = net.recv_fds(unix_pair[1], 1, 1, inheritable=inheritable)[1]
    assert os.get_inheritable(fd) is inheritable


@pytest.mark.berkeley_only("decision: on truncation every received descriptor is closed")
def test_a_truncated_list_of_descriptors_leaves_none_open(
    net: ModuleType, pipe: Any, unix_pair: Any, open_descriptors: Any
) -> None:
    send_raw(net, unix_pair[0], [pipe[0]] * 8)
    before = open_descriptors()
    message, fds, flags, _ = net.recv_fds(unix_pair[1], 1, 2)
    assert (message, fds) == (b"x", [])
    assert flags & net.MSG_CTRUNC
    assert open_descriptors() == before


OUT_OF_MEMORY = """
import os, _testcapi

def receive(sock, allocation):
    _testcapi.set_nomemory(allocation, allocation + 1)
    try:
        return net.recv_fds(sock, 4, 4)[1]
    except MemoryError:
        return None
    finally:
        _testcapi.remove_mem_hooks()

pipe = os.pipe()
failures, before = 0, len(os.listdir("/proc/self/fd"))
for allocation in range(60):
    left, right = net.socketpair()
    with left, right:
        net.send_fds(left, [b"data"], pipe)
        fds = receive(right, allocation)
        failures += fds is None
        for fd in fds or []:
            os.close(fd)
    now = len(os.listdir("/proc/self/fd"))
    assert now == before, f"descriptors leak when allocation {allocation} fails: {before} before, {now} after"
assert failures > 0
print("no leak")
"""


@pytest.mark.berkeley_only("decision: on a failure after the call every received descriptor is closed")
def test_no_received_descriptor_leaks_when_memory_runs_out(net: ModuleType) -> None:
    if not importlib.util.find_spec("_testcapi"):
        pytest.skip("the interpreter was built without _testcapi, which makes allocations fail")
    assert run_python(f"import {net.__name__} as net\n{OUT_OF_MEMORY}") == "no leak\n"


@pytest.mark.parametrize(
    ("bufsize", "maxfds", "error"), [("1", 1, TypeError), (1, "1", TypeError), (-1, 1, ValueError)]
)
def test_sizes_are_checked_before_anything_is_received(
    net: ModuleType, pipe: Any, unix_pair: Any, bufsize: Any, maxfds: Any, error: type[Exception]
) -> None:
    net.send_fds(unix_pair[0], [b"x"], [pipe[0]])
    with pytest.raises(error):
        net.recv_fds(unix_pair[1], bufsize, maxfds)
    assert len(net.recv_fds(unix_pair[1], 1, 1)[1]) == 1
