"""AF_VSOCK between sockets of one machine, through the local CID."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

LOCAL = 1  # VMADDR_CID_LOCAL of linux/vm_sockets.h
BUFFER_SIZE = struct.Struct("=Q")

Open = Callable[..., Any]


@pytest.fixture
def vsock(net: ModuleType, closing: Any) -> Open:
    """vsock("SOCK_STREAM") is a socket that gives up after ten seconds."""

    def make(kind: str = "SOCK_STREAM") -> Any:
        sock = closing(net.socket(net.AF_VSOCK, getattr(net, kind)))
        sock.settimeout(10)
        return sock

    return make


@pytest.fixture
def connected(net: ModuleType, vsock: Open, closing: Any) -> Open:
    """connected("SOCK_STREAM") is (client, the server's socket, the address that accept() gave)."""

    def make(kind: str = "SOCK_STREAM") -> tuple[Any, Any, Any]:
        server, client = listening(net, vsock, kind), vsock(kind)
        client.connect((LOCAL, server.getsockname()[1]))
        accepted, address = server.accept()
        closing(accepted).settimeout(10)
        return client, accepted, address

    return make


def listening(net: ModuleType, vsock: Open, kind: str = "SOCK_STREAM") -> Any:
    server = vsock(kind)
    server.bind((net.VMADDR_CID_ANY, net.VMADDR_PORT_ANY))
    server.listen()
    return server


@pytest.mark.req("FAM-050", "CON-095", "CON-097")
def test_a_socket_bound_to_any_port_is_given_one(net: ModuleType, vsock: Open) -> None:
    cid, port = listening(net, vsock).getsockname()
    assert cid == net.VMADDR_CID_ANY
    assert 1023 < port < net.VMADDR_PORT_ANY


@pytest.mark.req("FAM-050")
def test_a_chosen_port_is_reported(vsock: Open) -> None:
    sock = vsock()
    sock.bind((LOCAL, 70_000))
    assert sock.getsockname() == (LOCAL, 70_000)


@pytest.mark.req("FAM-050")
def test_a_port_that_is_taken_is_refused(vsock: Open) -> None:
    first, second = vsock(), vsock()
    first.bind((LOCAL, 70_001))
    with pytest.raises(OSError) as caught:
        second.bind((LOCAL, 70_001))
    assert caught.value.errno == errno.EADDRINUSE


@pytest.mark.req("FAM-050", "CON-095")
@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_SEQPACKET"])
def test_both_ends_of_a_connection_know_each_other(connected: Open, kind: str) -> None:
    client, accepted, address = connected(kind)
    assert address == accepted.getpeername() == (LOCAL, client.getsockname()[1])
    assert client.getpeername() == (LOCAL, accepted.getsockname()[1])


@pytest.mark.req("FAM-050")
def test_a_stream_carries_bytes_in_both_directions(net: ModuleType, connected: Open, in_thread: Any) -> None:
    client, accepted, _ = connected()
    payload = os.urandom(500_000)
    in_thread(client.sendall, payload)
    with accepted.makefile("rb") as file:
        assert file.read(len(payload)) == payload
    accepted.sendall(b"ok")
    assert client.recv(100) == b"ok"
    client.shutdown(net.SHUT_WR)
    assert accepted.recv(100) == b""


@pytest.mark.req("FAM-050")
def test_sequenced_packets_keep_their_boundaries(net: ModuleType, connected: Open) -> None:
    client, accepted, _ = connected("SOCK_SEQPACKET")
    for message in (b"first", b"second", b"third" * 10_000):
        assert client.send(message) == len(message)
    assert accepted.recv(100) == b"first"
    data, _, flags, _ = accepted.recvmsg(3)
    assert (data, flags & net.MSG_TRUNC) == (b"sec", net.MSG_TRUNC)
    assert accepted.recv(100_000) == b"third" * 10_000


@pytest.mark.req("FAM-050")
def test_a_port_without_a_listener_refuses(vsock: Open) -> None:
    client = vsock()
    with pytest.raises(ConnectionResetError):
        client.connect((LOCAL, 70_002))
    assert vsock().connect_ex((LOCAL, 70_002)) == errno.ECONNRESET


@pytest.mark.req("FAM-050")
def test_a_peer_that_closes_ends_the_stream(connected: Open) -> None:
    client, accepted, _ = connected()
    accepted.close()
    assert client.recv(100) == b""


@pytest.mark.req("CON-096")
def test_the_device_tells_the_cid_of_this_machine(net: ModuleType) -> None:
    with open("/dev/vsock", "rb") as device:
        answer = fcntl.ioctl(device, net.IOCTL_VM_SOCKETS_GET_LOCAL_CID, bytes(4))
    # The lab's machine has no hypervisor to talk to: no CID, or the local one with newer kernels.
    assert struct.unpack("=I", answer)[0] in (net.VMADDR_CID_ANY, LOCAL)


@pytest.mark.req("CON-098")
def test_buffer_sizes_are_integers_of_64_bits_between_their_limits(net: ModuleType, vsock: Open) -> None:
    sock = vsock()
    for name, value in [("MAX_SIZE", 1 << 33), ("MIN_SIZE", 10_000)]:
        option = getattr(net, f"SO_VM_SOCKETS_BUFFER_{name}")
        sock.setsockopt(net.AF_VSOCK, option, value)
        assert sock.getsockopt(net.AF_VSOCK, option) == value
    for asked, given in [(50_000, 50_000), (1, 10_000), (1 << 34, 1 << 33)]:
        sock.setsockopt(net.AF_VSOCK, net.SO_VM_SOCKETS_BUFFER_SIZE, asked)
        assert sock.getsockopt(net.AF_VSOCK, net.SO_VM_SOCKETS_BUFFER_SIZE) == given


@pytest.mark.req("CON-098")
@pytest.mark.berkeley_only("the interpreter's module takes integers alone for options of this family")
def test_a_buffer_size_may_be_given_as_bytes(net: ModuleType, vsock: Open) -> None:
    sock = vsock()
    sock.setsockopt(net.AF_VSOCK, net.SO_VM_SOCKETS_BUFFER_SIZE, BUFFER_SIZE.pack(50_000))
    assert sock.getsockopt(net.AF_VSOCK, net.SO_VM_SOCKETS_BUFFER_SIZE, 8) == BUFFER_SIZE.pack(50_000)


@pytest.mark.req("FAM-050")
@pytest.mark.parametrize("address", [(1,), (1, 2, 3), ("1", 2), (1, None), (), 1, "1:2", None])
def test_a_malformed_address_is_a_type_error(vsock: Open, address: Any) -> None:
    for call in (vsock().bind, vsock().connect):
        with pytest.raises(TypeError):
            call(address)


@pytest.mark.req("FAM-050")
def test_minus_one_stands_for_any(net: ModuleType, vsock: Open) -> None:
    sock = vsock()
    sock.bind((-1, -1))
    assert sock.getsockname()[0] == net.VMADDR_CID_ANY == 0xFFFFFFFF


@pytest.mark.berkeley_only("decision: nothing outside 32 bits is silently cut")
@pytest.mark.parametrize("address", [(1 << 32, 1), (1, 1 << 32), (-2, 1)])
def test_an_integer_outside_32_bits_overflows(vsock: Open, address: Any) -> None:
    with pytest.raises(OverflowError):
        vsock().bind(address)
