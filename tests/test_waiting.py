"""Every call that has to wait: with a timeout, without blocking, beside other threads and under signals."""

from __future__ import annotations

import contextlib
import errno
import io
import struct
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any

import pytest
from ticks import Refusal, Ticks, refuse

Closing = Callable[[Any], Any]
Alarm = Callable[..., Any]
InThread = Callable[..., threading.Thread]


class Place:
    """Makes sockets on which a call cannot finish: nothing to read, no room to send, nobody to talk to."""

    def __init__(self, net: ModuleType, closing: Closing, timeout: float | None) -> None:
        self.net = net
        self.closing = closing
        self.timeout = timeout
        self.waiting: list[Any] = []
        self.peers: list[Any] = []

    def ready(self, sock: Any) -> Any:
        sock.settimeout(self.timeout)
        self.waiting.append(sock)
        return sock

    def quiet(self) -> Any:
        left, right = map(self.closing, self.net.socketpair())
        self.peers.append(right)
        return self.ready(left)

    def stuffed(self) -> Any:
        sock = self.quiet()
        sock.setblocking(False)
        for size in (1 << 16, 1):
            with contextlib.suppress(BlockingIOError):
                while True:
                    sock.send(b"x" * size)
        return self.ready(sock)

    def stuffed_letterbox(self, connected: bool) -> tuple[Any, bytes]:
        """A datagram socket and the address of another one that takes no more."""
        sender, receiver = (self.closing(self.net.socket(self.net.AF_UNIX, self.net.SOCK_DGRAM)) for _ in range(2))
        receiver.bind("")
        if connected:
            sender.connect(receiver.getsockname())
        sender.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                sender.sendto(b"x", receiver.getsockname())
        self.peers.append(receiver)
        return self.ready(sender), receiver.getsockname()

    def deserted(self) -> Any:
        """A listener to which nobody connects."""
        sock = self.closing(self.net.socket())
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        return self.ready(sock)

    def ignored(self) -> tuple[Any, Any]:
        """A TCP socket and the address of a listener that drops its connection request."""
        listener, filler, sock = (self.closing(self.net.socket()) for _ in range(3))
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        filler.connect(listener.getsockname())
        return self.ready(sock), listener.getsockname()

    def end_all_waits(self) -> None:
        for peer in self.peers:
            with contextlib.suppress(BlockingIOError):
                peer.recv(1, self.net.MSG_DONTWAIT)
        for sock in self.waiting:
            with contextlib.suppress(OSError):
                sock.shutdown(self.net.SHUT_RDWR)


def connect(place: Place) -> Callable[[], object]:
    sock, address = place.ignored()
    return partial(sock.connect, address)


def sendto(place: Place) -> Callable[[], object]:
    sock, address = place.stuffed_letterbox(connected=True)
    return partial(sock.sendto, b"x", address)


def sendfile(place: Place) -> Callable[[], object]:
    file = place.closing(io.FileIO(__file__))
    return partial(place.stuffed().sendfile, file)


CALLS: dict[str, Callable[[Place], Callable[[], object]]] = {
    "accept": lambda place: place.deserted().accept,
    "connect": connect,
    "recv": lambda place: partial(place.quiet().recv, 1),
    "recv_into": lambda place: partial(place.quiet().recv_into, bytearray(1)),
    "recvfrom": lambda place: partial(place.quiet().recvfrom, 1),
    "recvfrom_into": lambda place: partial(place.quiet().recvfrom_into, bytearray(1)),
    "recvmsg": lambda place: partial(place.quiet().recvmsg, 1),
    "recvmsg_into": lambda place: partial(place.quiet().recvmsg_into, [bytearray(1)]),
    "send": lambda place: partial(place.stuffed().send, b"x"),
    "sendall": lambda place: partial(place.stuffed().sendall, b"x"),
    "sendmsg": lambda place: partial(place.stuffed().sendmsg, [b"x"]),
    "sendto": sendto,
    "sendfile": sendfile,
}


@pytest.mark.req("BEH-005", "BEH-008", "MET-111")
@pytest.mark.parametrize("name", CALLS)
def test_call_that_exceeds_its_timeout_raises(net: ModuleType, closing: Closing, name: str) -> None:
    call = CALLS[name](Place(net, closing, 0.05))
    began = time.monotonic()
    with pytest.raises(TimeoutError) as caught:
        call()
    assert 0.045 <= time.monotonic() - began < 5
    assert caught.value.errno is None
    if name != "sendfile":
        assert caught.value.args == ("timed out",)


@contextlib.contextmanager
def at_most_five_seconds(place: Place, in_thread: InThread) -> Iterator[None]:
    """End the waits on the sockets of the place after 5 s, for a call that neither a timeout nor a signal ends."""
    over = threading.Event()

    def rescue() -> None:
        if not over.wait(5):
            place.end_all_waits()

    in_thread(rescue)
    try:
        yield
    finally:
        over.set()


@pytest.mark.req("BEH-005")
def test_timeout_ends_a_call_that_the_kernel_keeps_calling_ready(
    net: ModuleType, closing: Closing, in_thread: InThread
) -> None:
    # poll() cannot know the peer of an unconnected socket and calls it writable although that peer is full.
    place = Place(net, closing, 0.05)
    sock, address = place.stuffed_letterbox(connected=False)
    began = time.monotonic()
    with pytest.raises(TimeoutError), at_most_five_seconds(place, in_thread):
        sock.sendto(b"x", address)
    assert 0.045 <= time.monotonic() - began < 5


