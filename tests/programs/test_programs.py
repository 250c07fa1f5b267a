"""Each program does on berkeley what it does on the interpreter's own module, to the letter, and that is a lot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from programs.catalogue import FOLDER, PROGRAMS

Outcome = Callable[[str], list[str]]


def has(lines: list[str], *expected: str, times: int = 1) -> None:
    """Each of the lines is there, so many times."""
    assert {line: lines.count(line) for line in expected} == dict.fromkeys(expected, times)


def test_requests_gets_and_puts_files_with_tls_and_without(outcome: Outcome) -> None:
    lines = outcome("requests")
    has(lines, "large 8388608 7d212b9c884f5c77", "chunks True 204", "moved [302] 200 1500", times=2)
    has(lines, "last of many GET n=49 word TLSv1.3", "not trusted SSLError", "no handshake ReadTimeout")


def test_urllib3_shares_a_pool_of_tls_connections_among_threads(outcome: Outcome) -> None:
    lines = outcome("urllib3")
    has(lines, "200 7d212b9c884f5c77 10", "stream 8388608 1048576", "lines 100", "the same True", times=2)
    has(lines, "busy MaxRetryError ResponseError", "refused MaxRetryError NewConnectionError")


def test_redis_talks_over_tcp_tls_and_a_unix_socket(outcome: Outcome) -> None:
    lines = outcome("redis")
    has(lines, "sum 1999000", "large True 2097152", "heard b'item 0' b'item 99' True", "nothing came None", times=3)
    has(lines, "no answer TimeoutError", "refused ConnectionError", "not trusted ConnectionError")


def test_pg8000_works_with_postgresql_over_tls(outcome: Outcome) -> None:
    lines = outcome("pg8000")
    has(lines, "large True", "copied 20000 True", "rows 2000000", "heard [('news', 'something happened')]", times=2)
    has(lines, "encrypted [[True, 'TLSv1.3']]", "too slow TimeoutError", "wrong password DatabaseError 28P01")


def test_paramiko_runs_commands_and_moves_files_on_an_openssh_server(outcome: Outcome) -> None:
    lines = outcome("paramiko")
    has(lines, "exec 7000 b'done\\n' 3", "bulk b39781589c4403fb", "got 4500000 True")
    has(lines, "tunnel b'through the tunnel'", "wrong key AuthenticationException", "no banner SSHException")


def test_dnspython_asks_over_udp_and_tcp_and_on_asyncio(outcome: Outcome) -> None:
    lines = outcome("dnspython")
    has(lines, "www.example.test AAAA ['2001:db8::1']", "asked again over TCP True 2000", "at once 50 192.0.2.59")
    has(lines, "missing.example.test A NXDOMAIN", "no answer", "refused")


def test_aiohttp_serves_itself_over_tls_tcp_and_a_unix_socket(outcome: Outcome) -> None:
    lines = outcome("aiohttp")
    has(lines, "upload 91d3beb88a9b2f77", "stream True", "file True", "said 1000000 True", times=3)
    has(lines, "too slow TimeoutError", "refused ClientConnectorError", "not trusted ClientConnectorCertificateError")


def test_websockets_talks_to_itself_on_asyncio_and_in_threads(outcome: Outcome) -> None:
    lines = outcome("websockets")
    has(lines, "large True", "ping True", "closed 4000 as you wish", "crowd 435", times=2)
    has(lines, "large in a thread True", "nothing came", "refused ConnectionRefusedError", "silent TimeoutError")


def test_uvloop_takes_sockets_that_the_program_has_made(outcome: Outcome) -> None:
    lines = outcome("uvloop")
    has(lines, "uvloop", "accepted True True 0.0", "sock_recv True", "reader None b'x'", "b'datagram' True")
    has(lines, "large True", times=3)
    has(lines, "socket of the transport True True", times=2)


def test_trio_has_streams_datagrams_and_adopted_sockets(outcome: Outcome) -> None:
    lines = outcome("trio")
    has(lines, "large True", "nothing came True", times=3)
    has(lines, "crowd 1225", "last datagram b'99' True", "adopted True True", "no such service True")


def test_gevent_patches_what_is_built_on_berkeley(outcome: Outcome) -> None:
    lines = outcome("gevent")
    has(lines, "patched gevent._socket3 gevent.ssl", "crowd 44850", "TLSv1.3", "pages 290 at once True")
    has(lines, "large True", "nothing came", times=2)


def test_pyroute2_configures_a_network_and_hears_of_it(outcome: Outcome) -> None:
    lines = outcome("pyroute2")
    has(lines, "link left 1400 veth", "addresses 100", "routes 200", "rules [0, 1000, 32766, 32767]")
    has(lines, "heard ['fresh', 'other']", "address twice 17", "on asyncio ['bridge', 'left', 'lo', 'right']")


def test_scapy_sends_and_sniffs_on_the_loopback_device(outcome: Outcome) -> None:
    lines = outcome("scapy")
    has(lines, "sniffed 40 [0, 1, 2, 3, 4]", "ping 0 7 b'payload'", "open port SA 2", "closed port RA")


def test_python_can_sends_and_hears_on_a_virtual_bus(outcome: Outcome) -> None:
    lines = outcome("python-can")
    has(lines, "filtered 16 0x200 0x2f0", "notified True True", "nothing came None")


SCRIPTS = sorted(path for path in FOLDER.glob("*_*.py") if path.name != "__init__.py")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_program_knows_nothing_of_berkeley(path: Path) -> None:
    assert "berkeley" not in path.read_text("utf-8")


def test_every_script_is_in_the_catalogue() -> None:
    assert {path.name for path in SCRIPTS} == {program.script for program in PROGRAMS.values()}
