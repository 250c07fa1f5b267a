"""AF_QIPCRTR: datagrams of Qualcomm's IPC router between local ports, and its name service."""

from __future__ import annotations

import errno
import struct
from types import ModuleType
from typing import Any

import pytest

PORT_CTRL = 0xFFFFFFFE
# linux/qrtr.h
NEW_SERVER, DEL_SERVER, NEW_LOOKUP = 4, 5, 10


@pytest.fixture
def pair(net: ModuleType, closing: Any) -> tuple[Any, Any]:
    """Two sockets with a port each."""
    return made(net, closing), made(net, closing)


def made(net: ModuleType, closing: Any) -> Any:
    sock = closing(net.socket(net.AF_QIPCRTR, net.SOCK_DGRAM))
    sock.settimeout(10)
    sock.bind((sock.getsockname()[0], 0))
    return sock


def control(command: int, *server: int) -> bytes:
    """struct qrtr_ctrl_pkt: a command, then service, instance, node and port, all little-endian."""
    return struct.pack("<5I", command, *(server or (0, 0, 0, 0)))


@pytest.mark.req("FAM-058", "CON-111")
def test_two_local_sockets_exchange_datagrams(pair: tuple[Any, Any]) -> None:
    left, right = pair
    assert left.sendto(b"ping!", right.getsockname()) == 5
    assert right.recvfrom(100) == (b"ping!", left.getsockname())
    right.sendto(b"pong", left.getsockname())
    assert left.recvfrom(100) == (b"pong", right.getsockname())


@pytest.mark.req("FAM-058")
def test_the_address_is_a_node_and_a_port(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket(net.AF_QIPCRTR, net.SOCK_DGRAM))
    node, port = sock.getsockname()
    assert type(node) is type(port) is int
    sock.bind((node, 0x5000))
    assert sock.getsockname() == (node, 0x5000)


@pytest.mark.req("FAM-058")
def test_port_0_lets_the_kernel_choose(pair: tuple[Any, Any]) -> None:
    left, right = pair
    assert left.getsockname()[0] == right.getsockname()[0]
    assert 0 != left.getsockname()[1] != right.getsockname()[1] != 0


@pytest.mark.req("FAM-058")
def test_another_node_cannot_be_bound(net: ModuleType) -> None:
    with net.socket(net.AF_QIPCRTR, net.SOCK_DGRAM) as sock, pytest.raises(OSError) as caught:
        sock.bind((123, 123))
    assert caught.value.errno == errno.EINVAL


def test_a_port_belongs_to_one_socket(net: ModuleType, pair: tuple[Any, Any]) -> None:
    with net.socket(net.AF_QIPCRTR, net.SOCK_DGRAM) as sock, pytest.raises(OSError) as caught:
        sock.bind(pair[0].getsockname())
    assert caught.value.errno == errno.EADDRINUSE


def test_nobody_at_the_port_is_an_error_of_the_sender(pair: tuple[Any, Any]) -> None:
    left, right = pair
    address = right.getsockname()
    right.close()
    with pytest.raises(OSError) as caught:
        left.sendto(b"gone", address)
    assert caught.value.errno == errno.ENODEV


def test_a_connected_socket_sends_without_an_address(pair: tuple[Any, Any]) -> None:
    left, right = pair
    left.connect(right.getsockname())
    assert left.getpeername() == right.getsockname()
    left.send(b"connected")
    assert right.recv(100) == b"connected"


def test_sendmsg_and_recvmsg_carry_the_address(pair: tuple[Any, Any]) -> None:
    left, right = pair
    left.sendmsg([b"in ", b"parts"], [], 0, right.getsockname())
    data, ancillary, _, address = right.recvmsg(100)
    assert (data, ancillary, address) == (b"in parts", [], left.getsockname())


@pytest.mark.req("FAM-058")
def test_the_name_service_tells_of_a_new_server_and_of_its_end(pair: tuple[Any, Any]) -> None:
    server, client = pair
    node, port = server.getsockname()
    client.sendto(control(NEW_LOOKUP, 4711, 0, 0, 0), (node, PORT_CTRL))
    assert client.recv(100) == control(NEW_SERVER)
    server.sendto(control(NEW_SERVER, 4711, 1, node, port), (node, PORT_CTRL))
    assert client.recvfrom(100) == (control(NEW_SERVER, 4711, 1, node, port), (node, PORT_CTRL))
    server.sendto(control(DEL_SERVER, 4711, 1, node, port), (node, PORT_CTRL))
    assert client.recv(100) == control(DEL_SERVER, 4711, 1, node, port)


@pytest.mark.req("FAM-058")
@pytest.mark.stdlib_needs("QRTR_PORT_CTRL")
def test_the_numbers_of_the_name_service_are_names_too(net: ModuleType) -> None:
    assert net.QRTR_PORT_CTRL == PORT_CTRL
    assert (net.QRTR_TYPE_NEW_SERVER, net.QRTR_TYPE_DEL_SERVER) == (NEW_SERVER, DEL_SERVER)
    assert net.QRTR_TYPE_NEW_LOOKUP == NEW_LOOKUP
