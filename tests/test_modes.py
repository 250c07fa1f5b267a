"""The three modes of a socket: how it gets into one, what it means for its calls, and what accept hands on."""

from __future__ import annotations

import errno
import os
import select
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import failing_calls
import fresh
import pytest

Closing = Callable[[Any], Any]
InThread = Callable[..., threading.Thread]
Pair = tuple[Any, Any]


@pytest.mark.req("BEH-001")
def test_socket_is_always_in_exactly_one_of_three_modes(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket())
    for timeout, blocking in [(None, True), (0, False), (2.5, True), (0, False), (None, True), (2.5, True)]:
        sock.settimeout(timeout)
        assert (sock.gettimeout(), sock.getblocking()) == (timeout, blocking)


def new_sockets(net: ModuleType, closing: Closing) -> dict[str, Any]:
    """One socket of each way to make one."""
    made = {"socket": net.socket(), "fileno": net.socket(fileno=net.socket().detach())}
    made["fromfd"] = net.fromfd(made["socket"].fileno(), net.AF_INET, net.SOCK_STREAM)
    made["left"], made["right"] = net.socketpair()
    return {name: closing(sock) for name, sock in made.items()}


@pytest.mark.req("BEH-002")
def test_new_sockets_block(net: ModuleType, closing: Closing) -> None:
    assert {name: sock.gettimeout() for name, sock in new_sockets(net, closing).items()} == dict.fromkeys(
        ["socket", "fileno", "fromfd", "left", "right"]
    )


@pytest.mark.req("BEH-002")
@pytest.mark.parametrize("timeout", [0.25, 0.0])
def test_new_sockets_take_the_default_timeout(net: ModuleType, closing: Closing, timeout: float) -> None:
    net.setdefaulttimeout(timeout)
    for sock in new_sockets(net, closing).values():
        assert sock.gettimeout() == timeout
        assert os.get_blocking(sock.fileno()) is False


@pytest.mark.req("BEH-003")
def test_blocking_call_waits_until_it_is_done(unix_pair: Pair, in_thread: InThread) -> None:
    left, right = unix_pair

    def send_later() -> None:
        time.sleep(0.05)
        right.sendall(b"late")

    began = time.monotonic()
    in_thread(send_later)
    assert left.recv(16) == b"late"
    assert time.monotonic() - began >= 0.045


@pytest.mark.req("BEH-003")
def test_blocking_call_waits_until_the_system_reports_an_error(
    net: ModuleType, tcp_pair: Pair, in_thread: InThread
) -> None:
    client, server = tcp_pair

    def reset_later() -> None:
        time.sleep(0.05)
        server.setsockopt(net.SOL_SOCKET, net.SO_LINGER, struct.pack("ii", 1, 0))
        server.close()

    in_thread(reset_later)
    with pytest.raises(ConnectionResetError):
        client.recv(1)


@pytest.mark.req("BEH-004")
def test_select_tells_when_a_nonblocking_socket_can_receive(unix_pair: Pair) -> None:
    left, right = unix_pair
    left.setblocking(False)
    with pytest.raises(BlockingIOError):
        left.recv(1)
    assert select.select([left], [], [], 0)[0] == []
    right.sendall(b"x")
    assert select.select([left], [], [], 5)[0] == [left]
    assert left.recv(1) == b"x"


@pytest.mark.req("BEH-004")
def test_select_tells_when_a_nonblocking_socket_can_accept(net: ModuleType, listener: Any, closing: Closing) -> None:
    listener.setblocking(False)
    with pytest.raises(BlockingIOError):
        listener.accept()
    closing(net.socket()).connect(listener.getsockname())
    assert select.select([listener], [], [], 5)[0] == [listener]
    closing(listener.accept()[0])


@pytest.mark.req("BEH-004")
def test_select_tells_when_a_nonblocking_socket_is_connected(net: ModuleType, listener: Any, closing: Closing) -> None:
    client = closing(net.socket())
    client.setblocking(False)
    with pytest.raises(BlockingIOError) as caught:
        client.connect(listener.getsockname())
    assert caught.value.errno == errno.EINPROGRESS
    assert select.select([], [client], [], 5)[1] == [client]
    assert client.getpeername() == listener.getsockname()


