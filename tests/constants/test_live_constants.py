"""Options, flags and protocol numbers do in the kernel what their names say."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from isolation import ip, private_network

TCP_ESTABLISHED = 1
EXPERIMENTAL_ETHERTYPE = 0x88B5
LEFT, RIGHT, STRANGER = "02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"

Closing = Callable[[Any], Any]
as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="setting this option or opening this socket takes the rights of root"
)


@pytest.fixture
def tcp(net: types.ModuleType, closing: Closing) -> Any:
    """An unconnected TCP socket."""
    return closing(net.socket(net.AF_INET, net.SOCK_STREAM))


@pytest.mark.req("CON-006")
def test_af_unspec_means_any_family_to_getaddrinfo(net: types.ModuleType) -> None:
    found = {net.getaddrinfo(host, 80, net.AF_UNSPEC, net.SOCK_STREAM)[0][0] for host in ("127.0.0.1", "::1")}
    assert found == {net.AF_INET, net.AF_INET6}


@pytest.mark.req("CON-146")
def test_ai_numerichost_refuses_names(net: types.ModuleType) -> None:
    with pytest.raises(net.gaierror) as caught:
        net.getaddrinfo("localhost", 80, flags=net.AI_NUMERICHOST)
    assert caught.value.args[0] == net.EAI_NONAME


@pytest.mark.req("CON-014")
def test_sock_cloexec_can_be_added_to_the_type(net: types.ModuleType, closing: Closing) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM | net.SOCK_CLOEXEC))
    assert fcntl.fcntl(sock, fcntl.F_GETFD) & fcntl.FD_CLOEXEC
    assert sock.type == net.SOCK_STREAM


@pytest.mark.req("CON-015")
def test_sock_nonblock_added_to_the_type_makes_the_socket_non_blocking(net: types.ModuleType, closing: Closing) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM | net.SOCK_NONBLOCK))
    assert sock.gettimeout() == 0.0
    assert fcntl.fcntl(sock, fcntl.F_GETFL) & os.O_NONBLOCK


@pytest.mark.req("CON-030", "CON-031")
def test_a_socket_tells_its_domain_and_protocol(net: types.ModuleType, tcp: Any) -> None:
    assert tcp.getsockopt(net.SOL_SOCKET, net.SO_DOMAIN) == net.AF_INET
    assert tcp.getsockopt(net.SOL_SOCKET, net.SO_PROTOCOL) == net.IPPROTO_TCP


@pytest.mark.req("CON-034", "CON-043")
@pytest.mark.parametrize(("name", "value"), [("TCP_USER_TIMEOUT", 4321), ("TCP_KEEPIDLE", 30)])
def test_a_tcp_timer_is_read_back_as_it_was_set(net: types.ModuleType, tcp: Any, name: str, value: int) -> None:
    tcp.setsockopt(net.IPPROTO_TCP, getattr(net, name), value)
    assert tcp.getsockopt(net.IPPROTO_TCP, getattr(net, name)) == value


@pytest.mark.req("CON-035")
def test_tcp_congestion_names_an_algorithm_of_the_kernel(net: types.ModuleType, tcp: Any) -> None:
    name = tcp.getsockopt(net.IPPROTO_TCP, net.TCP_CONGESTION, 16).rstrip(b"\0").decode()
    assert name in Path("/proc/sys/net/ipv4/tcp_available_congestion_control").read_text().split()


@pytest.mark.req("CON-045")
def test_tcp_info_begins_with_the_state_of_the_connection(net: types.ModuleType, tcp_pair: tuple[Any, Any]) -> None:
    info = tcp_pair[0].getsockopt(net.IPPROTO_TCP, net.TCP_INFO, 256)
    assert len(info) > 100
    assert info[0] == TCP_ESTABLISHED


@as_root
@pytest.mark.req("CON-048")
def test_so_mark_is_read_back_as_it_was_set(net: types.ModuleType, tcp: Any) -> None:
    tcp.setsockopt(net.SOL_SOCKET, net.SO_MARK, 7)
    assert tcp.getsockopt(net.SOL_SOCKET, net.SO_MARK) == 7


@pytest.mark.req("CON-049")
def test_so_reuseaddr_allows_to_bind_over_a_connection_in_time_wait(net: types.ModuleType, closing: Closing) -> None:
    listener = net.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    client = closing(net.create_connection(address))
    server, _ = listener.accept()
    server.close()
    assert client.recv(1) == b""
    client.close()
    listener.close()
    again = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    with pytest.raises(OSError) as caught:
        again.bind(address)
    assert caught.value.errno == errno.EADDRINUSE
    again.setsockopt(net.SOL_SOCKET, net.SO_REUSEADDR, 1)
    again.bind(address)
    assert again.getsockname() == address


@pytest.mark.req("CON-050")
def test_so_reuseport_lets_two_sockets_have_one_port(net: types.ModuleType, closing: Closing) -> None:
    first, second = (closing(net.socket(net.AF_INET, net.SOCK_STREAM)) for _ in range(2))
    for sock in (first, second):
        sock.setsockopt(net.SOL_SOCKET, net.SO_REUSEPORT, 1)
    first.bind(("127.0.0.1", 0))
    second.bind(first.getsockname())
    assert second.getsockname() == first.getsockname()


@pytest.mark.req("CON-115")
@pytest.mark.stdlib_needs("SO_INCOMING_CPU")
def test_so_incoming_cpu_tells_the_cpu_that_received(net: types.ModuleType, tcp_pair: tuple[Any, Any]) -> None:
    client, server = tcp_pair
    client.sendall(b"x")
    assert server.recv(1) == b"x"
    assert 0 <= server.getsockopt(net.SOL_SOCKET, net.SO_INCOMING_CPU) < (os.cpu_count() or 1)


@pytest.mark.req("CON-041")
def test_ip_recvtos_brings_the_tos_byte_with_a_datagram(net: types.ModuleType, udp_pair: tuple[Any, Any]) -> None:
    sender, receiver = udp_pair
    receiver.setsockopt(net.IPPROTO_IP, net.IP_RECVTOS, 1)
    sender.setsockopt(net.IPPROTO_IP, net.IP_TOS, 0x20)
    sender.sendto(b"x", receiver.getsockname())
    _, ancillary, _, _ = receiver.recvmsg(16, 64)
    assert ancillary == [(net.IPPROTO_IP, net.IP_TOS, b"\x20")]


@pytest.mark.req("CON-051")
def test_so_passcred_brings_the_credentials_of_the_sender(net: types.ModuleType, closing: Closing) -> None:
    sender, receiver = map(closing, net.socketpair(net.AF_UNIX, net.SOCK_DGRAM))
    receiver.setsockopt(net.SOL_SOCKET, net.SO_PASSCRED, 1)
    sender.send(b"x")
    _, ancillary, _, _ = receiver.recvmsg(16, net.CMSG_SPACE(12))
    mine = struct.pack("3i", os.getpid(), os.getuid(), os.getgid())
    assert ancillary == [(net.SOL_SOCKET, net.SCM_CREDENTIALS, mine)]


@pytest.mark.req("CON-135")
@pytest.mark.stdlib_needs("IPPROTO_MPTCP")
def test_ipproto_mptcp_makes_a_multipath_socket(net: types.ModuleType, closing: Closing) -> None:
    try:
        sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM, net.IPPROTO_MPTCP))
    except OSError as error:
        if error.errno not in (errno.EPROTONOSUPPORT, errno.ENOPROTOOPT):
            raise
        pytest.skip("this kernel has no MPTCP, or it is switched off")
    assert sock.proto == 262
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_PROTOCOL) == 262


@pytest.mark.req("CON-096")
def test_the_vsock_ioctl_reads_the_context_id_of_this_machine(net: types.ModuleType) -> None:
    if not os.access("/dev/vsock", os.R_OK):
        pytest.skip("no readable /dev/vsock on this machine")
    with open("/dev/vsock", "rb", buffering=0) as device:
        answer = fcntl.ioctl(device, net.IOCTL_VM_SOCKETS_GET_LOCAL_CID, bytes(4))
    assert struct.unpack("=I", answer)[0] > 0


@as_root
@pytest.mark.req("CON-073")
@pytest.mark.stdlib_needs("ETH_P_ALL")
def test_eth_p_all_captures_what_goes_through_the_loopback_device(net: types.ModuleType, closing: Closing) -> None:
    with private_network():
        capture = closing(net.socket(net.AF_PACKET, net.SOCK_RAW, net.htons(net.ETH_P_ALL)))
        capture.settimeout(10)
        sender = closing(net.socket(net.AF_INET, net.SOCK_DGRAM))
        sender.sendto(b"a datagram to be seen", ("127.0.0.1", 9))
        assert any(b"a datagram to be seen" in capture.recv(200) for _ in range(10))


@pytest.fixture
def veth(net: types.ModuleType, closing: Closing) -> Iterator[tuple[Any, Any, Any]]:
    """(sender, its neighbour, receiver): packet sockets at both ends of a virtual cable of their own network."""
    with private_network():
        ip("link", "add", "left", "address", LEFT, "type", "veth", "peer", "name", "right", "address", RIGHT)
        ip("link", "set", "left", "up")
        ip("link", "set", "right", "up")
        sockets = []
        for device in ("left", "left", "right"):
            sockets.append(closing(net.socket(net.AF_PACKET, net.SOCK_RAW, net.htons(net.ETH_P_ALL))))
            sockets[-1].bind((device, net.ETH_P_ALL))
            sockets[-1].settimeout(10)
        yield sockets[0], sockets[1], sockets[2]


def send_frame(sender: Any, destination: str) -> None:
    addresses = bytes.fromhex((destination + LEFT).replace(":", ""))
    sender.send(addresses + struct.pack("!H", EXPERIMENTAL_ETHERTYPE) + bytes(46))


def packet_type(receiver: Any) -> int:
    """The packet type of the next frame that the test sent: the kernel's own IPv6 frames are passed over."""
    while True:
        _, address = receiver.recvfrom(200)
        if address[1] == EXPERIMENTAL_ETHERTYPE:
            return int(address[2])


