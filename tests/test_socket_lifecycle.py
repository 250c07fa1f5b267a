"""How a socket object gets, shares and hands over its descriptor: fileno, detach, dup, inheritance."""

from __future__ import annotations

import errno
import fcntl
import gc
import os
import select
import struct
import subprocess
import termios
import weakref
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

Closing = Callable[[Any], Any]
Pair = tuple[Any, Any]


def is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


@pytest.mark.req("MET-024")
def test_detach_returns_the_open_descriptor_and_closes_the_object(net: ModuleType) -> None:
    sock = net.socket()
    expected = sock.fileno()
    fd = sock.detach()
    try:
        assert fd == expected
        assert sock.fileno() == -1
        assert is_open(fd)
        with pytest.raises(OSError) as caught:
            sock.getsockname()
        assert caught.value.errno == errno.EBADF
    finally:
        os.close(fd)


@pytest.mark.req("MET-024")
def test_closing_a_detached_object_leaves_the_descriptor_open(net: ModuleType) -> None:
    sock = net.socket()
    fd = sock.detach()
    sock.close()
    assert is_open(fd)
    os.close(fd)


@pytest.mark.req("MET-024")
def test_collecting_a_detached_object_is_silent_and_leaves_the_descriptor_open(net: ModuleType) -> None:
    sock = net.socket()
    fd = sock.detach()
    del sock
    gc.collect()
    assert is_open(fd)
    os.close(fd)


@pytest.mark.req("MET-024")
def test_detaching_twice_gives_minus_one(net: ModuleType) -> None:
    sock = net.socket()
    os.close(sock.detach())
    assert sock.detach() == -1


@pytest.mark.req("MET-030")
def test_detached_descriptor_works_with_fdopen(net: ModuleType, unix_pair: Pair) -> None:
    left, right = unix_pair
    with os.fdopen(left.detach(), "rb") as file:
        right.sendall(b"a line\n")
        assert file.readline() == b"a line\n"


@pytest.mark.req("MET-025")
def test_dup_is_another_descriptor_of_the_same_connection(net: ModuleType, tcp_pair: Pair, closing: Closing) -> None:
    client, server = tcp_pair
    twin = closing(client.dup())
    assert twin.fileno() != client.fileno()
    assert twin.getpeername() == client.getpeername()
    twin.sendall(b"x")
    assert server.recv(1) == b"x"


@pytest.mark.req("MET-025")
def test_dup_has_the_family_type_proto_and_timeout_of_the_original(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket(net.AF_INET6, net.SOCK_DGRAM, net.IPPROTO_UDP))
    sock.settimeout(2.5)
    twin = closing(sock.dup())
    assert (twin.family, twin.type, twin.proto) == (net.AF_INET6, net.SOCK_DGRAM, net.IPPROTO_UDP)
    assert twin.gettimeout() == 2.5


@pytest.mark.req("MET-025")
def test_dup_keeps_the_subclass(net: ModuleType, closing: Closing) -> None:
    class Special(net.socket):  # type: ignore[name-defined,misc]
        pass

    assert type(closing(closing(Special()).dup())) is Special


@pytest.mark.req("MET-025")
def test_dup_stays_usable_after_the_original_was_closed(net: ModuleType, unix_pair: Pair) -> None:
    left, right = unix_pair
    with left.dup() as twin:
        left.close()
        twin.sendall(b"still here")
        assert right.recv(32) == b"still here"


@pytest.mark.req("MET-026")
def test_dup_is_not_inheritable_even_when_the_original_is(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket())
    sock.set_inheritable(True)
    assert closing(sock.dup()).get_inheritable() is False


@pytest.mark.req("MET-028")
def test_fileno_is_the_descriptor_of_an_open_socket(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket())
    assert type(sock.fileno()) is int
    assert os.readlink(f"/proc/self/fd/{sock.fileno()}").startswith("socket:[")


@pytest.mark.req("MET-028")
def test_fileno_of_a_closed_socket_is_minus_one(net: ModuleType) -> None:
    sock = net.socket()
    sock.close()
    assert sock.fileno() == -1


@pytest.mark.req("MET-029")
def test_socket_can_be_handed_to_select(net: ModuleType, unix_pair: Pair) -> None:
    left, right = unix_pair
    assert select.select([left], [], [], 0) == ([], [], [])
    right.sendall(b"x")
    assert select.select([left], [left], [], 5) == ([left], [left], [])