@pytest.mark.req("BEH-004", "MET-109")
@pytest.mark.parametrize("name", [name for name in CALLS if name != "sendfile"])
def test_nonblocking_call_that_cannot_finish_fails_at_once(net: ModuleType, closing: Closing, name: str) -> None:
    call = CALLS[name](Place(net, closing, 0))
    with pytest.raises(BlockingIOError) as caught:
        call()
    assert caught.value.errno == (errno.EINPROGRESS if name == "connect" else errno.EAGAIN)


def set_system_limit(place: Place) -> None:
    """Let the kernel end waits of its own after 10 s, so that a call that kept the interpreter would end at all."""
    for sock in place.waiting:
        for option in (place.net.SO_RCVTIMEO, place.net.SO_SNDTIMEO):
            sock.setsockopt(place.net.SOL_SOCKET, option, struct.pack("@ll", 10, 0))


@pytest.mark.req("BEH-018", "BEH-003")
@pytest.mark.parametrize("timeout", [None, 10])
@pytest.mark.parametrize("name", CALLS)
def test_other_threads_run_while_a_call_waits(
    net: ModuleType, closing: Closing, in_thread: InThread, name: str, timeout: float | None
) -> None:
    place = Place(net, closing, timeout)
    call = CALLS[name](place)
    set_system_limit(place)
    starts = threading.Event()

    def wait() -> None:
        starts.set()
        with contextlib.suppress(OSError):
            call()

    began = time.monotonic()
    thread = in_thread(wait)
    starts.wait()
    for _ in range(10):
        time.sleep(0.001)
    assert thread.is_alive()
    assert time.monotonic() - began < 5
    place.end_all_waits()


@pytest.mark.req("BEH-019")
@pytest.mark.parametrize("timeout", [None, 30])
@pytest.mark.parametrize("name", CALLS)
def test_exception_of_a_signal_handler_ends_the_call(
    net: ModuleType, closing: Closing, alarm: Alarm, name: str, timeout: float | None
) -> None:
    call = CALLS[name](Place(net, closing, timeout))
    with pytest.raises(Refusal), alarm(0.01, refuse):
        call()


@pytest.mark.req("BEH-019")
@pytest.mark.berkeley_only("the interpreter's own module looks for signals after EINTR only, which never comes here")
def test_exception_of_a_signal_handler_ends_a_call_that_the_kernel_keeps_calling_ready(
    net: ModuleType, closing: Closing, alarm: Alarm, in_thread: InThread
) -> None:
    place = Place(net, closing, 30)
    sock, address = place.stuffed_letterbox(connected=False)
    began = time.monotonic()
    with pytest.raises(Refusal), at_most_five_seconds(place, in_thread), alarm(0.01, refuse):
        sock.sendto(b"x", address)
    assert time.monotonic() - began < 5


@pytest.mark.req("BEH-019")
def test_signal_handlers_run_while_a_call_waits(net: ModuleType, unix_pair: tuple[Any, Any], alarm: Alarm) -> None:
    left, right = unix_pair
    ticks = Ticks(lambda: right.send(b"from the handler"))
    with alarm(0.01, ticks):
        assert left.recv(32) == b"from the handler"


@pytest.mark.req("BEH-013")
@pytest.mark.parametrize("name", ["accept", "connect", "recv", "recvmsg_into", "sendall", "sendto"])
def test_timeout_counts_from_the_start_of_the_call_when_signals_arrive(
    net: ModuleType, closing: Closing, alarm: Alarm, name: str
) -> None:
    call = CALLS[name](Place(net, closing, 0.2))
    ticks = Ticks()
    began = time.monotonic()
    with pytest.raises(TimeoutError), alarm(0.05, ticks):
        call()
    assert 0.19 <= time.monotonic() - began < 3
    assert ticks.count >= 2


def broken_datagram(port: int) -> bytes:
    # Short datagrams are checked on arrival, longer ones only when they are read: poll() sees the broken one.
    return struct.pack("!HHHH", 9, port, 8 + 200, 0xDEAD) + bytes(200)


@pytest.mark.req("BEH-013")
def test_timeout_counts_from_the_start_of_the_call_when_a_wake_up_was_spurious(
    net: ModuleType, closing: Closing, udp_pair: tuple[Any, Any], in_thread: InThread
) -> None:
    receiver = udp_pair[0]
    try:
        raw = closing(net.socket(net.AF_INET, net.SOCK_RAW, net.IPPROTO_UDP))
    except PermissionError:
        pytest.skip("datagrams with a false checksum need a raw socket (CAP_NET_RAW)")
    port, over = receiver.getsockname()[1], threading.Event()

    def disturb() -> None:
        for _ in range(500):
            raw.sendto(broken_datagram(port), ("127.0.0.1", 0))
            if over.wait(0.02):
                return

    receiver.settimeout(0.2)
    in_thread(disturb)
    began = time.monotonic()
    try:
        with pytest.raises(TimeoutError):
            receiver.recv(500)
    finally:
        over.set()
    assert 0.19 <= time.monotonic() - began < 3


@pytest.mark.req("BEH-014")
@pytest.mark.parametrize("timeout", [None, 30])
@pytest.mark.parametrize(
    ("method", "result"),
    [("recv_into", 3), ("recvfrom_into", (3, None)), ("recvmsg_into", (3, [], 0, None))],
)
def test_into_methods_go_on_waiting_after_signals(
    net: ModuleType, unix_pair: tuple[Any, Any], alarm: Alarm, method: str, result: object, timeout: float | None
) -> None:
    left, right = unix_pair
    left.settimeout(timeout)
    buffer = bytearray(8)
    ticks = Ticks(lambda: right.send(b"abc"))
    with alarm(0.01, ticks):
        assert getattr(left, method)([buffer] if method == "recvmsg_into" else buffer) == result
    assert buffer == b"abc\0\0\0\0\0"
    assert ticks.count >= 3
