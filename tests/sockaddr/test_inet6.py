"""AF_INET6 addresses: (host, port[, flowinfo[, scope_id]])."""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from codec_cases import NumericNames, decodings, encodings
from hypothesis import given
from hypothesis import strategies as st
from isolation import ip, private_network

from berkeley.sockaddr import codec

NAMES = NumericNames()
inet6 = codec(10)
GROUP = "ff02::114"
LEFT, RIGHT = "fe80::1", "fe80::2"


@pytest.fixture
def udp(net: ModuleType, closing: Any) -> Any:
    """Make a UDP socket over IPv6, bound if an address is given."""

    def make(*address: Any) -> Any:
        sock = closing(net.socket(net.AF_INET6, net.SOCK_DGRAM))
        sock.settimeout(10)
        for each in address:
            sock.bind(each)
        return sock

    return make


@pytest.fixture
def veth(net: ModuleType) -> Iterator[dict[str, int]]:
    """A private network with a veth pair left and right, which have the link-local addresses LEFT and RIGHT."""
    with private_network():
        ip("link", "add", "left", "type", "veth", "peer", "name", "right")
        for name, address in (("left", LEFT), ("right", RIGHT)):
            ip("link", "set", name, "addrgenmode", "none")
            ip("link", "set", name, "up")
            ip("address", "add", f"{address}/64", "dev", name, "nodad")
        yield {name: net.if_nametoindex(name) for name in ("left", "right")}


@pytest.mark.req("FAM-017")
@pytest.mark.parametrize("address", [("::1", 0, 0, 0), ("::", 0, 0, 0)])
def test_an_address_is_a_tuple_of_four(net: ModuleType, udp: Any, address: Any) -> None:
    host, port, flowinfo, scope_id = udp(address).getsockname()
    assert (host, flowinfo, scope_id) == (address[0], 0, 0)
    assert 0 < port <= 65535


@pytest.mark.req("FAM-017")
def test_received_addresses_have_the_same_four_items(net: ModuleType, udp: Any) -> None:
    receiver, sender = udp(("::1", 0)), udp(("::1", 0))
    sender.sendto(b"x", receiver.getsockname())
    assert receiver.recvfrom(1) == (b"x", sender.getsockname())
    assert len(sender.getsockname()) == 4


@pytest.mark.req("FAM-018")
@pytest.mark.parametrize("rest", [(), (0,), (0, 0)])
def test_flowinfo_and_scope_id_may_be_left_out(net: ModuleType, udp: Any, rest: tuple[int, ...]) -> None:
    assert udp(("::1", 0, *rest)).getsockname()[2:] == (0, 0)


@pytest.mark.req("FAM-018")
@pytest.mark.parametrize(
    "address", [("::1",), ("::1", 0, 0, 0, 0), ["::1", 0], "::1", ("::1", "0"), (1, 0), ("::1", 0, "0")]
)
def test_a_malformed_address_is_a_type_error(net: ModuleType, udp: Any, address: Any) -> None:
    with pytest.raises(TypeError):
        udp(address)


@pytest.mark.req("FAM-019")
def test_a_link_local_address_needs_its_scope_id(net: ModuleType, udp: Any, veth: dict[str, int]) -> None:
    assert udp((LEFT, 0, 0, veth["left"])).getsockname()[::3] == (LEFT, veth["left"])
    with pytest.raises(OSError) as caught:
        udp((LEFT, 0))
    assert caught.value.errno == errno.EINVAL


@pytest.mark.req("FAM-019")
def test_the_scope_id_chooses_the_interface(net: ModuleType, udp: Any, veth: dict[str, int]) -> None:
    receiver, sender = udp((RIGHT, 0, 0, veth["right"])), udp((LEFT, 0, 0, veth["left"]))
    receiver.sendto(b"over the link", (*sender.getsockname()[:3], veth["right"]))
    with pytest.raises(OSError):
        udp((RIGHT, 0, 0, veth["left"]))
    data, address = sender.recvfrom(100)
    assert data == b"over the link"
    assert address == (*receiver.getsockname()[:3], veth["left"])


@pytest.mark.req("FAM-020")
def test_a_zone_in_the_host_does_not_replace_the_scope_id(net: ModuleType, udp: Any, veth: dict[str, int]) -> None:
    with pytest.raises(OSError) as caught:
        udp((f"{LEFT}%left", 0))
    assert caught.value.errno == errno.EINVAL
    assert udp((f"{LEFT}%left", 0, 0, veth["left"])).getsockname()[::3] == (LEFT, veth["left"])


