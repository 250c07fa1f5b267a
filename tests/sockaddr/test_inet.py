"""AF_INET addresses: (host, port)."""

from __future__ import annotations

import errno
import os
import shutil
import struct
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from codec_cases import NumericNames, decodings, encodings
from hypothesis import given
from hypothesis import strategies as st
from isolation import evaluate, private_network, run_python, through_hosts_file

from berkeley.sockaddr import codec

NAMES = NumericNames()
inet = codec(2)
TOO_LONG_FOR_IDNA = "ü" * 80 + ".example"


@pytest.fixture
def udp(net: ModuleType, closing: Any) -> Any:
    """An unbound UDP socket."""
    return closing(net.socket(net.AF_INET, net.SOCK_DGRAM))


@pytest.mark.req("FAM-001")
def test_the_family_of_the_socket_chooses_the_form_of_addresses(net: ModuleType, udp: Any, closing: Any) -> None:
    udp.bind(("127.0.0.1", 0))
    with pytest.raises(TypeError):
        closing(net.socket(net.AF_UNIX)).bind(("127.0.0.1", 0))
    with pytest.raises(TypeError):
        closing(net.socket(net.AF_INET)).bind("127.0.0.1:0")


@pytest.mark.req("FAM-010")
def test_an_address_is_a_pair_of_host_and_port(net: ModuleType, udp: Any) -> None:
    udp.bind(("127.0.0.1", 0))
    host, port = udp.getsockname()
    assert (host, type(udp.getsockname()), type(port)) == ("127.0.0.1", tuple, int)
    assert 0 < port <= 65535


@pytest.mark.req("FAM-010")
@pytest.mark.parametrize("host", ["127.0.0.9", b"127.0.0.9", bytearray(b"127.0.0.9")])
def test_a_dotted_host_may_be_text_or_bytes(net: ModuleType, udp: Any, host: Any) -> None:
    udp.bind((host, 0))
    assert udp.getsockname()[0] == "127.0.0.9"


@pytest.mark.req("FAM-011")
@pytest.mark.parametrize("host", ["localhost", b"localhost"])
def test_a_host_name_is_resolved_before_use(net: ModuleType, listener: Any, host: Any, closing: Any) -> None:
    client = closing(net.socket())
    client.connect((host, listener.getsockname()[1]))
    assert client.getpeername() == listener.getsockname()


@pytest.mark.req("FAM-011")
def test_an_unresolvable_host_is_a_gaierror(net: ModuleType, udp: Any) -> None:
    with private_network(), pytest.raises(net.gaierror):
        udp.bind(("no.such.invalid", 0))


@pytest.mark.req("FAM-012")
def test_the_empty_host_binds_to_all_interfaces(net: ModuleType, udp: Any) -> None:
    udp.bind(("", 0))
    assert udp.getsockname()[0] == "0.0.0.0"


@pytest.mark.req("FAM-013")
def test_the_special_host_broadcast_is_the_broadcast_address(net: ModuleType, udp: Any) -> None:
    udp.bind(("<broadcast>", 0))
    assert udp.getsockname()[0] == "255.255.255.255"


@pytest.mark.req("FAM-013")
def test_a_datagram_to_broadcast_arrives(net: ModuleType, closing: Any) -> None:
    with private_network():
        receiver = closing(net.socket(net.AF_INET, net.SOCK_DGRAM))
        sender = closing(net.socket(net.AF_INET, net.SOCK_DGRAM))
        receiver.bind(("", 0))
        receiver.settimeout(10)
        target = ("<broadcast>", receiver.getsockname()[1])
        sender.setsockopt(net.SOL_SOCKET, net.SO_BINDTODEVICE, b"lo\0")
        with pytest.raises(PermissionError):
            sender.sendto(b"not yet", target)
        sender.setsockopt(net.SOL_SOCKET, net.SO_BROADCAST, 1)
        sender.sendto(b"to all", target)
        assert receiver.recv(100) == b"to all"


MALFORMED = [
    ("127.0.0.1", 0, 0),
    ("127.0.0.1",),
    (),
    ["127.0.0.1", 0],
    "127.0.0.1",
    None,
    ("127.0.0.1", "0"),
    ("127.0.0.1", 0.0),
    (127, 0),
    (None, 0),
]


@pytest.mark.req("FAM-015")
@pytest.mark.parametrize("address", MALFORMED)
@pytest.mark.parametrize("method", ["bind", "connect", "connect_ex"])
def test_a_malformed_address_is_a_type_error(net: ModuleType, udp: Any, method: str, address: Any) -> None:
    with pytest.raises(TypeError):
        getattr(udp, method)(address)


@pytest.mark.req("FAM-015")
@pytest.mark.parametrize("port", [70000, 65536, -1, 1 << 70])
def test_a_port_outside_16_bits_overflows(net: ModuleType, udp: Any, port: int) -> None:
    with pytest.raises(OverflowError):
        udp.bind(("127.0.0.1", port))


@pytest.mark.req("FAM-015")
def test_the_error_of_a_bad_port_says_what_is_right(net: ModuleType, udp: Any) -> None:
    with pytest.raises(OverflowError, match=r"bind\(\): port must be 0-65535"):
        udp.bind(("127.0.0.1", 65536))
    with pytest.raises(OverflowError, match=r"sendto\(\): port must be 0-65535"):
        udp.sendto(b"x", ("127.0.0.1", -1))


