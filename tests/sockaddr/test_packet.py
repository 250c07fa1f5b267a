"""AF_PACKET addresses: (ifname, proto[, pkttype[, hatype[, addr]]])."""

from __future__ import annotations

import errno
import struct
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from codec_cases import INTERFACES, NumericNames, decodings, encodings
from hypothesis import given
from hypothesis import strategies as st
from isolation import ip, private_network
from live import has_nothing

from berkeley.sockaddr import codec

two_orders = pytest.mark.skipif(sys.byteorder == "big", reason="needs a machine whose byte order is not the network's")
NAMES = NumericNames()
packet = codec(17)
ARPHRD_ETHER, ARPHRD_LOOPBACK = 1, 772
LOCAL_EXPERIMENT = 0x88B5  # an ethertype that nobody else uses (IEEE 802)
MAC = b"\1\2\3\4\5\6"


@pytest.fixture(autouse=True)
def quiet(request: pytest.FixtureRequest) -> Iterator[None]:
    """Live tests run where nothing but the test itself sends."""
    if "net" not in request.fixturenames:
        yield
        return
    with private_network():
        yield


@pytest.fixture
def sniffer(net: ModuleType, quiet: None, closing: Any) -> Any:
    """Make a packet socket, bound if an address is given."""

    def make(*address: Any, kind: int = net.SOCK_RAW, proto: int = 0) -> Any:
        sock = closing(net.socket(net.AF_PACKET, kind, proto))
        sock.settimeout(10)
        for each in address:
            sock.bind(each)
        return sock

    return make