@pytest.mark.req("FAM-021", "FAM-022")
def test_multicast_reaches_a_member_through_the_interface_of_its_scope_id(
    net: ModuleType, udp: Any, veth: dict[str, int]
) -> None:
    member, sender = udp(("", 0)), udp((LEFT, 0, 0, veth["left"]))
    request = net.inet_pton(net.AF_INET6, GROUP) + struct.pack("@I", veth["right"])
    member.setsockopt(net.IPPROTO_IPV6, net.IPV6_JOIN_GROUP, request)
    sender.sendto(b"x", (GROUP, member.getsockname()[1], 0, veth["left"]))
    data, address = member.recvfrom(10)
    assert (data, address) == (b"x", (LEFT, sender.getsockname()[1], 0, veth["right"]))
    numeric = net.NI_NUMERICHOST | net.NI_NUMERICSERV
    assert net.getnameinfo(address, numeric)[0] == f"{LEFT}%right"


@pytest.mark.req("FAM-021")
def test_a_multicast_address_is_reported_without_a_zone(net: ModuleType, udp: Any, veth: dict[str, int]) -> None:
    sock = udp((GROUP, 0, 0, veth["left"]))
    assert sock.getsockname()[::3] == (GROUP, veth["left"])
    index = net.if_nametoindex("lo")
    assert net.getaddrinfo("ff02::1%lo", 80)[0][4] == ("ff02::1", 80, 0, index)


@pytest.mark.req("FAM-014")
def test_broadcast_has_no_counterpart(net: ModuleType, udp: Any) -> None:
    with pytest.raises(OSError, match="address family mismatched"):
        udp(("<broadcast>", 0))


@pytest.mark.req("FAM-014")
def test_the_empty_host_binds_to_all_interfaces(net: ModuleType, udp: Any) -> None:
    assert udp(("", 0)).getsockname()[0] == "::"


@pytest.mark.req("FAM-014")
def test_a_host_of_the_other_family_is_an_error(net: ModuleType, udp: Any) -> None:
    with pytest.raises(net.gaierror):
        udp(("127.0.0.1", 0))


@pytest.mark.req("FAM-023")
@pytest.mark.parametrize("flowinfo", [1 << 20, -1])
def test_a_flowinfo_outside_20_bits_overflows(net: ModuleType, udp: Any, flowinfo: int) -> None:
    with pytest.raises(OverflowError):
        udp(("::1", 0, flowinfo, 0))


@pytest.mark.req("FAM-023")
def test_the_largest_flowinfo_is_accepted(net: ModuleType, udp: Any) -> None:
    assert udp(("::1", 0, 0xFFFFF, 0)).getsockname()[0] == "::1"


@pytest.mark.berkeley_only("decision: no integer is silently cut")
@pytest.mark.parametrize("rest", [(1 << 40,), (0, 1 << 32), (0, (1 << 32) + 1), (0, -(1 << 32))])
def test_a_flowinfo_or_scope_id_outside_32_bits_overflows(net: ModuleType, udp: Any, rest: tuple[int, ...]) -> None:
    with pytest.raises(OverflowError):
        udp(("::1", 0, *rest))


@pytest.mark.req("FAM-017")
def test_a_port_outside_16_bits_overflows(net: ModuleType, udp: Any) -> None:
    with pytest.raises(OverflowError, match="port must be 0-65535"):
        udp(("::1", 65536))


@pytest.mark.req("FAM-017", "FAM-018")
@pytest.mark.parametrize(("address", "raw"), encodings("AF_INET6"))
def test_the_codec_makes_the_bytes_of_the_kernel(address: Any, raw: bytes) -> None:
    assert inet6.encode(address, NAMES, "bind", 0) == raw


@pytest.mark.req("FAM-017")
@pytest.mark.parametrize(("raw", "address"), decodings("AF_INET6"))
def test_the_codec_reads_the_bytes_of_the_kernel(raw: bytes, address: Any) -> None:
    assert inet6.decode(raw, NAMES, 0) == address


@pytest.mark.req("FAM-017", "FAM-021")
@given(
    host=st.ip_addresses(v=6).map(str),
    port=st.integers(0, 65535),
    flowinfo=st.integers(0, 0xFFFFF),
    scope_id=st.integers(0, 0xFFFFFFFF),
)
def test_any_address_survives_the_codec(host: str, port: int, flowinfo: int, scope_id: int) -> None:
    address = (host, port, flowinfo, scope_id)
    raw = inet6.encode(address, NAMES, "bind", 0)
    assert len(raw) == 28
    assert inet6.decode(raw, NAMES, 0) == address


@pytest.mark.req("FAM-018")
@given(host=st.ip_addresses(v=6).map(str), port=st.integers(0, 65535))
def test_what_is_left_out_counts_as_zero(host: str, port: int) -> None:
    whole = inet6.encode((host, port, 0, 0), NAMES, "bind", 0)
    assert inet6.encode((host, port), NAMES, "bind", 0) == whole
    assert inet6.encode((host, port, 0), NAMES, "bind", 0) == whole


@pytest.mark.parametrize("size", range(28))
def test_a_truncated_address_is_refused_not_overread(size: int) -> None:
    raw = struct.pack("=H", 10) + bytes(26)
    with pytest.raises(ValueError):
        inet6.decode(raw[:size], NAMES, 0)