@pytest.mark.req("BEH-005")
def test_timeout_mode_passes_on_the_error_of_the_system(net: ModuleType, tcp_pair: Pair) -> None:
    client, server = tcp_pair
    client.settimeout(5)
    server.setsockopt(net.SOL_SOCKET, net.SO_LINGER, struct.pack("ii", 1, 0))
    server.close()
    with pytest.raises(ConnectionResetError):
        client.recv(1)


@pytest.mark.req("BEH-005")
def test_call_with_a_timeout_ends_as_soon_as_it_can(unix_pair: Pair, in_thread: InThread) -> None:
    left, right = unix_pair
    left.settimeout(30)

    def send_later() -> None:
        time.sleep(0.02)
        right.sendall(b"x")

    began = time.monotonic()
    in_thread(send_later)
    assert left.recv(1) == b"x"
    assert time.monotonic() - began < 10


@pytest.mark.req("BEH-006")
@pytest.mark.parametrize(("timeout", "blocking"), [(None, True), (1, False), (0, False)])
def test_descriptor_blocks_without_a_timeout_only(
    net: ModuleType, closing: Closing, timeout: float | None, blocking: bool
) -> None:
    sock = closing(net.socket())
    sock.settimeout(timeout)
    assert os.get_blocking(sock.fileno()) is blocking


@pytest.mark.req("BEH-007")
@pytest.mark.parametrize("copy", ["dup", "fromfd"])
def test_descriptors_of_one_socket_share_the_blocking_state(net: ModuleType, closing: Closing, copy: str) -> None:
    sock = closing(net.socket())
    twin = closing(sock.dup() if copy == "dup" else net.fromfd(sock.fileno(), sock.family, sock.type))
    twin.setblocking(False)
    assert os.get_blocking(sock.fileno()) is False
    assert sock.gettimeout() is None
    twin.setblocking(True)
    assert os.get_blocking(sock.fileno()) is True


@pytest.mark.req("BEH-008")
def test_connect_obeys_the_timeout_set_before_it(
    net: ModuleType, full_backlog: tuple[str, int], closing: Closing
) -> None:
    net.setdefaulttimeout(0.05)
    sock = closing(net.socket())
    sock.settimeout(0.2)
    began = time.monotonic()
    with pytest.raises(TimeoutError) as caught:
        sock.connect(full_backlog)
    assert 0.19 <= time.monotonic() - began < 5
    assert caught.value.errno is None