@pytest.mark.req("FAM-016")
def test_the_first_address_of_a_name_is_used(net: ModuleType, tmp_path: Path) -> None:
    through = through_hosts_file(tmp_path, "127.0.0.5 twin.example\n127.0.0.6 twin.example\n")
    before = (
        "with net.socket() as sock:\n"
        "    sock.bind(('twin.example', 0))\n"
        "    chosen = sock.getsockname()[0]\n"
        "found = net.getaddrinfo('twin.example', 0, net.AF_INET, net.SOCK_STREAM)"
    )
    chosen, found = evaluate(net, "chosen, [entry[4][0] for entry in found]", before=before, through=through)
    assert chosen == found[0]
    assert set(found) == {"127.0.0.5", "127.0.0.6"}


@pytest.mark.req("FAM-016")
@pytest.mark.parametrize(("host", "looked_up"), [("127.0.0.1", False), ("localhost", True)])
def test_a_numeric_host_is_never_looked_up(net: ModuleType, tmp_path: Path, host: str, looked_up: bool) -> None:
    strace = shutil.which("strace")
    if not strace:
        pytest.skip("strace, which shows whether the resolver was asked, is missing")
    code = f"import {net.__name__} as net\nwith net.socket() as sock: sock.bind(({host!r}, 0))"
    run_python(code, through=[strace, "-f", "-qq", "-e", "trace=openat,open", "-o", str(tmp_path / "trace")])
    assert ("/etc/hosts" in (tmp_path / "trace").read_text()) is looked_up


@pytest.mark.berkeley_only("decision: a NUL in a host is ValueError")
@pytest.mark.parametrize("host", ["127.0.0.1\0", b"127.0.0.1\0x", "local\0host"])
def test_a_nul_in_a_host_is_an_error(net: ModuleType, udp: Any, host: Any) -> None:
    with pytest.raises(ValueError):
        udp.bind((host, 0))


@pytest.mark.berkeley_only("decision: an IDNA failure is both a gaierror and a UnicodeError")
def test_a_host_outside_idna_is_a_lookup_error_and_an_encoding_error(net: ModuleType, udp: Any) -> None:
    with pytest.raises(net.gaierror) as caught:
        udp.bind((TOO_LONG_FOR_IDNA, 0))
    assert isinstance(caught.value, UnicodeError)


@pytest.mark.berkeley_only("decision: an error names the address it is about")
def test_an_error_names_the_address(net: ModuleType, listener: Any, closing: Any) -> None:
    address = listener.getsockname()
    with pytest.raises(OSError) as caught:
        closing(net.socket()).bind(address)
    assert caught.value.args == (errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
    assert repr(address) in str(caught.value)


@pytest.mark.req("FAM-068")
def test_recvfrom_on_a_connected_stream_has_no_address(net: ModuleType, tcp_pair: Any) -> None:
    client, server = tcp_pair
    server.sendall(b"xy")
    assert client.recvfrom(1) == (b"x", None)
    assert client.recvfrom_into(bytearray(1)) == (1, None)


@pytest.mark.req("FAM-068")
def test_recvmsg_on_a_connected_stream_has_no_address(net: ModuleType, tcp_pair: Any, unix_pair: Any) -> None:
    for left, right in (tcp_pair, unix_pair):
        right.sendall(b"x")
        data, items, _, address = left.recvmsg(1)
        assert (data, items, address) == (b"x", [], None)


@pytest.mark.req("FAM-010", "FAM-012", "FAM-013")
@pytest.mark.parametrize(("address", "raw"), encodings("AF_INET"))
def test_the_codec_makes_the_bytes_of_the_kernel(address: Any, raw: bytes) -> None:
    assert inet.encode(address, NAMES, "bind", 0) == raw


@pytest.mark.req("FAM-010")
@pytest.mark.parametrize(("raw", "address"), decodings("AF_INET"))
def test_the_codec_reads_the_bytes_of_the_kernel(raw: bytes, address: Any) -> None:
    assert inet.decode(raw, NAMES, 0) == address


@pytest.mark.req("FAM-010")
@given(host=st.ip_addresses(v=4).map(str), port=st.integers(0, 65535))
def test_any_address_survives_the_codec(host: str, port: int) -> None:
    raw = inet.encode((host, port), NAMES, "bind", 0)
    assert len(raw) == 16
    assert raw[:4] == struct.pack("=H", 2) + port.to_bytes(2, "big")
    assert inet.decode(raw, NAMES, 0) == (host, port)


@pytest.mark.req("FAM-015")
@given(port=st.integers().filter(lambda port: not 0 <= port <= 65535))
def test_no_port_is_ever_cut(port: int) -> None:
    with pytest.raises(OverflowError):
        inet.encode(("127.0.0.1", port), NAMES, "bind", 0)


@pytest.mark.parametrize("size", range(16))
def test_a_truncated_address_is_refused_not_overread(size: int) -> None:
    raw = struct.pack("=H", 2) + bytes(14)
    with pytest.raises(ValueError):
        inet.decode(raw[:size], NAMES, 0)
