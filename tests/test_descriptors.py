"""Descriptors behind socket objects: socketpair() and its emulation, fromfd(), dup() and close()."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import fresh
import pytest
from isolation import run_python

METHODS: list[str] = json.loads(Path(__file__).with_name("documented_names.json").read_text("ascii"))["methods"]


def make_nonblocking(fd: int) -> None:
    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_NONBLOCK)


@pytest.fixture
def pair(net: ModuleType, closing: Any) -> Any:
    """Make a socketpair whose ends are closed when the test ends."""

    def make(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        left, right = net.socketpair(*args, **kwargs)
        return closing(left), closing(right)

    return make


@pytest.mark.req("FUN-016")
def test_a_pair_is_connected_both_ways(net: ModuleType, pair: Any) -> None:
    left, right = pair()
    left.send(b"there")
    right.send(b"back")
    assert (right.recv(10), left.recv(10)) == (b"there", b"back")


@pytest.mark.req("FUN-016")
@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET"])
def test_a_pair_has_the_family_type_and_proto_asked_for(net: ModuleType, pair: Any, kind: str) -> None:
    for end in pair(net.AF_UNIX, getattr(net, kind), 0):
        assert (end.family, end.type, end.proto) == (net.AF_UNIX, getattr(net, kind), 0)
        assert end.getsockopt(net.SOL_SOCKET, net.SO_TYPE) == getattr(net, kind)


@pytest.mark.req("FUN-016")
def test_a_pair_takes_its_arguments_by_keyword(net: ModuleType, pair: Any) -> None:
    assert pair(family=net.AF_UNIX, type=net.SOCK_DGRAM, proto=0)[0].type == net.SOCK_DGRAM


@pytest.mark.req("FUN-016")
def test_the_system_decides_which_families_have_pairs(net: ModuleType) -> None:
    with pytest.raises(OSError) as caught:
        net.socketpair(net.AF_INET)
    assert caught.value.errno == errno.EOPNOTSUPP


@pytest.mark.req("FUN-017")
def test_a_pair_is_of_af_unix_by_default(net: ModuleType, pair: Any) -> None:
    assert [end.family for end in pair()] == [net.AF_UNIX] * 2
    assert pair(None)[0].family == net.AF_UNIX


@pytest.mark.req("FUN-019")
def test_both_ends_are_full_socket_objects(net: ModuleType, pair: Any) -> None:
    for end in pair():
        assert type(end) is net.socket
        assert [name for name in METHODS if not hasattr(end, name)] == []


@pytest.mark.req("FUN-020")
def test_both_ends_are_not_inheritable(net: ModuleType, pair: Any) -> None:
    for end in pair():
        assert end.get_inheritable() is False
        assert fcntl.fcntl(end.fileno(), fcntl.F_GETFD) & fcntl.FD_CLOEXEC


@pytest.mark.req("FUN-021")
def test_sock_nonblock_makes_both_ends_nonblocking(net: ModuleType, pair: Any) -> None:
    for end in pair(net.AF_UNIX, net.SOCK_STREAM | net.SOCK_NONBLOCK):
        assert (end.type, end.gettimeout()) == (net.SOCK_STREAM, 0.0)
        assert fcntl.fcntl(end.fileno(), fcntl.F_GETFL) & os.O_NONBLOCK


def test_both_ends_follow_the_default_timeout(net: ModuleType, pair: Any) -> None:
    net.setdefaulttimeout(2.5)
    assert [end.gettimeout() for end in pair()] == [2.5, 2.5]


@pytest.mark.req("FUN-018")
@pytest.mark.simulated
@pytest.mark.stdlib_needs("_fallback_socketpair")
class TestEmulatedPair:
    def test_it_is_a_connected_pair_of_internet_sockets(self, net: ModuleType, closing: Any) -> None:
        left, right = map(closing, net._fallback_socketpair(net.AF_INET))
        left.sendall(b"x")
        assert right.recv(1) == b"x"
        assert (left.family, left.getpeername()) == (net.AF_INET, right.getsockname())

    def test_it_survives_a_nonblocking_default_timeout(self, net: ModuleType, closing: Any) -> None:
        net.setdefaulttimeout(0)
        left, right = map(closing, net._fallback_socketpair(net.AF_INET))
        left.setblocking(True)
        right.setblocking(True)
        left.sendall(b"x")
        assert right.recv(1) == b"x"

    def test_it_works_over_ipv6(self, net: ModuleType, closing: Any) -> None:
        left, right = map(closing, net._fallback_socketpair(net.AF_INET6))
        assert left.getpeername() == right.getsockname()

    @pytest.mark.parametrize("arguments", [("AF_UNIX", "SOCK_STREAM"), ("AF_INET", "SOCK_DGRAM")])
    def test_it_makes_internet_streams_only(self, net: ModuleType, arguments: tuple[str, str]) -> None:
        with pytest.raises(ValueError):
            net._fallback_socketpair(*(getattr(net, name) for name in arguments))


@pytest.mark.req("FUN-041")
def test_fromfd_duplicates_the_descriptor(net: ModuleType, tcp_pair: Any) -> None:
    client, server = tcp_pair
    copy = net.fromfd(client.fileno(), net.AF_INET, net.SOCK_STREAM)
    assert copy.fileno() != client.fileno()
    assert copy.getsockname() == client.getsockname()
    copy.close()
    client.sendall(b"still open")
    assert server.recv(100) == b"still open"


@pytest.mark.req("FUN-041")
def test_fromfd_reports_what_it_was_told(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    copy = closing(net.fromfd(sock.fileno(), net.AF_INET6, net.SOCK_DGRAM, 17))
    assert (copy.family, copy.type, copy.proto) == (net.AF_INET6, net.SOCK_DGRAM, 17)


@pytest.mark.req("FUN-041")
def test_fromfd_has_protocol_zero_by_default(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket())
    copy = closing(net.fromfd(sock.fileno(), net.AF_INET, net.SOCK_STREAM))
    assert (copy.proto, type(copy)) == (0, net.socket)


@pytest.fixture
def pipe_end(open_descriptors: Any) -> Any:
    """A descriptor that is no socket; whatever the test leaves open goes away with it."""
    before = open_descriptors()
    fd, _ = os.pipe()
    yield fd
    for extra in open_descriptors() - before:
        os.close(extra)


@pytest.mark.req("FUN-042")
def test_fromfd_of_a_pipe_fails_at_once(net: ModuleType, pipe_end: int) -> None:
    with pytest.raises(OSError) as caught:
        net.fromfd(pipe_end, net.AF_INET, net.SOCK_STREAM)
    assert caught.value.errno == errno.ENOTSOCK


@pytest.mark.berkeley_only("the interpreter leaks the duplicate that it could not use")
def test_fromfd_of_a_pipe_leaks_no_descriptor(net: ModuleType, pipe_end: int, open_descriptors: Any) -> None:
    before = open_descriptors()
    with pytest.raises(OSError):
        net.fromfd(pipe_end, net.AF_INET, net.SOCK_STREAM)
    assert open_descriptors() == before


@pytest.mark.req("FUN-042")
def test_fromfd_of_an_unused_descriptor_fails(net: ModuleType) -> None:
    with pytest.raises(OSError) as caught:
        net.fromfd(9999, net.AF_INET, net.SOCK_STREAM)
    assert caught.value.errno == errno.EBADF


INETD_CHILD = """
sock = net.fromfd(0, net.AF_INET, net.SOCK_STREAM)
sock.setsockopt(net.SOL_SOCKET, net.SO_KEEPALIVE, 1)
print(sock.getsockopt(net.SOL_SOCKET, net.SO_TYPE) == net.SOCK_STREAM)
sock.sendall(b"served")
sock.close()
"""


@pytest.mark.req("FUN-043")
def test_a_server_started_by_inetd_finds_its_socket_as_standard_input(net: ModuleType, tcp_pair: Any) -> None:
    client, server = tcp_pair
    assert run_python(f"import {net.__name__} as net\n{INETD_CHILD}", stdin=server) == "True\n"
    assert client.recv(100) == b"served"
    assert server.getsockopt(net.SOL_SOCKET, net.SO_KEEPALIVE) == 1


@pytest.mark.req("FUN-044")
def test_fromfd_takes_the_socket_to_be_blocking(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket())
    make_nonblocking(sock.fileno())
    copy = closing(net.fromfd(sock.fileno(), net.AF_INET, net.SOCK_STREAM))
    assert (copy.gettimeout(), copy.getblocking()) == (None, True)


@pytest.mark.req("FUN-044")
def test_fromfd_follows_the_default_timeout(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket())
    net.setdefaulttimeout(1.5)
    assert closing(net.fromfd(sock.fileno(), net.AF_INET, net.SOCK_STREAM)).gettimeout() == 1.5


@pytest.mark.req("FUN-045")
def test_the_duplicate_of_fromfd_is_not_inheritable(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket())
    sock.set_inheritable(True)
    copy = closing(net.fromfd(sock.fileno(), net.AF_INET, net.SOCK_STREAM))
    assert copy.get_inheritable() is False


def test_the_function_dup_duplicates_a_descriptor_without_inheritance(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket())
    fd = net.dup(sock.fileno())
    try:
        assert fd != sock.fileno()
        assert os.path.sameopenfile(fd, sock.fileno())
        assert os.get_inheritable(fd) is False
    finally:
        net.close(fd)


@pytest.mark.req("FUN-048")
def test_close_closes_a_bare_descriptor(net: ModuleType) -> None:
    fd = net.socket().detach()
    assert net.close(fd) is None
    with pytest.raises(OSError):
        os.fstat(fd)


@pytest.mark.req("FUN-048")
def test_close_of_an_unused_descriptor_fails(net: ModuleType) -> None:
    with pytest.raises(OSError) as caught:
        net.close(9999)
    assert caught.value.args == (errno.EBADF, "Bad file descriptor")


@pytest.mark.req("FUN-048")
@pytest.mark.parametrize("fd", ["3", None, 3.0])
def test_close_takes_an_int_only(net: ModuleType, fd: Any) -> None:
    with pytest.raises(TypeError):
        net.close(fd)


@pytest.mark.berkeley_only("decision: no integer argument is silently cut")
def test_close_of_a_descriptor_outside_a_c_int_overflows(net: ModuleType, closing: Any) -> None:
    owner = closing(net.socket())
    with pytest.raises(OverflowError):
        net.close(owner.fileno() + (1 << 32))
    os.fstat(owner.fileno())


@pytest.mark.berkeley_only("only berkeley imports an address format when the first socket of its family is made")
def test_a_descriptor_stays_the_callers_when_no_object_can_be_made_of_it(net: ModuleType) -> None:
    code = """
    sys.modules["berkeley.sockaddr.netlink"] = None
    original = socket.socket()
    try:
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0, original.fileno())
    except ImportError:
        report(original.getsockname()[0])
    original.close()
    """
    assert fresh.run(net, code) == "0.0.0.0"
