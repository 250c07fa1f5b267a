"""A kernel that reports more than fits: results end where their storage ends."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import fresh
import pytest

pytestmark = [
    pytest.mark.simulated,
    pytest.mark.berkeley_only("decisions: reported lengths are clamped; the interpreter's own module reads on"),
]

STORAGE = 128


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh.compile_shim("overlong_lengths", tmp_path_factory.mktemp("shims"))


def told(net: ModuleType, lying: Path, setup: str, call: str) -> Any:
    code = f"{setup}\nresult = {call}\nfor each in used: each.close()\nreport(result)\n"
    return fresh.run(net, code, preload=lying)


UNIX_STREAM = """
server, client = (socket.socket(socket.AF_UNIX) for _ in range(2))
used = [server, client]
server.bind(path)
server.listen()
client.connect(path)
def accepted():
    sock, address = server.accept()
    used.append(sock)
    return address
def received(call):
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    used.extend([left, right])
    right.bind(path + "2")
    right.send(b"x")
    return call(left)
"""


@pytest.mark.parametrize(
    "call",
    [
        "server.getsockname()",
        "client.getpeername()",
        "accepted()",
        "received(lambda sock: sock.recvfrom(10)[1])",
        "received(lambda sock: sock.recvfrom_into(bytearray(10))[1])",
    ],
)
def test_a_unix_path_ends_where_its_storage_ends(net: ModuleType, lying: Path, tmp_path: Path, call: str) -> None:
    found = told(net, lying, f"path = {str(tmp_path / 'server')!r}\n{UNIX_STREAM}", call)
    assert set(found) == {"u"}
    assert 100 < len(found) <= STORAGE


UDP = """
sock, peer = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
used = [sock, peer]
for each in used:
    each.bind(("127.0.0.1", 0))
sock.connect(peer.getsockname())
sock.send(b"x")
peer.connect(sock.getsockname())
"""


@pytest.mark.parametrize("call", ["sock.getsockname()", "peer.getpeername()", "peer.recvfrom(10)[1]"])
def test_an_ip_address_is_what_it_is(net: ModuleType, lying: Path, call: str) -> None:
    assert told(net, lying, UDP, f"{call}, sock.getsockname()")[0][0] == "127.0.0.1"


@pytest.mark.parametrize("length", [1, 4, 100, 1024])
def test_an_option_ends_where_its_buffer_ends(net: ModuleType, lying: Path, length: int) -> None:
    call = f"sock.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, {length}).hex()"
    option = bytes.fromhex(told(net, lying, UDP, call))
    assert len(option) <= length
    assert option[:4] == (b"\2" + bytes(3))[:length]


def test_the_number_of_an_option_is_what_it_is(net: ModuleType, lying: Path) -> None:
    assert told(net, lying, UDP, "sock.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)") == 2


def test_a_descriptor_says_what_it_is(net: ModuleType, lying: Path) -> None:
    setup = f"{UDP}\nfound = socket.socket(fileno=peer.detach())\nused.append(found)"
    assert told(net, lying, setup, "[int(found.family), int(found.type), found.proto]") == [2, 2, 17]
