"""Signals during a wait: the call goes on with the time that is left, unless the handler raises."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

Closing = Callable[[Any], Any]
Alarm = Callable[..., AbstractContextManager[None]]


class Raised(Exception):
    """What a signal handler of these tests raises."""


class Wait(NamedTuple):
    """A call that waits, how to let it succeed, and what it gives then."""

    sock: Any
    call: Callable[[], Any]
    unblock: Callable[[], Any]
    expected: Any


class Wires:
    """Makes sockets that wait: nothing to receive, no room to send, nobody to accept."""

    def __init__(self, net: ModuleType, closing: Closing, directory: Path) -> None:
        self.net = net
        self.closing = closing
        self.directory = directory

    def pair(self, kind: int) -> tuple[Any, Any]:
        left, right = self.net.socketpair(self.net.AF_UNIX, kind)
        return self.closing(left), self.closing(right)

    def receiving(self, call: Callable[[Any], Any], expected: Any) -> Wait:
        sock, peer = self.pair(self.net.SOCK_STREAM)
        return Wait(sock, lambda: call(sock), lambda: peer.send(b"x"), expected)

    def sending(self, call: Callable[[Any], Any], expected: Any) -> Wait:
        sock, peer = self.pair(self.net.SOCK_STREAM)
        fill(sock)
        return Wait(sock, lambda: call(sock), lambda: drain(peer), expected)

    def accepting(self) -> Wait:
        server, client = (self.closing(self.net.socket(self.net.AF_UNIX)) for _ in range(2))
        server.bind(str(self.directory / "server"))
        server.listen()

        def call() -> Any:
            connection, address = server.accept()
            connection.close()
            return address

        return Wait(server, call, lambda: client.connect(server.getsockname()), "")

    def sendto_a_full_queue(self) -> Wait:
        sender, receiver = (self.closing(self.net.socket(self.net.AF_UNIX, self.net.SOCK_DGRAM)) for _ in range(2))
        receiver.bind(str(self.directory / "receiver"))
        address = receiver.getsockname()
        # Only a connected sender is told by poll(2) that the queue of its receiver is full.
        sender.connect(address)
        fill(sender)
        return Wait(sender, lambda: sender.sendto(b"x", address), lambda: drain(receiver), 1)


def fill(sock: Any) -> None:
    """Send until no room is left."""
    sock.setblocking(False)
    for size in (65536, 4096, 1):
        with suppress(BlockingIOError):
            while True:
                sock.send(b"f" * size)
    sock.setblocking(True)


def drain(sock: Any) -> None:
    """Receive all that waits."""
    sock.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            sock.recv(1 << 20)
    sock.setblocking(True)


WAITS: dict[str, Callable[[Wires], Wait]] = {
    "accept": Wires.accepting,
    "recv": lambda wires: wires.receiving(lambda sock: sock.recv(10), b"x"),
    "recvfrom": lambda wires: wires.receiving(lambda sock: sock.recvfrom(10), (b"x", None)),
    "recv_into": lambda wires: wires.receiving(lambda sock: sock.recv_into(bytearray(10)), 1),
    "recvfrom_into": lambda wires: wires.receiving(lambda sock: sock.recvfrom_into(bytearray(10)), (1, None)),
    "recvmsg": lambda wires: wires.receiving(lambda sock: sock.recvmsg(10), (b"x", [], 0, None)),
    "recvmsg_into": lambda wires: wires.receiving(lambda sock: sock.recvmsg_into([bytearray(10)]), (1, [], 0, None)),
    "send": lambda wires: wires.sending(lambda sock: sock.send(b"x"), 1),
    "sendall": lambda wires: wires.sending(lambda sock: sock.sendall(b"xyz"), None),
    "sendmsg": lambda wires: wires.sending(lambda sock: sock.sendmsg([b"x", b"y"]), 2),
    "sendto": Wires.sendto_a_full_queue,
    "sendfile": lambda wires: wires.sending(lambda sock: sock.sendfile(io.BytesIO(b"xyz")), 3),
}

REQUIREMENTS = {
    "accept": ["MET-005"],
    "recv": ["MET-060"],
    "recvfrom": ["MET-062"],
    "recv_into": ["BEH-014"],
    "recvfrom_into": ["BEH-014"],
    "recvmsg": ["MET-073"],
    "recvmsg_into": ["MET-078", "BEH-014"],
    "send": ["MET-084"],
    "sendall": ["MET-088"],
    "sendmsg": ["MET-096"],
    "sendto": ["MET-090"],
}

EVERY_WAIT = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.req(*REQUIREMENTS.get(name, []))) for name in WAITS]
)


@pytest.fixture
def wait(net: ModuleType, closing: Closing, tmp_path: Path, name: str) -> Wait:
    """The call under test, on sockets where it waits."""
    return WAITS[name](Wires(net, closing, tmp_path))


class Ticks:
    """A signal handler that counts, and does something at the third tick."""

    def __init__(self, act: Callable[[], Any] = lambda: None, limit: float = 10) -> None:
        self.count = 0
        self.act = act
        self.deadline = time.monotonic() + limit

    def __call__(self, *_: Any) -> None:
        self.count += 1
        if self.count == 3:
            self.act()
        assert time.monotonic() < self.deadline, "the call never came back"


def raise_it() -> None:
    raise Raised


@EVERY_WAIT
@pytest.mark.parametrize("timeout", [None, 10])
def test_an_interrupted_call_is_retried_until_it_succeeds(wait: Wait, alarm: Alarm, timeout: float | None) -> None:
    wait.sock.settimeout(timeout)
    ticks = Ticks(wait.unblock)
    with alarm(0.01, ticks):
        result = wait.call()
    assert ticks.count >= 3
    assert result == wait.expected


@EVERY_WAIT
def test_signals_do_not_prolong_the_timeout(wait: Wait, alarm: Alarm) -> None:
    wait.sock.settimeout(0.2)
    ticks = Ticks()
    with alarm(0.02, ticks):
        began = time.monotonic()
        with pytest.raises(TimeoutError, match="timed out"):
            wait.call()
        elapsed = time.monotonic() - began
    assert ticks.count >= 3
    assert 0.19 <= elapsed < 2


@pytest.mark.req("BEH-019")
@EVERY_WAIT
@pytest.mark.parametrize("timeout", [None, 10])
def test_an_exception_of_the_handler_goes_through(wait: Wait, alarm: Alarm, timeout: float | None) -> None:
    wait.sock.settimeout(timeout)
    ticks = Ticks(raise_it)
    with alarm(0.01, ticks), pytest.raises(Raised):
        wait.call()
    assert ticks.count == 3
    wait.unblock()
    assert wait.call() == wait.expected


@pytest.mark.req("MET-017")
def test_connect_with_a_timeout_is_not_prolonged(
    net: ModuleType, closing: Closing, full_backlog: tuple[str, int], alarm: Alarm
) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    sock.settimeout(0.2)
    ticks = Ticks()
    with alarm(0.02, ticks):
        began = time.monotonic()
        with pytest.raises(TimeoutError, match="timed out"):
            sock.connect(full_backlog)
        elapsed = time.monotonic() - began
    assert ticks.count >= 3
    assert 0.19 <= elapsed < 2


@pytest.mark.req("MET-017", "BEH-019")
@pytest.mark.parametrize("timeout", [None, 10])
def test_connect_lets_the_exception_of_the_handler_through(
    net: ModuleType, closing: Closing, full_backlog: tuple[str, int], alarm: Alarm, timeout: float | None
) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    sock.settimeout(timeout)
    ticks = Ticks(raise_it)
    with alarm(0.01, ticks), pytest.raises(Raised):
        sock.connect(full_backlog)
    assert ticks.count == 3


@pytest.mark.req("MET-017")
@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_an_interrupted_connect_waits_on_for_its_connection(
    net: ModuleType, closing: Closing, alarm: Alarm, method: str
) -> None:
    server, *fillers, sock = (closing(net.socket(net.AF_INET, net.SOCK_STREAM)) for _ in range(6))
    server.bind(("127.0.0.1", 0))
    server.listen(0)
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(server.getsockname())

    def make_room() -> None:
        for filler in fillers:
            filler.close()
        server.settimeout(0)
        with suppress(BlockingIOError):
            while True:
                server.accept()[0].close()

    ticks = Ticks(make_room)
    with alarm(0.02, ticks):
        assert not getattr(sock, method)(server.getsockname())
    assert ticks.count >= 3
    assert sock.getpeername() == server.getsockname()


@pytest.mark.berkeley_only("decisions: connect on AF_UNIX is re-issued after EINTR, never reported as success")
@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_an_interrupted_unix_connect_ends_connected(
    net: ModuleType, closing: Closing, alarm: Alarm, tmp_path: Path, method: str
) -> None:
    server, filler, sock = (closing(net.socket(net.AF_UNIX)) for _ in range(3))
    server.bind(str(tmp_path / "server"))
    server.listen(0)
    filler.connect(server.getsockname())
    ticks = Ticks(lambda: closing(server.accept()[0]))
    with alarm(0.02, ticks):
        assert not getattr(sock, method)(server.getsockname())
    assert ticks.count >= 3
    assert sock.getpeername() == str(tmp_path / "server")
    assert sock.send(b"x") == 1


def test_a_handler_may_close_the_socket_that_waits(net: ModuleType, unix_pair: tuple[Any, Any], alarm: Alarm) -> None:
    sock, _ = unix_pair
    with alarm(0.01, Ticks(sock.close)), pytest.raises(OSError) as caught:
        sock.recv(1)
    assert caught.value.args == (9, "Bad file descriptor")
