"""Making socket objects: socket(), its fileno argument, and SocketType."""

from __future__ import annotations

import errno
import fcntl
import os
from types import ModuleType
from typing import Any

import pytest

UNUSED_DESCRIPTOR = 9999


def identity(sock: Any) -> tuple[int, int, int]:
    return sock.family, sock.type, sock.proto


@pytest.fixture
def pipe_end() -> Any:
    ends = os.pipe()
    yield ends[0]
    for fd in ends:
        os.close(fd)


@pytest.mark.req("FUN-001")
def test_all_arguments_are_taken_by_position(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_DGRAM, net.IPPROTO_UDP, None))
    assert identity(sock) == (net.AF_INET, net.SOCK_DGRAM, net.IPPROTO_UDP)


@pytest.mark.req("FUN-001")
def test_all_arguments_are_taken_by_keyword_in_any_order(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket(type=net.SOCK_DGRAM, fileno=None, family=net.AF_INET, proto=17))
    assert identity(sock) == (net.AF_INET, net.SOCK_DGRAM, 17)


@pytest.mark.req("FUN-001")
def test_a_fifth_argument_is_refused(net: ModuleType) -> None:
    with pytest.raises(TypeError):
        net.socket(net.AF_INET, net.SOCK_STREAM, 0, None, None)


@pytest.mark.req("FUN-002", "FUN-005")
def test_no_arguments_make_an_internet_stream_socket(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket())
    assert identity(sock) == (net.AF_INET, net.SOCK_STREAM, 0)
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_DOMAIN) == net.AF_INET
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_TYPE) == net.SOCK_STREAM


@pytest.mark.req("FUN-005")
def test_proto_may_be_left_out(net: ModuleType, closing: Any) -> None:
    assert closing(net.socket(net.AF_INET, net.SOCK_STREAM)).proto == 0


@pytest.mark.req("FUN-015")
def test_minus_one_counts_as_not_given(net: ModuleType, closing: Any) -> None:
    assert identity(closing(net.socket(-1, -1, -1))) == (net.AF_INET, net.SOCK_STREAM, 0)


FAMILIES = {
    "AF_INET": ("SOCK_STREAM", "inet"),
    "AF_INET6": ("SOCK_STREAM", "ipv6"),
    "AF_UNIX": ("SOCK_STREAM", "unix"),
    "AF_NETLINK": ("SOCK_RAW", "netlink"),
    "AF_VSOCK": ("SOCK_STREAM", "vsock"),
    "AF_PACKET": ("SOCK_RAW", "af_packet"),
    "AF_CAN": ("SOCK_RAW", "can-raw"),
    "AF_RDS": ("SOCK_SEQPACKET", "rds"),
    "AF_TIPC": ("SOCK_RDM", "tipc"),
    "AF_ALG": ("SOCK_SEQPACKET", "af_alg"),
    "AF_QIPCRTR": ("SOCK_DGRAM", "qrtr"),
}


def open_or_skip(net: ModuleType, family: int, kind: int, proto: int, kernel_module: str) -> Any:
    try:
        return net.socket(family, kind, proto)
    except PermissionError:
        pytest.skip("this socket needs CAP_NET_RAW")
    except OSError as error:
        if error.errno not in (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT):
            raise
        pytest.skip(f"the kernel lacks {kernel_module}")


@pytest.mark.req("FUN-003")
@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_of_the_kernel_can_be_opened(net: ModuleType, name: str, closing: Any) -> None:
    kind, kernel_module = FAMILIES[name]
    family = getattr(net, name)
    sock = closing(open_or_skip(net, family, getattr(net, kind), 0, kernel_module))
    assert sock.family is family
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_DOMAIN) == family


