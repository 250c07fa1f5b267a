"""SCTP: IPPROTO_SCTP over AF_INET and AF_INET6, one-to-one (SOCK_STREAM) and one-to-many (SOCK_SEQPACKET)."""

from __future__ import annotations

import errno
import struct
from types import ModuleType
from typing import Any

import pytest

LOOPBACK = {"AF_INET": "127.0.0.1", "AF_INET6": "::1"}
FAMILIES = pytest.mark.parametrize("family", LOOPBACK)
# struct sctp_sndinfo, struct sctp_rcvinfo (linux/sctp.h): stream, flags or sequence number, payload protocol ...
SNDINFO, RCVINFO = "=HHIIi", "=HHH2xIIIIi"


def sctp(net: ModuleType, closing: Any, family: str, kind: str = "SOCK_STREAM") -> Any:
    sock = closing(net.socket(getattr(net, family), getattr(net, kind), net.IPPROTO_SCTP))
    sock.settimeout(10)
    return sock


def listening(net: ModuleType, closing: Any, family: str, kind: str = "SOCK_STREAM") -> Any:
    server = sctp(net, closing, family, kind)
    server.bind((LOOPBACK[family], 0))
    server.listen()
    return server


def connected(net: ModuleType, closing: Any, family: str = "AF_INET") -> tuple[Any, Any]:
    server, client = listening(net, closing, family), sctp(net, closing, family)
    client.connect(server.getsockname())
    accepted = closing(server.accept()[0])
    accepted.settimeout(10)
    return client, accepted


@FAMILIES
def test_a_connection_carries_data_both_ways(net: ModuleType, closing: Any, family: str) -> None:
    client, server = connected(net, closing, family)
    client.sendall(b"echo")
    server.sendall(server.recv(100).upper())
    assert client.recv(100) == b"ECHO"


@FAMILIES
def test_addresses_are_those_of_the_internet(net: ModuleType, closing: Any, family: str) -> None:
    server, client = listening(net, closing, family), sctp(net, closing, family)
    client.connect(server.getsockname())
    accepted, peer = server.accept()
    closing(accepted)
    assert client.getpeername() == server.getsockname() == accepted.getsockname()
    assert peer[:2] == accepted.getpeername()[:2] == (LOOPBACK[family], client.getsockname()[1])
    assert accepted.proto == net.IPPROTO_SCTP


def test_messages_keep_their_boundaries(net: ModuleType, closing: Any) -> None:
    client, server = connected(net, closing)
    client.send(b"one")
    client.send(b"two")
    assert [server.recv(100), server.recv(100)] == [b"one", b"two"]


def test_the_end_of_a_connection_is_the_end_of_the_data(net: ModuleType, closing: Any) -> None:
    client, server = connected(net, closing)
    client.close()
    assert server.recv(100) == b""


def test_a_port_without_a_listener_refuses(net: ModuleType, closing: Any) -> None:
    vacant = sctp(net, closing, "AF_INET")
    vacant.bind((LOOPBACK["AF_INET"], 0))
    with pytest.raises(ConnectionRefusedError):
        sctp(net, closing, "AF_INET").connect(vacant.getsockname())


def test_a_socket_needs_a_kind_that_keeps_messages(net: ModuleType) -> None:
    with pytest.raises(OSError) as caught:
        net.socket(net.AF_INET, net.SOCK_DGRAM, net.IPPROTO_SCTP).close()
    assert caught.value.errno in (errno.ESOCKTNOSUPPORT, errno.EPROTONOSUPPORT)


@FAMILIES
def test_one_socket_talks_to_many(net: ModuleType, closing: Any, family: str) -> None:
    server = listening(net, closing, family, "SOCK_SEQPACKET")
    clients = [sctp(net, closing, family, "SOCK_SEQPACKET") for _ in range(2)]
    for number, client in enumerate(clients):
        client.sendto(b"from %d" % number, server.getsockname())
        data, address = server.recvfrom(100)
        server.sendto(data + b" answered", address)
        assert address[:2] == (LOOPBACK[family], client.getsockname()[1])
    assert [client.recv(100) for client in clients] == [b"from 0 answered", b"from 1 answered"]


@pytest.mark.stdlib_needs("SCTP_NODELAY")
def test_delays_are_switched_off(net: ModuleType, closing: Any) -> None:
    sock = sctp(net, closing, "AF_INET")
    assert sock.getsockopt(net.IPPROTO_SCTP, net.SCTP_NODELAY) == 0
    sock.setsockopt(net.IPPROTO_SCTP, net.SCTP_NODELAY, 1)
    assert sock.getsockopt(net.SOL_SCTP, net.SCTP_NODELAY) == 1


@pytest.mark.stdlib_needs("SCTP_INITMSG")
def test_the_number_of_streams_is_agreed_on(net: ModuleType, closing: Any) -> None:
    server, client = listening(net, closing, "AF_INET"), sctp(net, closing, "AF_INET")
    # struct sctp_initmsg: outgoing streams, incoming streams, attempts, timeout.
    client.setsockopt(net.IPPROTO_SCTP, net.SCTP_INITMSG, struct.pack("=4H", 7, 5, 0, 0))
    client.connect(server.getsockname())
    status = client.getsockopt(net.IPPROTO_SCTP, net.SCTP_STATUS, 200)
    # struct sctp_status: association, state, rwnd, unacknowledged, pending, incoming and outgoing streams.
    incoming, outgoing = struct.unpack_from("=HH", status, 16)
    assert (incoming, outgoing) == (5, 7)
    assert struct.unpack_from("=i", status, 4)[0] == net.SCTP_ESTABLISHED


@pytest.mark.stdlib_needs("SCTP_SNDINFO")
def test_a_message_names_its_stream_in_control_data(net: ModuleType, closing: Any) -> None:
    client, server = connected(net, closing)
    server.setsockopt(net.IPPROTO_SCTP, net.SCTP_RECVRCVINFO, 1)
    wish = struct.pack(SNDINFO, 3, 0, net.htonl(46), 0, 0)
    client.sendmsg([b"on stream ", b"3"], [(net.IPPROTO_SCTP, net.SCTP_SNDINFO, wish)])
    data, ancillary, flags, _ = server.recvmsg(100, net.CMSG_SPACE(struct.calcsize(RCVINFO)))
    assert data == b"on stream 3"
    assert flags & net.MSG_EOR
    ((level, kind, content),) = ancillary
    assert (level, kind) == (net.IPPROTO_SCTP, net.SCTP_RCVINFO)
    stream, _, _, protocol, *_ = struct.unpack(RCVINFO, content)
    assert (stream, net.ntohl(protocol)) == (3, 46)


@pytest.mark.stdlib_needs("SCTP_EVENT")
def test_the_end_of_an_association_is_a_notification(net: ModuleType, closing: Any) -> None:
    client, server = connected(net, closing)
    # struct sctp_event: association, kind, on.
    wish = struct.pack("=iHB", 0, net.SCTP_SHUTDOWN_EVENT, 1).ljust(8, b"\0")
    server.setsockopt(net.IPPROTO_SCTP, net.SCTP_EVENT, wish)
    client.close()
    data, _, flags, _ = server.recvmsg(100)
    assert flags & 0x8000  # MSG_NOTIFICATION
    assert struct.unpack_from("=H", data)[0] == net.SCTP_SHUTDOWN_EVENT
