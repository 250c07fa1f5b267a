"""AF_PPPOX: sessions of PPP over Ethernet on a wire, of PPTP, and tunnels of L2TP."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import select
import struct
from collections.abc import Iterator
from io import FileIO
from types import ModuleType
from typing import Any

import pytest
from wires import End, wire

pytestmark = pytest.mark.stdlib_needs("PX_PROTO_OE")

SESSION = 0x1234
# A PPP packet begins with its protocol; these are an echo request of LCP and its answer.
PPP_PACKET = bytes.fromhex("c02109010008deadbeef")
PPP_ANSWER = bytes.fromhex("c0210a010008deadbeef")
# _IOR('t', 55, int) and _IOW('t', 56, int), linux/ppp-ioctl.h
PPPIOCGCHAN, PPPIOCATTCHAN = 0x80047437, 0x40047438
HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def ends() -> Iterator[tuple[End, End]]:
    with wire() as both:
        yield both


def pppoe(net: ModuleType, closing: Any) -> Any:
    sock = closing(net.socket(net.AF_PPPOX, net.SOCK_STREAM, net.PX_PROTO_OE))
    sock.settimeout(10)
    return sock


def pptp(net: ModuleType, closing: Any) -> Any:
    return closing(net.socket(net.AF_PPPOX, net.SOCK_STREAM, net.PX_PROTO_PPTP))


@pytest.fixture
def session(net: ModuleType, closing: Any, ends: tuple[End, End]) -> tuple[Any, Any]:
    """The two sides of one session."""
    left, right = (pppoe(net, closing) for _ in range(2))
    left.connect((SESSION, ends[1].mac, ends[0].name))
    right.connect((SESSION, ends[0].mac, ends[1].name))
    return left, right


def test_the_two_sides_of_a_session_exchange_packets(session: tuple[Any, Any]) -> None:
    left, right = session
    assert left.send(PPP_PACKET) == len(PPP_PACKET)
    assert right.recv(2000) == PPP_PACKET
    right.send(PPP_ANSWER)
    assert left.recv(2000) == PPP_ANSWER


def test_the_session_is_that_of_the_frames(
    net: ModuleType, closing: Any, session: tuple[Any, Any], ends: tuple[End, End]
) -> None:
    observer = closing(net.socket(net.AF_PACKET, net.SOCK_RAW, net.htons(net.ETH_P_PPP_SES)))
    observer.settimeout(10)
    observer.bind((ends[1].name, net.ETH_P_PPP_SES))
    session[0].send(PPP_PACKET)
    frame, address = observer.recvfrom(2000)
    # Version and type, code, session, length.
    assert frame[14:] == struct.pack("!BBHH", 0x11, 0, SESSION, len(PPP_PACKET)) + PPP_PACKET
    assert frame[:12] == ends[1].mac + ends[0].mac
    assert address[1] == net.ETH_P_PPP_SES


def test_both_names_of_a_session_are_its_number_its_peer_and_its_device(
    session: tuple[Any, Any], ends: tuple[End, End]
) -> None:
    assert session[0].getsockname() == session[0].getpeername() == (SESSION, ends[1].mac, ends[0].name)


def test_another_session_does_not_hear_of_it(
    net: ModuleType, closing: Any, session: tuple[Any, Any], ends: tuple[End, End]
) -> None:
    other = pppoe(net, closing)
    other.connect((SESSION + 1, ends[0].mac, ends[1].name))
    session[0].send(PPP_PACKET)
    assert session[1].recv(2000) == PPP_PACKET
    other.setblocking(False)
    with pytest.raises(BlockingIOError):
        other.recv(2000)


def test_a_session_belongs_to_one_socket(
    net: ModuleType, closing: Any, session: tuple[Any, Any], ends: tuple[End, End]
) -> None:
    with pytest.raises(OSError) as caught:
        pppoe(net, closing).connect((SESSION, ends[1].mac, ends[0].name))
    assert caught.value.errno == errno.EALREADY


def test_session_0_ends_a_session(net: ModuleType, session: tuple[Any, Any], ends: tuple[End, End]) -> None:
    left, _ = session
    left.connect((0, ends[1].mac, ends[0].name))
    with pytest.raises(OSError) as caught:
        left.send(PPP_PACKET)
    assert caught.value.errno == errno.ENOTCONN


def test_an_unknown_device_is_refused(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        pppoe(net, closing).connect((SESSION, bytes(6), "nosuch0"))
    assert caught.value.errno == errno.ENODEV


def test_a_session_has_a_channel_of_ppp(session: tuple[Any, Any]) -> None:
    left, right = session
    with channel(left) as program:
        program.write(PPP_PACKET)
    assert right.recv(2000) == PPP_PACKET


@contextlib.contextmanager
def channel(sock: Any) -> Iterator[FileIO]:
    """A file on which a program reads and writes the packets of a session."""
    number = fcntl.ioctl(sock.fileno(), PPPIOCGCHAN, bytes(4))
    with open("/dev/ppp", "r+b", buffering=0) as found:
        fcntl.ioctl(found.fileno(), PPPIOCATTCHAN, number)
        yield found


def test_a_call_of_pptp_has_a_number_and_a_host(net: ModuleType, closing: Any) -> None:
    sock = pptp(net, closing)
    sock.bind((7001, HOST))
    assert sock.getsockname() == (7001, HOST)


def test_the_two_sides_of_a_call_of_pptp_exchange_packets(net: ModuleType, closing: Any) -> None:
    left, right = pptp(net, closing), pptp(net, closing)
    left.bind((7001, HOST))
    right.bind((7002, HOST))
    left.connect(right.getsockname())
    right.connect(left.getsockname())
    with channel(left) as one, channel(right) as other:
        one.write(PPP_PACKET)
        assert select.select([other], [], [], 10)[0]
        assert other.read(2000) == PPP_PACKET


def test_packets_of_a_call_of_pptp_bear_the_number_of_the_other_side(net: ModuleType, closing: Any) -> None:
    observer = closing(net.socket(net.AF_INET, net.SOCK_RAW, net.IPPROTO_GRE))
    observer.settimeout(10)
    sock = pptp(net, closing)
    sock.bind((7004, HOST))
    sock.connect((7005, HOST))
    with channel(sock) as program:
        program.write(PPP_PACKET)
    packet = observer.recv(2000)[20:]
    # RFC 2637: flags, protocol, length, call, sequence.
    assert struct.unpack_from("!HHHH", packet)[1:] == (0x880B, len(packet) - 12, 7005)


def test_call_0_lets_the_kernel_choose(net: ModuleType, closing: Any) -> None:
    first, second = pptp(net, closing), pptp(net, closing)
    first.bind((0, HOST))
    second.bind((0, "localhost"))
    assert 0 != first.getsockname()[0] != second.getsockname()[0] != 0
    assert second.getsockname()[1] == HOST


def test_a_call_belongs_to_one_socket(net: ModuleType, closing: Any) -> None:
    pptp_bound = pptp(net, closing)
    pptp_bound.bind((7003, HOST))
    with pytest.raises(OSError) as caught:
        pptp(net, closing).bind((7003, HOST))
    assert caught.value.errno == errno.EBUSY


def test_a_tunnel_of_l2tp_is_addressed_by_raw_bytes(net: ModuleType, closing: Any) -> None:
    carrier, peer = (closing(net.socket(net.AF_INET, net.SOCK_DGRAM)) for _ in range(2))
    for sock in (carrier, peer):
        sock.bind((HOST, 0))
    carrier.connect(peer.getsockname())
    tunnel = closing(net.socket(net.AF_PPPOX, net.SOCK_STREAM, net.PX_PROTO_OL2TP))
    # struct sockaddr_pppol2tp: protocol, process, descriptor, struct sockaddr_in, tunnel and session of both sides.
    inet = struct.pack("=H", net.AF_INET) + struct.pack("!H4s8x", peer.getsockname()[1], net.inet_aton(HOST))
    body = struct.pack("=Iii16s4H", net.PX_PROTO_OL2TP, 0, carrier.fileno(), inet, 71, 0, 72, 0)
    tunnel.connect((net.AF_PPPOX, body))
    family, name = tunnel.getsockname()
    assert family == net.AF_PPPOX
    assert struct.unpack("=4H", name[-8:]) == (71, 0, 72, 0)
    assert inet[:8] in name