@pytest.mark.req("MET-042")
def test_fcntl_takes_a_socket(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket())
    assert not fcntl.fcntl(sock, fcntl.F_GETFL) & os.O_NONBLOCK
    sock.setblocking(False)
    assert fcntl.fcntl(sock, fcntl.F_GETFL) & os.O_NONBLOCK


@pytest.mark.req("MET-042")
def test_ioctl_takes_a_socket(net: ModuleType, unix_pair: Pair) -> None:
    left, right = unix_pair
    right.sendall(b"seven b")
    answer = fcntl.ioctl(left, termios.FIONREAD, struct.pack("i", 0))
    assert struct.unpack("i", answer) == (7,)


@pytest.mark.req("MET-031")
def test_inheritable_flag_is_false_at_first_and_follows_set_inheritable(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket())
    assert sock.get_inheritable() is False
    sock.set_inheritable(True)
    assert sock.get_inheritable() is True
    assert os.get_inheritable(sock.fileno())
    sock.set_inheritable(False)
    assert sock.get_inheritable() is False


def socket_inodes_of_a_child() -> set[int]:
    """The sockets that a child process gets when nobody closes descriptors for it."""
    script = 'for fd in /proc/self/fd/*; do readlink "$fd"; done'
    links = subprocess.run(["sh", "-c", script], close_fds=False, capture_output=True, text=True, check=False).stdout
    return {int(line[len("socket:[") : -1]) for line in links.splitlines() if line.startswith("socket:[")}


@pytest.mark.req("BEH-016", "MET-004", "MET-026")
def test_no_created_descriptor_reaches_a_child_process(net: ModuleType, tcp_pair: Pair, closing: Closing) -> None:
    client, accepted = tcp_pair
    # Duplicates have the inode of their original: they get originals of their own, closed before the child starts.
    originals = [net.socket(), net.socket()]
    twins = [closing(originals[0].dup()), closing(net.fromfd(originals[1].fileno(), net.AF_INET, net.SOCK_STREAM))]
    for original in originals:
        original.close()
    marker = closing(net.socket())
    marker.set_inheritable(True)
    created = [client, accepted, *map(closing, net.socketpair()), *twins]
    inherited = socket_inodes_of_a_child()
    assert os.fstat(marker.fileno()).st_ino in inherited
    assert not {os.fstat(sock.fileno()).st_ino for sock in created} & inherited


def pass_a_descriptor(net: ModuleType, sock: Any) -> None:
    sock.sendmsg([b"x"], [(net.SOL_SOCKET, net.SCM_RIGHTS, struct.pack("i", sock.fileno()))])


@pytest.mark.req("BEH-017")
@pytest.mark.parametrize(("flag", "inheritable"), [(None, True), ("MSG_CMSG_CLOEXEC", False)])
def test_descriptor_received_with_recvmsg_is_as_the_system_delivers_it(
    net: ModuleType, unix_pair: Pair, flag: str | None, inheritable: bool
) -> None:
    left, right = unix_pair
    pass_a_descriptor(net, right)
    flags = getattr(net, flag) if flag else 0
    ((_, _, data),) = left.recvmsg(1, net.CMSG_SPACE(4), flags)[1]
    (fd,) = struct.unpack("i", data)
    try:
        assert os.get_inheritable(fd) is inheritable
    finally:
        os.close(fd)


@pytest.mark.req("BEH-017")
@pytest.mark.berkeley_only("the interpreter's own recv_fds ignores its flags and leaves descriptors inheritable")
@pytest.mark.parametrize("flag", [None, "MSG_CMSG_CLOEXEC"])
def test_descriptor_received_with_recv_fds_is_not_inheritable(
    net: ModuleType, unix_pair: Pair, flag: str | None
) -> None:
    left, right = unix_pair
    pass_a_descriptor(net, right)
    _, (fd,), _, _ = net.recv_fds(left, 1, 1, getattr(net, flag) if flag else 0)
    try:
        assert os.get_inheritable(fd) is False
    finally:
        os.close(fd)


@pytest.mark.req("MET-011")
def test_weak_reference_dies_with_the_socket(net: ModuleType) -> None:
    sock = net.socket()
    reference = weakref.ref(sock)
    assert reference() is sock
    sock.close()
    del sock
    gc.collect()
    assert reference() is None
