"""AF_KCM: messages out of the bytes of TCP connections, which a BPF program tells apart."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import bpf
import pytest

pytestmark = pytest.mark.stdlib_needs("AF_KCM")


@pytest.fixture(scope="module")
def parser() -> Iterator[int]:
    """A program that finds the length of a message in its first two bytes."""
    instructions = (
        bpf.instruction(0xBF, target=6, source=1)  # r6 = the packet
        + bpf.instruction(0x28)  # r0 = its first 16 bits, in host order
        + bpf.instruction(0x95)  # return
    )
    program = bpf.load(bpf.PROG_TYPE_SOCKET_FILTER, instructions)
    yield program
    os.close(program)


def message(content: bytes) -> bytes:
    return struct.pack("!H", 2 + len(content)) + content


def multiplexor(net: ModuleType, closing: Any) -> Any:
    sock = closing(net.socket(net.AF_KCM, net.SOCK_DGRAM, net.KCMPROTO_CONNECTED))
    sock.settimeout(10)
    return sock


def attach(net: ModuleType, sock: Any, connection: Any, parser: int) -> None:
    # struct kcm_attach: the connection and the program.
    fcntl.ioctl(sock.fileno(), net.SIOCKCMATTACH, struct.pack("=ii", connection.fileno(), parser))


def test_a_message_is_received_whole_though_it_comes_in_parts(
    net: ModuleType, closing: Any, tcp_pair: tuple[Any, Any], parser: int
) -> None:
    client, server = tcp_pair
    sock = multiplexor(net, closing)
    attach(net, sock, server, parser)
    for sent in (message(b"first"), message(b"the second one")):
        client.sendall(sent[:3])
        client.sendall(sent[3:])
        assert sock.recv(100) == sent


def test_a_message_is_sent_through_the_connection(
    net: ModuleType, closing: Any, tcp_pair: tuple[Any, Any], parser: int
) -> None:
    client, server = tcp_pair
    sock = multiplexor(net, closing)
    attach(net, sock, server, parser)
    sock.send(message(b"one"))
    sock.sendmsg([message(b"two")[:3], message(b"two")[3:]])
    client.settimeout(10)
    with client.makefile("rb") as stream:
        assert stream.read(10) == message(b"one") + message(b"two")


def test_two_multiplexors_exchange_messages(
    net: ModuleType, closing: Any, tcp_pair: tuple[Any, Any], parser: int
) -> None:
    left, right = (multiplexor(net, closing) for _ in range(2))
    attach(net, left, tcp_pair[0], parser)
    attach(net, right, tcp_pair[1], parser)
    left.send(message(b"ping"))
    assert right.recv(100) == message(b"ping")
    right.send(message(b"pong" * 1000))
    assert left.recv(10000) == message(b"pong" * 1000)


def test_a_clone_serves_the_same_connections(
    net: ModuleType, closing: Any, tcp_pair: tuple[Any, Any], parser: int
) -> None:
    client, server = tcp_pair
    sock = multiplexor(net, closing)
    attach(net, sock, server, parser)
    # struct kcm_clone: the new descriptor.
    fd = struct.unpack("=i", fcntl.ioctl(sock.fileno(), net.SIOCKCMCLONE, bytes(4)))[0]
    clone = closing(net.socket(net.AF_KCM, net.SOCK_DGRAM, net.KCMPROTO_CONNECTED, fileno=fd))
    clone.send(message(b"from the clone"))
    assert client.recv(100) == message(b"from the clone")


@pytest.mark.berkeley_only("the interpreter's own module asks getsockname(), which this family lacks")
def test_the_family_of_a_clone_is_read_from_the_descriptor(net: ModuleType, closing: Any) -> None:
    sock = multiplexor(net, closing)
    found = closing(net.socket(fileno=os.dup(sock.fileno())))
    assert (found.family, found.type) == (net.AF_KCM, net.SOCK_DGRAM)


def test_a_connection_is_given_back(net: ModuleType, closing: Any, tcp_pair: tuple[Any, Any], parser: int) -> None:
    client, server = tcp_pair
    sock = multiplexor(net, closing)
    attach(net, sock, server, parser)
    fcntl.ioctl(sock.fileno(), net.SIOCKCMUNATTACH, struct.pack("=i", server.fileno()))
    client.sendall(b"bytes")
    server.settimeout(10)
    assert server.recv(100) == b"bytes"


def test_receiving_is_switched_off_by_option(net: ModuleType, closing: Any) -> None:
    sock = multiplexor(net, closing)
    assert sock.getsockopt(net.SOL_KCM, net.KCM_RECV_DISABLE) == 0
    sock.setsockopt(net.SOL_KCM, net.KCM_RECV_DISABLE, 1)
    assert sock.getsockopt(net.SOL_KCM, net.KCM_RECV_DISABLE) == 1


@pytest.mark.parametrize("method", ["getsockname", "getpeername"])
def test_a_multiplexor_has_no_address(net: ModuleType, closing: Any, method: str) -> None:
    with pytest.raises(OSError) as caught:
        getattr(multiplexor(net, closing), method)()
    assert caught.value.errno == errno.EOPNOTSUPP
