"""When and how a socket is closed: close, the context manager, garbage collection, shared descriptors."""

from __future__ import annotations

import errno
import gc
import io
import os
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import failing_calls
import pytest

Closing = Callable[[Any], Any]
OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "accept": lambda sock: sock.accept(),
    "bind": lambda sock: sock.bind(("127.0.0.1", 0)),
    "connect": lambda sock: sock.connect(("127.0.0.1", 9)),
    "dup": lambda sock: sock.dup(),
    "get_inheritable": lambda sock: sock.get_inheritable(),
    "getpeername": lambda sock: sock.getpeername(),
    "getsockname": lambda sock: sock.getsockname(),
    "getsockopt": lambda sock: sock.getsockopt(1, 3),
    "listen": lambda sock: sock.listen(),
    "recv": lambda sock: sock.recv(1),
    "recv_into": lambda sock: sock.recv_into(bytearray(1)),
    "recvfrom": lambda sock: sock.recvfrom(1),
    "recvfrom_into": lambda sock: sock.recvfrom_into(bytearray(1)),
    "recvmsg": lambda sock: sock.recvmsg(1),
    "recvmsg_into": lambda sock: sock.recvmsg_into([bytearray(1)]),
    "send": lambda sock: sock.send(b"x"),
    "sendall": lambda sock: sock.sendall(b"x"),
    "sendfile": lambda sock: sock.sendfile(io.BytesIO(b"x")),
    "sendmsg": lambda sock: sock.sendmsg([b"x"]),
    "sendto": lambda sock: sock.sendto(b"x", ("127.0.0.1", 9)),
    "set_inheritable": lambda sock: sock.set_inheritable(True),
    "setblocking": lambda sock: sock.setblocking(True),
    "setsockopt": lambda sock: sock.setsockopt(1, 2, 1),
    "settimeout": lambda sock: sock.settimeout(1),
    "shutdown": lambda sock: sock.shutdown(2),
}


def is_open(fd: int) -> bool:
    return os.path.exists(f"/proc/self/fd/{fd}")


@pytest.mark.req("MET-002")
def test_leaving_a_with_block_closes_the_socket(net: ModuleType) -> None:
    with net.socket() as sock:
        fd = sock.fileno()
        assert is_open(fd)
    assert sock.fileno() == -1
    assert not is_open(fd)


@pytest.mark.req("MET-002")
def test_with_block_gives_the_socket_itself(net: ModuleType) -> None:
    sock = net.socket()
    with sock as entered:
        assert entered is sock


@pytest.mark.req("MET-002")
def test_with_block_that_raises_closes_the_socket_and_passes_the_exception_on(net: ModuleType) -> None:
    with pytest.raises(ZeroDivisionError), net.socket() as sock:
        raise ZeroDivisionError
    assert sock.fileno() == -1


@pytest.mark.req("MET-009")
def test_descriptor_stays_open_until_the_file_made_from_it_is_closed(
    net: ModuleType, unix_pair: tuple[Any, Any]
) -> None:
    left, right = unix_pair
    file = left.makefile("wb")
    left.close()
    file.write(b"after close")
    file.flush()
    assert right.recv(32) == b"after close"
    file.close()
    assert right.recv(32) == b""


@pytest.mark.req("MET-009")
def test_descriptor_closes_with_the_last_of_several_files(net: ModuleType, unix_pair: tuple[Any, Any]) -> None:
    left, _ = unix_pair
    fd = left.fileno()
    files = [left.makefile("rb"), left.makefile("wb")]
    left.close()
    files[0].close()
    assert is_open(fd)
    files[1].close()
    assert not is_open(fd)


@pytest.mark.req("MET-010")
@pytest.mark.parametrize("name", OPERATIONS)
def test_operation_on_a_closed_socket_is_a_bad_descriptor(net: ModuleType, name: str) -> None:
    sock = net.socket()
    sock.close()
    with pytest.raises(OSError) as caught:
        OPERATIONS[name](sock)
    assert caught.value.errno == errno.EBADF


@pytest.mark.req("MET-010")
def test_connect_ex_on_a_closed_socket_returns_the_bad_descriptor_errno(net: ModuleType) -> None:
    sock = net.socket()
    sock.close()
    assert sock.connect_ex(("127.0.0.1", 9)) == errno.EBADF


