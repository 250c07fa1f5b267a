"""The tables of protocols and services: getprotobyname(), getservbyname() and getservbyport()."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest


@pytest.mark.req("FUN-077")
@pytest.mark.parametrize(("name", "number"), [("icmp", 1), ("tcp", 6), ("udp", 17), ("ipv6-icmp", 58)])
def test_getprotobyname_gives_the_number_of_a_protocol(net: ModuleType, name: str, number: int) -> None:
    assert net.getprotobyname(name) == number


@pytest.mark.req("FUN-077")
def test_an_unknown_protocol_is_an_error(net: ModuleType) -> None:
    with pytest.raises(OSError, match="protocol not found"):
        net.getprotobyname("nosuch")


@pytest.mark.req("FUN-078")
def test_a_protocol_number_makes_a_raw_socket(net: ModuleType, closing: Any) -> None:
    try:
        sock = closing(net.socket(net.AF_INET, net.SOCK_RAW, net.getprotobyname("icmp")))
    except PermissionError:
        pytest.skip("raw sockets need CAP_NET_RAW")
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_PROTOCOL) == net.IPPROTO_ICMP


@pytest.mark.req("FUN-078")
@pytest.mark.parametrize(("kind", "proto"), [("SOCK_STREAM", "IPPROTO_TCP"), ("SOCK_DGRAM", "IPPROTO_UDP")])
def test_protocol_zero_picks_the_right_one_by_itself(net: ModuleType, kind: str, proto: str, closing: Any) -> None:
    sock = closing(net.socket(net.AF_INET, getattr(net, kind)))
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_PROTOCOL) == getattr(net, proto)


@pytest.mark.req("FUN-079", "FUN-080")
@pytest.mark.parametrize(
    ("arguments", "port"),
    [(("http",), 80), (("domain", "udp"), 53), (("domain", "tcp"), 53), (("shell", "tcp"), 514), (("syslog",), 514)],
)
def test_getservbyname_gives_the_port_of_a_service(net: ModuleType, arguments: tuple[str, ...], port: int) -> None:
    assert net.getservbyname(*arguments) == port


@pytest.mark.req("FUN-080")
@pytest.mark.parametrize("arguments", [("nosuch",), ("http", "nosuch"), ("shell", "udp"), ("", "tcp")])
def test_an_unknown_service_or_protocol_is_not_found(net: ModuleType, arguments: tuple[str, ...]) -> None:
    with pytest.raises(OSError, match="service/proto not found"):
        net.getservbyname(*arguments)


@pytest.mark.req("FUN-081", "FUN-082")
@pytest.mark.parametrize(
    ("arguments", "name"),
    [((80,), "http"), ((53, "udp"), "domain"), ((514, "tcp"), "shell"), ((514, "udp"), "syslog")],
)
def test_getservbyport_gives_the_name_of_a_service(net: ModuleType, arguments: tuple[Any, ...], name: str) -> None:
    assert net.getservbyport(*arguments) == name


@pytest.mark.req("FUN-081", "FUN-082")
@pytest.mark.parametrize("arguments", [(65535,), (80, "nosuch"), (80, "")])
def test_an_unknown_port_or_protocol_is_not_found(net: ModuleType, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(OSError, match="port/proto not found"):
        net.getservbyport(*arguments)


@pytest.mark.req("FUN-081")
@pytest.mark.parametrize("port", [65536, -1])
def test_a_port_outside_16_bits_overflows(net: ModuleType, port: int) -> None:
    with pytest.raises(OverflowError):
        net.getservbyport(port)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [("getservbyname", ("http\0",)), ("getservbyname", ("http", "tcp\0")), ("getprotobyname", ("icmp\0",))],
)
def test_a_nul_in_a_table_name_is_an_error(net: ModuleType, function: str, arguments: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):
        getattr(net, function)(*arguments)
