"""AF_PHONET: datagrams between objects of one Phonet device, which is the loopback device here."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from isolation import private_network
from wires import attribute, request

pytestmark = pytest.mark.stdlib_needs("AF_PHONET")

AF_PHONET = 35
RTM_NEWADDR, IFA_LOCAL = 20, 2  # linux/rtnetlink.h, linux/if_addr.h
# An address is that of a device in its upper six bits.
DEVICE = 0x6C


@pytest.fixture(autouse=True)
def device() -> Iterator[int]:
    """The Phonet address that the loopback device of a fresh network has."""
    with private_network():
        # struct ifaddrmsg: family, length of the prefix, flags, scope, interface.
        body = struct.pack("=BBBBI", AF_PHONET, 6, 0, 0, socket.if_nametoindex("lo"))
        request(RTM_NEWADDR, body + attribute(IFA_LOCAL, bytes([DEVICE])))
        yield DEVICE


def phonet(net: ModuleType, closing: Any, address: tuple[int, ...] = (0, DEVICE)) -> Any:
    sock = closing(net.socket(net.AF_PHONET, net.SOCK_DGRAM, net.PN_PROTO_PHONET))
    sock.settimeout(10)
    sock.bind(address)
    return sock


def test_two_objects_exchange_datagrams(net: ModuleType, closing: Any) -> None:
    left, right = phonet(net, closing), phonet(net, closing)
    assert left.sendto(b"ping", right.getsockname()) == 4
    assert right.recvfrom(100) == (b"ping", left.getsockname())
    right.sendto(b"pong", left.getsockname())
    assert left.recvfrom(100) == (b"pong", right.getsockname())


def test_object_0_lets_the_kernel_choose(net: ModuleType, closing: Any) -> None:
    left, right = (phonet(net, closing).getsockname() for _ in range(2))
    assert left != right
    assert left[1] & 0xFC == DEVICE
    assert left[0] | (left[1] & 3) << 8 != 0


def test_the_name_is_what_was_bound(net: ModuleType, closing: Any) -> None:
    assert phonet(net, closing, (0x45, DEVICE)).getsockname() == (0x45, DEVICE, 0)


def test_ports_beyond_255_have_bits_of_the_device(net: ModuleType, closing: Any) -> None:
    left, right = phonet(net, closing, (0x45, DEVICE)), phonet(net, closing, (0x45, DEVICE | 2))
    left.sendto(b"to port 0x245", right.getsockname())
    assert right.recvfrom(100) == (b"to port 0x245", (0x45, DEVICE, 0))


def test_a_datagram_carries_the_resource(net: ModuleType, closing: Any) -> None:
    left, right = phonet(net, closing), phonet(net, closing)
    left.sendto(b"resource", (*right.getsockname()[:2], 0x1B))
    data, (obj, dev, resource) = right.recvfrom(100)
    assert (data, obj, dev, resource) == (b"resource", *left.getsockname()[:2], 0x1B)


def test_a_port_of_all_devices_belongs_to_one_socket(net: ModuleType, closing: Any) -> None:
    phonet(net, closing, (0x47, 0))
    with pytest.raises(OSError) as caught:
        phonet(net, closing, (0x47, 0))
    assert caught.value.errno == errno.EADDRINUSE


def test_the_address_of_another_device_cannot_be_bound(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        phonet(net, closing, (0x45, 0x20))
    assert caught.value.errno == errno.EADDRNOTAVAIL


def test_a_pipe_listens_at_an_object(net: ModuleType, closing: Any) -> None:
    pipe = closing(net.socket(net.AF_PHONET, net.SOCK_SEQPACKET, net.PN_PROTO_PIPE))
    pipe.bind((0x46, DEVICE))
    pipe.listen()
    assert pipe.getsockname() == (0x46, DEVICE, 0)
    pipe.setblocking(False)
    with pytest.raises(BlockingIOError):
        pipe.accept()