@pytest.mark.req("FUN-006")
@pytest.mark.parametrize(
    ("kind", "proto", "kernel_module"),
    [
        ("SOCK_RAW", "CAN_RAW", "can-raw"),
        ("SOCK_DGRAM", "CAN_BCM", "can-bcm"),
        ("SOCK_DGRAM", "CAN_ISOTP", "can-isotp"),
        ("SOCK_DGRAM", "CAN_J1939", "can-j1939"),
    ],
)
def test_can_sockets_open_with_each_protocol(net: ModuleType, kind: str, proto: str, kernel_module: str) -> None:
    number = getattr(net, proto)
    with open_or_skip(net, net.AF_CAN, getattr(net, kind), number, kernel_module) as sock:
        assert sock.getsockopt(net.SOL_SOCKET, net.SO_PROTOCOL) == sock.proto == number


@pytest.mark.req("FUN-004")
@pytest.mark.parametrize(
    ("family", "kind"),
    [
        ("AF_INET", "SOCK_STREAM"),
        ("AF_INET", "SOCK_DGRAM"),
        ("AF_UNIX", "SOCK_STREAM"),
        ("AF_UNIX", "SOCK_DGRAM"),
        ("AF_UNIX", "SOCK_SEQPACKET"),
    ],
)
def test_the_type_reaches_the_kernel(net: ModuleType, family: str, kind: str, closing: Any) -> None:
    sock = closing(net.socket(getattr(net, family), getattr(net, kind)))
    assert sock.type is getattr(net, kind)
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_TYPE) == sock.type


@pytest.mark.req("FUN-004")
def test_raw_sockets_can_be_made(net: ModuleType, closing: Any) -> None:
    sock = closing(open_or_skip(net, net.AF_INET, net.SOCK_RAW, net.IPPROTO_ICMP, "inet"))
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_TYPE) == net.SOCK_RAW


@pytest.mark.req("FUN-007")
def test_family_type_and_proto_are_read_from_the_descriptor(net: ModuleType, closing: Any) -> None:
    first = net.socket(net.AF_INET6, net.SOCK_DGRAM)
    sock = closing(net.socket(fileno=first.detach()))
    assert identity(sock) == (net.AF_INET6, net.SOCK_DGRAM, net.IPPROTO_UDP)
    assert isinstance(sock.family, net.AddressFamily)
    assert isinstance(sock.type, net.SocketKind)


@pytest.mark.req("FUN-008")
def test_values_next_to_fileno_change_the_report_only(net: ModuleType, closing: Any) -> None:
    first = net.socket(net.AF_INET, net.SOCK_STREAM)
    sock = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM, 7, fileno=first.detach()))
    assert identity(sock) == (net.AF_UNIX, net.SOCK_DGRAM, 7)
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_TYPE) == net.SOCK_STREAM
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_DOMAIN) == net.AF_INET


@pytest.mark.req("FUN-008", "FAM-001")
def test_the_family_next_to_fileno_decides_how_addresses_are_read(net: ModuleType, closing: Any) -> None:
    first = net.socket(net.AF_INET, net.SOCK_DGRAM)
    sock = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM, fileno=first.detach()))
    with pytest.raises(TypeError):
        sock.bind(("127.0.0.1", 0))


@pytest.mark.req("FUN-008")
@pytest.mark.parametrize("given", ["family", "type", "proto"])
def test_what_is_not_stated_next_to_fileno_is_still_read(net: ModuleType, given: str, closing: Any) -> None:
    first = net.socket(net.AF_INET6, net.SOCK_DGRAM)
    sock = closing(net.socket(fileno=first.detach(), **{given: 5}))
    expected = {"family": net.AF_INET6, "type": net.SOCK_DGRAM, "proto": net.IPPROTO_UDP, given: 5}
    assert identity(sock) == tuple(expected.values())


@pytest.mark.req("FUN-009")
def test_fileno_takes_over_the_descriptor_itself(net: ModuleType) -> None:
    fd = net.socket().detach()
    sock = net.socket(fileno=fd)
    assert sock.fileno() == fd
    sock.close()
    with pytest.raises(OSError) as caught:
        os.fstat(fd)
    assert caught.value.errno == errno.EBADF


@pytest.mark.req("FUN-010")
def test_a_negative_descriptor_is_refused(net: ModuleType) -> None:
    with pytest.raises(ValueError, match="negative file descriptor"):
        net.socket(fileno=-1)


