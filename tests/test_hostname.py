"""Host names on their way to the resolver: lengths, IDNA, what is never imported, and lookups from several threads."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any, NamedTuple

import fresh
import pytest


@pytest.mark.berkeley_only("reliability: numeric hosts and ASCII names need no codec, and so no import lock")
@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", b"localhost"])
def test_no_codec_is_imported_for_ascii_names(net: ModuleType, host: str | bytes) -> None:
    code = f"""
import sys
before = set(sys.modules)
socket.getaddrinfo({host!r}, 80)
report(sorted(set(sys.modules) - before))
"""
    assert fresh.run(net, code) == []


@pytest.mark.berkeley_only("decisions: an IDNA failure is both a gaierror and a UnicodeError")
@pytest.mark.parametrize("name", ["\xe4" * 100_000, "a." * 50_000 + "\xe4", "x" * 100_000, "..", "\xe4..b"])
def test_hostile_names_are_refused_quickly_and_as_both_kinds_of_error(net: ModuleType, name: str) -> None:
    began = time.monotonic()
    with pytest.raises(net.gaierror) as raised:
        net.getaddrinfo(name, 80)
    assert isinstance(raised.value, UnicodeError)
    assert time.monotonic() - began < 2


@pytest.mark.berkeley_only("a port number is never cut to 16 bits, as the C library does")
@pytest.mark.parametrize("port", [65536, 70000, 2**40, -1])
def test_a_port_beyond_16_bits_is_no_service(net: ModuleType, port: int) -> None:
    with pytest.raises(net.gaierror) as raised:
        net.getaddrinfo("127.0.0.1", port)
    assert raised.value.args[0] == net.EAI_SERVICE


@pytest.mark.berkeley_only("reliability: the lookups of the interpreter's own module share one buffer")
def test_lookups_from_several_threads_do_not_mix_their_answers(net: ModuleType) -> None:
    services = {name: net.getservbyname(name) for name in ("http", "https", "smtp", "ssh", "domain")}
    protocols = {name: net.getprotobyname(name) for name in ("tcp", "udp", "icmp")}

    def ask(_: int) -> bool:
        right = all(net.getservbyname(name) == port for name, port in services.items())
        right &= all(net.getservbyport(port) == name for name, port in services.items())
        right &= all(net.getprotobyname(name) == number for name, number in protocols.items())
        return right and net.gethostbyname_ex("127.0.0.1")[2] == ["127.0.0.1"]

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(400)))


class Text(str):
    __slots__ = ()


class Data(bytes):
    __slots__ = ()


class Place(NamedTuple):
    host: str
    port: int


@pytest.mark.parametrize(
    "call",
    [
        lambda net: net.gethostbyname(Text("127.0.0.1")),
        lambda net: net.gethostbyname_ex(Text("127.0.0.1")),
        lambda net: net.gethostbyaddr(Text("127.0.0.1")),
        lambda net: net.getaddrinfo(Text("127.0.0.1"), Data(b"80")),
        lambda net: net.getaddrinfo(Data(b"127.0.0.1"), Text("80")),
        lambda net: net.getnameinfo(Place("127.0.0.1", 80), net.NI_NUMERICHOST),
        lambda net: net.getnameinfo((Text("127.0.0.1"), 80), net.NI_NUMERICHOST),
        lambda net: net.if_nametoindex(Data(b"lo")),
        lambda net: net.inet_aton(Text("127.0.0.1")),
        lambda net: net.getservbyname(Text("http"), Text("tcp")),
    ],
)
def test_subclasses_of_text_bytes_and_tuples_are_as_good(net: ModuleType, call: Any) -> None:
    assert call(net)


def test_an_address_may_be_made_of_subclasses(net: ModuleType) -> None:
    with net.socket() as sock:
        sock.bind(Place(Text("127.0.0.1"), 0))
        assert sock.getsockname()[0] == "127.0.0.1"
