"""The servers of the programs: on loopback alone, and ended with all of their processes."""

from __future__ import annotations

from pathlib import Path

import processes
import pytest

from programs.servers import NAMES, Missing, Servers
from programs.servers.process import accepts, free_port, running

LOOPBACK = {"0100007F", "00000000000000000000000001000000"}  # 127.0.0.1 and ::1 as in /proc/net/tcp
LISTENING = "0A"


def listening() -> set[tuple[str, int]]:
    """Addresses (in hexadecimal) and ports of listening TCP sockets, and of UDP sockets."""
    found = set()
    for name in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{name}").read_text("ascii").splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            if state == LISTENING or name.startswith("udp"):
                address, port = local.split(":")
                found.add((address, int(port, 16)))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_server_listens_on_loopback_alone(servers: Servers, name: str) -> None:
    try:
        arguments = servers.arguments(name)
    except Missing as missing:
        pytest.skip(str(missing))
    ports = {int(word.rpartition(":")[2]) for word in arguments if word.rpartition(":")[2].isdecimal()}
    addresses = {address for address, port in listening() if port in ports}
    assert addresses
    assert addresses <= LOOPBACK


@pytest.mark.parametrize("name", NAMES)
def test_a_server_ends_with_its_block_and_leaves_no_process(name: str) -> None:
    before = processes.descendants()
    with processes.adopting_orphans():
        with Servers() as own:
            try:
                own.arguments(name)
            except Missing as missing:
                pytest.skip(str(missing))
            assert set(processes.descendants()) - set(before)
        assert processes.left_over(before) == {}


def test_a_server_that_does_not_start_tells_why(tmp_path: Path) -> None:
    before = processes.descendants()
    command = ["sh", "-c", "echo no such setting >&2; exit 1"]
    with pytest.raises(RuntimeError, match="no such setting"), running(command, tmp_path, accepts(free_port())):
        pytest.fail("it has started")
    assert processes.left_over(before) == {}