@pytest.mark.req("MET-010")
def test_peer_gets_the_queued_data_and_then_the_end_of_the_stream(net: ModuleType, tcp_pair: tuple[Any, Any]) -> None:
    client, server = tcp_pair
    client.sendall(b"queued")
    client.close()
    assert server.recv(32) == b"queued"
    assert server.recv(32) == b""


@pytest.mark.req("MET-011")
def test_garbage_collection_closes_the_descriptor(net: ModuleType) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        sock = net.socket()
        fd = sock.fileno()
        assert is_open(fd)
        del sock
        gc.collect()
    assert not is_open(fd)


@pytest.mark.req("MET-011")
def test_garbage_collection_closes_a_socket_in_a_reference_cycle(net: ModuleType) -> None:
    class Knot(net.socket):  # type: ignore[name-defined,misc]
        pass

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        knot = Knot()
        knot.itself = knot
        fd = knot.fileno()
        del knot
        gc.collect()
    assert not is_open(fd)


def open_and_forget(net: ModuleType) -> None:
    sock = net.socket()
    del sock
    gc.collect()


@pytest.mark.req("MET-012")
def test_collecting_an_unclosed_socket_warns_and_names_it(net: ModuleType) -> None:
    with pytest.warns(ResourceWarning, match="unclosed <.*socket.*fd=") as caught:
        open_and_forget(net)
    assert len(caught) == 1


@pytest.mark.req("MET-012")
def test_collecting_a_closed_socket_does_not_warn(net: ModuleType) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sock = net.socket()
        sock.close()
        del sock
        gc.collect()
    assert caught == []


@pytest.mark.req("MET-013")
def test_close_raises_the_error_of_the_system_call(net: ModuleType) -> None:
    sock = net.socket()
    os.close(sock.fileno())
    with pytest.raises(OSError) as caught:
        sock.close()
    assert caught.value.errno == errno.EBADF


@pytest.mark.req("MET-013")
def test_failed_close_is_not_tried_again(net: ModuleType) -> None:
    sock = net.socket()
    os.close(sock.fileno())
    with pytest.raises(OSError):
        sock.close()
    assert sock.fileno() == -1
    sock.close()


def close_in_a_thread(sock: Any, failure: int, in_thread: Callable[..., Any]) -> list[object]:
    """What close() did when the system call gave `failure`: None or the errno that was raised."""
    failing_calls.skip_unless_possible()
    outcome: list[object] = []
    fd = sock.fileno()

    def close() -> None:
        failing_calls.fail("close", failure, fd)
        try:
            outcome.append(sock.close())
        except OSError as error:
            outcome.append(error.errno)

    in_thread(close).join()
    os.close(fd)
    return outcome


@pytest.mark.req("MET-013")
def test_close_ignores_a_connection_reset(net: ModuleType, in_thread: Callable[..., Any]) -> None:
    assert close_in_a_thread(net.socket(), errno.ECONNRESET, in_thread) == [None]


@pytest.mark.req("MET-013")
def test_close_reports_an_input_output_error(net: ModuleType, in_thread: Callable[..., Any]) -> None:
    assert close_in_a_thread(net.socket(), errno.EIO, in_thread) == [errno.EIO]


@pytest.mark.req("MET-014")
def test_close_does_not_end_a_connection_that_a_duplicate_keeps_open(
    net: ModuleType, tcp_pair: tuple[Any, Any], closing: Closing
) -> None:
    client, server = tcp_pair
    closing(client.dup())
    client.close()
    server.settimeout(0.05)
    with pytest.raises(TimeoutError):
        server.recv(1)


@pytest.mark.req("MET-014")
def test_shutdown_ends_a_connection_although_a_duplicate_is_open(
    net: ModuleType, tcp_pair: tuple[Any, Any], closing: Closing
) -> None:
    client, server = tcp_pair
    closing(client.dup())
    client.shutdown(net.SHUT_RDWR)
    client.close()
    server.settimeout(5)
    assert server.recv(1) == b""


@pytest.mark.req("MET-015")
def test_closing_twice_is_harmless(net: ModuleType) -> None:
    sock = net.socket()
    sock.close()
    assert sock.close() is None


@pytest.mark.req("MET-015")
def test_second_close_does_not_close_a_descriptor_that_was_reused(net: ModuleType, closing: Closing) -> None:
    first = net.socket()
    fd = first.fileno()
    first.close()
    second = closing(net.socket())
    assert second.fileno() == fd
    first.close()
    assert is_open(fd)
