"""accept and connect while signals arrive, and connect's own report of a signal on a non-blocking socket."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import failing_calls
import fresh
import pytest
from ticks import Refusal, Ticks, refuse

Closing = Callable[[Any], Any]
Alarm = Callable[..., Any]


class Crowded:
    """A listener whose queue is full until make_room() is called."""

    def __init__(self, net: ModuleType, closing: Closing, listener: Any) -> None:
        self.listener = listener
        self.closing = closing
        listener.listen(0)
        self.address = listener.getsockname()
        closing(net.socket(listener.family)).connect(self.address)

    def make_room(self) -> None:
        self.closing(self.listener.accept()[0])


@pytest.fixture
def crowded_tcp(net: ModuleType, closing: Closing, listener: Any) -> Crowded:
    return Crowded(net, closing, listener)


@pytest.fixture
def crowded_unix(net: ModuleType, closing: Closing, tmp_path: Path) -> Crowded:
    listener = closing(net.socket(net.AF_UNIX))
    listener.bind(str(tmp_path / "s"))
    return Crowded(net, closing, listener)


@pytest.mark.req("MET-005")
@pytest.mark.parametrize("timeout", [None, 30])
def test_accept_goes_on_waiting_after_signals(
    net: ModuleType, listener: Any, closing: Closing, alarm: Alarm, timeout: float | None
) -> None:
    client = closing(net.socket())
    ticks = Ticks(lambda: client.connect(listener.getsockname()))
    listener.settimeout(timeout)
    with alarm(0.02, ticks):
        conn, address = listener.accept()
    closing(conn)
    assert ticks.count >= 3
    assert address == client.getsockname()


@pytest.mark.req("MET-005")
@pytest.mark.parametrize("timeout", [None, 30])
def test_accept_ends_with_the_exception_of_the_handler(
    net: ModuleType, listener: Any, alarm: Alarm, timeout: float | None
) -> None:
    listener.settimeout(timeout)
    with pytest.raises(Refusal), alarm(0.02, refuse):
        listener.accept()


@pytest.mark.req("MET-017")
def test_connect_goes_on_waiting_after_signals_until_it_is_connected(
    net: ModuleType, crowded_tcp: Crowded, closing: Closing, alarm: Alarm
) -> None:
    client = closing(net.socket())
    ticks = Ticks(crowded_tcp.make_room)
    with alarm(0.02, ticks):
        client.connect(crowded_tcp.address)
    assert ticks.count >= 3
    assert client.getpeername() == crowded_tcp.address


@pytest.mark.req("MET-017")
def test_connect_times_out_although_signals_arrive(
    net: ModuleType, crowded_tcp: Crowded, closing: Closing, alarm: Alarm
) -> None:
    client = closing(net.socket())
    client.settimeout(0.3)
    ticks = Ticks()
    began = time.monotonic()
    with pytest.raises(TimeoutError) as caught, alarm(0.02, ticks):
        client.connect(crowded_tcp.address)
    assert 0.29 <= time.monotonic() - began < 5
    assert caught.value.errno is None
    assert ticks.count >= 3


@pytest.mark.req("MET-017", "MET-022")
def test_connect_ex_times_out_although_signals_arrive(
    net: ModuleType, crowded_tcp: Crowded, closing: Closing, alarm: Alarm
) -> None:
    client = closing(net.socket())
    client.settimeout(0.2)
    with alarm(0.02, Ticks()):
        assert client.connect_ex(crowded_tcp.address) == errno.EAGAIN


@pytest.mark.req("MET-017")
@pytest.mark.parametrize("method", ["connect", "connect_ex"])
@pytest.mark.parametrize("timeout", [None, 30])
def test_connect_ends_with_the_exception_of_the_handler(
    net: ModuleType, crowded_tcp: Crowded, closing: Closing, alarm: Alarm, method: str, timeout: float | None
) -> None:
    client = closing(net.socket())
    client.settimeout(timeout)
    with pytest.raises(Refusal), alarm(0.02, refuse):
        getattr(client, method)(crowded_tcp.address)


@pytest.mark.req("MET-017")
@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_connect_to_a_crowded_unix_listener_ends_with_the_exception_of_the_handler(
    net: ModuleType, crowded_unix: Crowded, closing: Closing, alarm: Alarm, method: str
) -> None:
    with pytest.raises(Refusal), alarm(0.02, refuse):
        getattr(closing(net.socket(net.AF_UNIX)), method)(crowded_unix.address)


@pytest.mark.req("MET-017")
@pytest.mark.berkeley_only("the interpreter's own module reports success while the socket is not connected")
@pytest.mark.parametrize(("method", "success"), [("connect", None), ("connect_ex", 0)])
def test_connect_to_a_crowded_unix_listener_returns_only_when_connected(
    net: ModuleType, crowded_unix: Crowded, closing: Closing, alarm: Alarm, method: str, success: int | None
) -> None:
    client = closing(net.socket(net.AF_UNIX))
    ticks = Ticks(crowded_unix.make_room)
    with alarm(0.02, ticks):
        assert getattr(client, method)(crowded_unix.address) == success
    assert ticks.count >= 3
    assert client.getpeername() == crowded_unix.address
    crowded_unix.make_room()
    client.sendall(b"connected")


def interrupted(connect: Callable[[], object], in_thread: Callable[..., Any]) -> list[object]:
    """What connect() did when the system call reported a signal: its result or the exception."""
    failing_calls.skip_unless_possible()
    outcome: list[object] = []

    def run() -> None:
        failing_calls.fail("connect", errno.EINTR)
        try:
            outcome.append(connect())
        except OSError as error:
            outcome.append(error)

    in_thread(run).join()
    return outcome


@pytest.mark.req("MET-018")
def test_signal_during_a_nonblocking_connect_is_an_interrupted_error(
    net: ModuleType, listener: Any, closing: Closing, in_thread: Callable[..., Any]
) -> None:
    sock = closing(net.socket())
    sock.setblocking(False)
    (error,) = interrupted(lambda: sock.connect(listener.getsockname()), in_thread)
    assert type(error) is InterruptedError
    assert error.errno == errno.EINTR


@pytest.mark.req("MET-018", "MET-020")
def test_signal_during_a_nonblocking_connect_ex_is_returned(
    net: ModuleType, listener: Any, closing: Closing, in_thread: Callable[..., Any]
) -> None:
    sock = closing(net.socket())
    sock.setblocking(False)
    assert interrupted(lambda: sock.connect_ex(listener.getsockname()), in_thread) == [errno.EINTR]


SIGNALLED_CONNECT = """
import signal
class Refusal(Exception): pass
def refuse(*_): raise Refusal
signal.signal(signal.SIGUSR1, refuse)
with socket.socket() as sock:
    sock.setblocking(False)
    try:
        report(repr(sock.connect(("127.0.0.1", 9))))
    except Exception as error:
        report(type(error).__name__)
"""


@pytest.mark.req("MET-018")
def test_nonblocking_connect_ends_with_the_exception_of_the_handler(net: ModuleType, tmp_path: Path) -> None:
    shim = fresh.compile_shim("interrupted_connect", tmp_path)
    assert fresh.run(net, SIGNALLED_CONNECT, preload=shim, INTERRUPTED_CONNECT="1") == "Refusal"