@pytest.mark.req("FUN-010")
def test_a_closed_descriptor_is_refused(net: ModuleType) -> None:
    with pytest.raises(OSError) as caught:
        net.socket(fileno=UNUSED_DESCRIPTOR)
    assert caught.value.errno == errno.EBADF


@pytest.mark.req("FUN-010")
def test_a_descriptor_that_is_no_socket_is_refused_and_left_open(net: ModuleType, pipe_end: int) -> None:
    with pytest.raises(OSError) as caught:
        net.socket(fileno=pipe_end)
    assert caught.value.errno == errno.ENOTSOCK
    os.fstat(pipe_end)


@pytest.mark.req("FUN-010")
@pytest.mark.parametrize("fileno", ["3", 3.0, b"3"])
def test_a_descriptor_must_be_an_int(net: ModuleType, fileno: Any) -> None:
    with pytest.raises(TypeError):
        net.socket(fileno=fileno)


@pytest.mark.berkeley_only("decision: no integer argument is silently cut; the interpreter adopts another descriptor")
@pytest.mark.parametrize("offset", [1 << 32, -(1 << 32), 1 << 64])
def test_a_descriptor_outside_a_c_int_overflows(net: ModuleType, offset: int, closing: Any) -> None:
    owner = closing(net.socket())
    with pytest.raises(OverflowError):
        net.socket(fileno=owner.fileno() + offset)
    assert owner.getsockname() == ("0.0.0.0", 0)


@pytest.mark.req("FUN-011")
def test_a_new_socket_is_not_inheritable(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket())
    assert sock.get_inheritable() is False
    assert fcntl.fcntl(sock.fileno(), fcntl.F_GETFD) & fcntl.FD_CLOEXEC


def status_flags(sock: Any) -> int:
    return fcntl.fcntl(sock.fileno(), fcntl.F_GETFL)


@pytest.mark.req("FUN-012")
@pytest.mark.parametrize("flags", [("SOCK_NONBLOCK",), ("SOCK_CLOEXEC",), ("SOCK_NONBLOCK", "SOCK_CLOEXEC")])
def test_flag_bits_reach_the_kernel_but_not_the_type_attribute(
    net: ModuleType, flags: tuple[str, ...], closing: Any
) -> None:
    bits = sum(getattr(net, flag) for flag in flags)
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM | bits))
    assert sock.type is net.SOCK_STREAM
    assert bool(status_flags(sock) & os.O_NONBLOCK) is ("SOCK_NONBLOCK" in flags)
    assert fcntl.fcntl(sock.fileno(), fcntl.F_GETFD) & fcntl.FD_CLOEXEC


@pytest.mark.req("FUN-013")
@pytest.mark.parametrize("default", [None, 5])
def test_sock_nonblock_wins_over_the_default_timeout(net: ModuleType, default: Any, closing: Any) -> None:
    net.setdefaulttimeout(default)
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM | net.SOCK_NONBLOCK))
    assert (sock.gettimeout(), sock.getblocking()) == (0.0, False)


@pytest.mark.parametrize("argument", ["family", "type", "proto"])
def test_arguments_of_the_wrong_type_are_refused(net: ModuleType, argument: str) -> None:
    with pytest.raises(TypeError):
        net.socket(**{argument: "2"})


def test_a_failed_socket_call_leaks_no_descriptor(net: ModuleType, open_descriptors: Any) -> None:
    before = open_descriptors()
    with pytest.raises(OSError):
        net.socket(63, net.SOCK_STREAM)
    assert open_descriptors() == before


@pytest.mark.req("FUN-047")
def test_socket_objects_are_instances_of_socket_type(net: ModuleType, closing: Any) -> None:
    assert isinstance(closing(net.socket()), net.SocketType)


@pytest.mark.req("FUN-047")
def test_socket_is_a_python_subclass_of_socket_type(net: ModuleType) -> None:
    assert net.SocketType in net.socket.__mro__[1:]
    with pytest.raises(TypeError):
        net.SocketType.recv = None