@as_root
@pytest.mark.stdlib_needs("ETH_P_ALL")
@pytest.mark.parametrize(
    ("destination", "name"),
    [
        pytest.param(RIGHT, "PACKET_HOST", marks=pytest.mark.req("CON-068")),
        pytest.param("ff:ff:ff:ff:ff:ff", "PACKET_BROADCAST", marks=pytest.mark.req("CON-069")),
        pytest.param("01:00:5e:00:00:01", "PACKET_MULTICAST", marks=pytest.mark.req("CON-070")),
        pytest.param(STRANGER, "PACKET_OTHERHOST", marks=pytest.mark.req("CON-071")),
    ],
)
def test_the_packet_type_tells_whom_a_frame_was_meant_for(
    net: types.ModuleType, veth: tuple[Any, Any, Any], destination: str, name: str
) -> None:
    sender, _, receiver = veth
    send_frame(sender, destination)
    assert packet_type(receiver) == getattr(net, name)


@as_root
@pytest.mark.req("CON-072")
@pytest.mark.stdlib_needs("ETH_P_ALL")
def test_a_frame_sent_by_this_host_is_seen_as_outgoing(net: types.ModuleType, veth: tuple[Any, Any, Any]) -> None:
    sender, neighbour, _ = veth
    send_frame(sender, RIGHT)
    assert packet_type(neighbour) == net.PACKET_OUTGOING