def send_udp(net: ModuleType, payload: bytes) -> None:
    """Send an IPv4 datagram over lo; packet sockets have it before this returns."""
    with net.socket(net.AF_INET, net.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.sendto(payload, sock.getsockname())


@pytest.mark.req("FAM-051")
def test_a_bound_socket_reports_all_five_items(net: ModuleType, sniffer: Any) -> None:
    assert sniffer(("lo", 3)).getsockname() == ("lo", 3, 0, ARPHRD_LOOPBACK, bytes(6))


@pytest.mark.req("FAM-051")
@pytest.mark.parametrize("rest", [(), (0,), (0, 1), (0, 1, b"")])
def test_two_to_five_items_are_accepted(net: ModuleType, sniffer: Any, rest: tuple[Any, ...]) -> None:
    assert sniffer(("lo", 3, *rest)).getsockname()[:2] == ("lo", 3)


@pytest.mark.req("FAM-051")
@pytest.mark.parametrize(
    "address",
    [("lo",), ("lo", 3, 0, 1, b"", 0), ["lo", 3], "lo", None, (1, 3), (b"lo", 3), ("lo", "3"), ("lo", 3, 0, 1, "mac")],
)
def test_a_malformed_address_is_a_type_error(net: ModuleType, sniffer: Any, address: Any) -> None:
    with pytest.raises(TypeError):
        sniffer(address)


@pytest.mark.req("FAM-052")
@pytest.mark.parametrize("ifname", ["nosuch0", "a-name-longer-than-any-interface-can-have"])
def test_an_unknown_device_is_an_error(net: ModuleType, sniffer: Any, ifname: str) -> None:
    with pytest.raises(OSError) as caught:
        sniffer((ifname, 3))
    assert caught.value.errno == errno.ENODEV


@pytest.mark.req("FAM-052")
def test_a_device_is_named_in_results(net: ModuleType, sniffer: Any) -> None:
    ip("link", "add", "left", "type", "veth", "peer", "name", "right")
    ip("link", "set", "left", "up")
    name, _, _, hatype, address = sniffer(("left", 3)).getsockname()
    assert (name, hatype, len(address)) == ("left", ARPHRD_ETHER, 6)


@pytest.mark.req("FAM-053")
def test_every_protocol_is_captured_with_eth_p_all(net: ModuleType, sniffer: Any) -> None:
    all_of_them = sniffer(("lo", 3))
    send_udp(net, b"payload")
    frame, address = all_of_them.recvfrom(65536)
    assert frame.endswith(b"payload")
    assert address[1] == 0x0800


@pytest.mark.req("FAM-053")
@pytest.mark.stdlib_since("3.12")
def test_the_named_protocols_are_those_of_ethernet(net: ModuleType, sniffer: Any) -> None:
    assert (net.ETH_P_ALL, net.ETHERTYPE_IP) == (3, 0x0800)
    assert sniffer(("lo", net.ETHERTYPE_IPV6)).getsockname()[1] == net.ETHERTYPE_IPV6 == 0x86DD


@pytest.mark.req("FAM-053")
@pytest.mark.parametrize("proto", [70000, 65536, -1])
def test_a_protocol_outside_16_bits_overflows(net: ModuleType, sniffer: Any, proto: int) -> None:
    with pytest.raises(OverflowError):
        sniffer(("lo", proto))


@pytest.mark.req("FAM-054")
@two_orders
def test_the_address_holds_the_protocol_in_host_order(net: ModuleType, sniffer: Any) -> None:
    for_ip, for_others = sniffer(("lo", 0x0800)), sniffer(("lo", net.htons(0x0800)))
    send_udp(net, b"payload")
    frame, address = for_ip.recvfrom(65536)
    assert frame.endswith(b"payload")
    assert address[1] == for_ip.getsockname()[1] == 0x0800
    assert has_nothing(for_others)


@pytest.mark.req("FAM-054")
@two_orders
def test_the_argument_of_socket_takes_the_protocol_in_network_order(net: ModuleType, sniffer: Any) -> None:
    swapped, unswapped = sniffer(proto=net.htons(3)), sniffer(proto=3)
    send_udp(net, b"payload")
    assert swapped.recv(65536).endswith(b"payload")
    assert has_nothing(unswapped)
    assert (swapped.proto, unswapped.proto) == (net.htons(3), 3)


@pytest.mark.req("FAM-055", "FAM-056", "FAM-057")
def test_a_received_address_tells_packet_class_hardware_type_and_sender(net: ModuleType, sniffer: Any) -> None:
    sock = sniffer(("lo", 3))
    send_udp(net, b"payload")
    addresses = [sock.recvfrom(65536)[1] for _ in range(2)]
    assert addresses == [("lo", 0x0800, kind, ARPHRD_LOOPBACK, bytes(6)) for kind in (4, 0)]
    assert [address[2] for address in addresses] == [net.PACKET_OUTGOING, net.PACKET_HOST]


@pytest.mark.req("FAM-057")
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_frame_goes_to_the_hardware_address(net: ModuleType, sniffer: Any, kind: Any) -> None:
    receiver, sender = sniffer(("lo", 3)), sniffer(kind=net.SOCK_DGRAM)
    sender.sendto(b"payload", ("lo", LOCAL_EXPERIMENT, 0, ARPHRD_ETHER, kind(MAC)))
    frame = receiver.recv(65536)
    assert frame == MAC + bytes(6) + LOCAL_EXPERIMENT.to_bytes(2, "big") + b"payload"


@pytest.mark.req("FAM-057")
def test_a_hardware_address_beyond_eight_bytes_is_refused(net: ModuleType, sniffer: Any) -> None:
    with pytest.raises(ValueError, match="Hardware address must be 8 bytes or less"):
        sniffer(("lo", 3, 0, 1, bytes(9)))


@pytest.mark.berkeley_only("decision: nothing is silently cut to the width of its field")
@pytest.mark.parametrize("address", [("lo", 3, 256), ("lo", 3, -1), ("lo", 3, 0, 65536), ("lo", 3, 0, -1)])
def test_a_class_or_hardware_type_beyond_its_field_overflows(net: ModuleType, sniffer: Any, address: Any) -> None:
    with pytest.raises(OverflowError):
        sniffer(address)


@pytest.mark.berkeley_only("decision: an error names the address it is about")
def test_the_error_for_an_unknown_device_names_it(net: ModuleType, sniffer: Any) -> None:
    with pytest.raises(OSError, match="nosuch0"):
        sniffer(("nosuch0", 3))


def test_a_datagram_address_may_lose_its_device(net: ModuleType, sniffer: Any) -> None:
    ip("link", "add", "left", "type", "veth", "peer", "name", "right")
    ip("link", "set", "left", "up")
    sock = sniffer(("left", LOCAL_EXPERIMENT))
    ip("link", "delete", "left")
    assert sock.getsockname()[:2] == ("", LOCAL_EXPERIMENT)


@pytest.mark.req("FAM-051", "FAM-054", "FAM-055")
@pytest.mark.parametrize(("address", "raw"), encodings("AF_PACKET"))
def test_the_codec_makes_the_bytes_of_the_kernel(address: Any, raw: bytes) -> None:
    assert packet.encode(address, NAMES, "bind", 0) == raw


@pytest.mark.req("FAM-051", "FAM-056", "FAM-057")
@pytest.mark.parametrize(("raw", "address"), decodings("AF_PACKET"))
def test_the_codec_reads_the_bytes_of_the_kernel(raw: bytes, address: Any) -> None:
    assert packet.decode(raw, NAMES, 0) == address


@pytest.mark.req("FAM-051", "FAM-057")
@given(
    ifname=st.sampled_from(list(INTERFACES)),
    proto=st.integers(0, 65535),
    pkttype=st.integers(0, 255),
    hatype=st.integers(0, 65535),
    hardware=st.binary(max_size=8),
)
def test_any_address_survives_the_codec(ifname: str, proto: int, pkttype: int, hatype: int, hardware: bytes) -> None:
    address = (ifname, proto, pkttype, hatype, hardware)
    raw = packet.encode(address, NAMES, "bind", 0)
    assert len(raw) == 20
    assert packet.decode(raw, NAMES, 0) == address


@pytest.mark.req("FAM-055")
@given(proto=st.integers(0, 65535))
def test_what_is_left_out_counts_as_zero(proto: int) -> None:
    whole = packet.encode(("lo", proto, 0, 0, b""), NAMES, "bind", 0)
    assert packet.encode(("lo", proto), NAMES, "bind", 0) == whole
    assert packet.decode(whole, NAMES, 0)[2:] == (0, 0, b"")


@pytest.mark.req("FAM-057")
def test_the_kernel_may_leave_out_the_tail_of_the_hardware_address() -> None:
    whole = packet.encode(("lo", 3, 0, 1, MAC), NAMES, "bind", 0)
    assert packet.decode(whole[:18], NAMES, 0) == ("lo", 3, 0, 1, MAC)


@given(length=st.integers(0, 255))
def test_a_hardware_length_beyond_the_field_is_clamped(length: int) -> None:
    raw = struct.pack("=HHiHBB8s", 17, 0, 1, 1, 0, length, b"12345678")
    assert packet.decode(raw, NAMES, 0)[4] == b"12345678"[:length]