@pytest.mark.req("BEH-009", "BEH-003")
@pytest.mark.parametrize("timeout", [None, 30])
def test_connection_timeout_of_the_system_comes_before_that_of_the_socket(
    net: ModuleType, full_backlog: tuple[str, int], closing: Closing, timeout: float | None
) -> None:
    sock = closing(net.socket())
    sock.settimeout(timeout)
    # The kernel looks at this limit (in ms) when its first retransmission is due, 1 s after the request.
    sock.setsockopt(net.IPPROTO_TCP, net.TCP_USER_TIMEOUT, 1)
    with pytest.raises(TimeoutError) as caught:
        sock.connect(full_backlog)
    assert caught.value.args == (errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
    assert caught.value.errno == errno.ETIMEDOUT


def accept_one(net: ModuleType, listener: Any, closing: Closing) -> Any:
    """Accept a connection that is there already."""
    closing(net.socket()).connect(listener.getsockname())
    select.select([listener], [], [], 5)
    return closing(listener.accept()[0])


@pytest.mark.req("BEH-010")
@pytest.mark.parametrize("timeout", [None, 5, 0])
@pytest.mark.parametrize("default", [0.25, 0.0])
def test_accepted_socket_takes_the_default_timeout(
    net: ModuleType, listener: Any, closing: Closing, timeout: float | None, default: float
) -> None:
    listener.settimeout(timeout)
    client = closing(net.socket())
    client.connect(listener.getsockname())
    select.select([listener], [], [], 5)
    net.setdefaulttimeout(default)
    conn = closing(listener.accept()[0])
    assert conn.gettimeout() == default
    assert os.get_blocking(conn.fileno()) is False


@pytest.mark.req("BEH-011")
@pytest.mark.parametrize("timeout", [None, 5])
def test_listener_that_waits_yields_a_blocking_socket(
    net: ModuleType, listener: Any, closing: Closing, timeout: float | None
) -> None:
    listener.settimeout(timeout)
    conn = accept_one(net, listener, closing)
    assert conn.gettimeout() is None
    assert os.get_blocking(conn.fileno()) is True


@pytest.mark.req("BEH-012")
def test_nonblocking_listener_yields_a_blocking_socket_on_linux(
    net: ModuleType, listener: Any, closing: Closing
) -> None:
    listener.setblocking(False)
    conn = accept_one(net, listener, closing)
    assert conn.gettimeout() is None
    assert os.get_blocking(conn.fileno()) is True


ACCEPT = """
import os, select
with socket.socket() as listener, socket.socket() as client:
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    listener.settimeout({timeout})
    client.connect(listener.getsockname())
    select.select([listener], [], [], 5)
    with listener.accept()[0] as conn:
        report([conn.gettimeout(), os.get_blocking(conn.fileno())])
"""


@pytest.mark.req("BEH-012")
@pytest.mark.simulated
@pytest.mark.parametrize(("timeout", "blocking"), [(None, True), (0, False)])
def test_only_a_nonblocking_listener_yields_a_nonblocking_descriptor_on_bsd(
    net: ModuleType, tmp_path: Path, timeout: float | None, blocking: bool
) -> None:
    shim = fresh.compile_shim("inheriting_accept", tmp_path)
    assert fresh.run(net, ACCEPT.format(timeout=timeout), preload=shim) == [None, blocking]


@pytest.mark.req("BEH-015")
@pytest.mark.parametrize(("family", "host"), [("AF_INET", "127.0.0.1"), ("AF_INET6", "::1"), ("AF_INET", "")])
def test_numeric_host_needs_no_file_of_the_resolver(
    net: ModuleType, closing: Closing, in_thread: InThread, family: str, host: str
) -> None:
    failing_calls.skip_unless_possible()
    sock = closing(net.socket(getattr(net, family), net.SOCK_DGRAM))
    outcome: list[object] = []

    def bind() -> None:
        failing_calls.fail("openat", errno.EACCES)
        try:
            outcome.append(sock.bind((host, 0)))
        except OSError as error:
            outcome.append(error)

    in_thread(bind).join()
    assert outcome == [None]


@pytest.mark.req("BEH-015")
def test_host_name_is_looked_up(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket())
    sock.bind(("localhost", 0))
    assert sock.getsockname()[0].startswith("127.")


@pytest.mark.req("BEH-020")
def test_server_echoes_to_two_clients_one_after_the_other(
    net: ModuleType, closing: Closing, in_thread: InThread
) -> None:
    server = closing(net.socket())
    server.bind(("127.0.0.1", 0))
    server.listen(1)

    def serve() -> None:
        for _ in range(2):
            conn, _ = server.accept()
            with conn:
                while data := conn.recv(1024):
                    conn.sendall(data)

    in_thread(serve)
    for message in (b"Hello, world", b"hello again"):
        with net.socket() as client:
            client.connect(server.getsockname())
            client.sendall(message)
            assert client.recv(1024) == message


@pytest.mark.req("BEH-020")
@pytest.mark.parametrize("action", ["send", "sendall", "recv"])
def test_no_data_flows_on_the_listener(net: ModuleType, listener: Any, closing: Closing, action: str) -> None:
    closing(net.socket()).connect(listener.getsockname())
    with pytest.raises(OSError) as caught:
        getattr(listener, action)(1 if action == "recv" else b"x")
    assert caught.value.errno in (errno.ENOTCONN, errno.EPIPE)
