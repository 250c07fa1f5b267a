"""Every program of examples/ run as its reader would run it: as processes of their own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
# "python -c" leaves its own name in sys.argv[0]: the example takes its place.
IN_PLACE_OF_BERKELEY = """
import runpy, sys
import {module} as net
del sys.argv[0]
sys.modules["berkeley"] = net
{change}
runpy.run_path(sys.argv[0], run_name="__main__")
"""
HELLO = "Received b'Hello, world'\n"
IPV6_ADDRESSES = Path("/proc/net/if_inet6")

Start = Callable[..., "Program"]

needs_ipv6 = pytest.mark.skipif(
    not IPV6_ADDRESSES.exists() or "0" * 31 + "1" not in IPV6_ADDRESSES.read_text(),
    reason="the system has no IPv6 loopback address",
)


class Program:
    """One example as a running process; what it writes to stderr counts as output, so that a warning fails the test."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def line(self) -> str:
        # A server prints this one line and then waits for its client, so nothing else is lost in the buffer.
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def port(self) -> str:
        line = self.line()
        found = re.fullmatch(r"Listening on port (\d+)\n", line)
        assert found, line + self.process.communicate(timeout=20)[0]
        return found[1]

    def ended(self) -> tuple[int, str]:
        """Wait for the end: (exit status, the output not read yet)."""
        output, _ = self.process.communicate(timeout=20)
        return self.process.returncode, output


def command_for(net: ModuleType, script: str, *arguments: str, change: str = "pass") -> list[str]:
    path = str(EXAMPLES / script)
    if net.__name__ == "berkeley" and change == "pass":
        return [sys.executable, "-W", "error", path, *arguments]
    code = IN_PLACE_OF_BERKELEY.format(module=net.__name__, change=change)
    return [sys.executable, "-W", "error", "-c", code, path, *arguments]


@pytest.fixture
def start(net: ModuleType) -> Iterator[Start]:
    """start("echo_client_ipv4.py", host, port) runs an example on the module under test."""
    programs: list[Program] = []

    def run(script: str, *arguments: str, change: str = "pass") -> Program:
        programs.append(Program(command_for(net, script, *arguments, change=change)))
        return programs[-1]

    yield run
    for program in programs:
        program.process.kill()
        program.process.communicate()


@pytest.mark.req("EX-001", "EX-002")
@pytest.mark.berkeley_only("two-argument bind and connect, and text as data, are the 1.x interface")
def test_classic_echo_client_prints_the_text_that_the_classic_server_returned(start: Start) -> None:
    server = start("classic/echo_server.py", "", "0")
    client = start("classic/echo_client.py", "127.0.0.1", server.port())
    assert client.ended() == (0, "Received 'Hello, world'\n")
    status, output = server.ended()
    assert status == 0
    assert re.fullmatch(r"Connected by \('127\.0\.0\.1', \d+\)\n", output)


@pytest.mark.req("EX-003", "EX-004")
def test_ipv4_echo_client_prints_the_bytes_that_the_ipv4_server_returned(start: Start) -> None:
    server = start("echo_server_ipv4.py", "", "0")
    client = start("echo_client_ipv4.py", "127.0.0.1", server.port())
    assert client.ended() == (0, HELLO)
    status, output = server.ended()
    assert status == 0
    assert re.fullmatch(r"Connected by \('127\.0\.0\.1', \d+\)\n", output)


@pytest.mark.req("EX-003")
def test_ipv4_echo_server_returns_more_than_one_buffer_of_data(
    net: ModuleType, start: Start, closing: Callable[[Any], Any]
) -> None:
    server = start("echo_server_ipv4.py", "127.0.0.1", "0")
    client = closing(net.create_connection(("127.0.0.1", int(server.port()))))
    sent = os.urandom(5000)
    client.sendall(sent)
    client.shutdown(net.SHUT_WR)
    with client.makefile("rb") as returned:
        assert returned.read() == sent
    assert server.ended()[0] == 0


@pytest.mark.req("EX-005", "EX-006")
def test_dual_echo_server_on_every_address_serves_the_dual_client(start: Start) -> None:
    server = start("echo_server_dual.py", "", "0")
    client = start("echo_client_dual.py", "localhost", server.port())
    assert client.ended() == (0, HELLO)
    status, output = server.ended()
    assert status == 0
    assert output.startswith("Connected by (")


@pytest.mark.req("EX-005", "EX-006")
@pytest.mark.parametrize("host", ["127.0.0.1", pytest.param("::1", marks=needs_ipv6)])
def test_dual_echo_pair_talks_over_either_family(start: Start, host: str) -> None:
    server = start("echo_server_dual.py", host, "0")
    client = start("echo_client_dual.py", host, server.port())
    assert client.ended() == (0, HELLO)
    status, output = server.ended()
    assert status == 0
    assert output.startswith(f"Connected by ('{host}', ")


@pytest.mark.req("EX-005")
def test_dual_echo_server_says_that_it_could_not_open_a_socket_when_the_port_is_busy(start: Start) -> None:
    first = start("echo_server_dual.py", "", "0")
    second = start("echo_server_dual.py", "", first.port())
    assert second.ended() == (1, "could not open socket\n")


@pytest.mark.req("EX-006")
def test_dual_echo_client_exits_with_1_when_nobody_listens(
    net: ModuleType, start: Start, closing: Callable[[Any], Any]
) -> None:
    bound_but_silent = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    bound_but_silent.bind(("127.0.0.1", 0))
    client = start("echo_client_dual.py", "127.0.0.1", str(bound_but_silent.getsockname()[1]))
    assert client.ended() == (1, "could not open socket\n")


def test_unix_echo_pair_talks_over_a_path_and_removes_it(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "echo"
    server = start("echo_server_unix.py", str(path))
    assert server.line() == f"Listening on {path}\n"
    client = start("echo_client_unix.py", str(path))
    assert client.ended() == (0, HELLO)
    assert server.ended() == (0, "Connected by ''\n")
    assert not path.exists()


def test_udp_echo_server_returns_a_datagram_and_ends_at_an_empty_one(start: Start) -> None:
    server = start("echo_server_udp.py", "127.0.0.1", "0")
    client = start("echo_client_udp.py", "127.0.0.1", server.port())
    assert client.ended() == (0, HELLO)
    status, output = server.ended()
    assert status == 0
    assert re.fullmatch(r"Datagram from \('127\.0\.0\.1', \d+\)\n", output)


@pytest.mark.req("EX-010")
def test_getaddrinfo_example_lists_localhost_as_a_tcp_address_without_canonical_name(start: Start) -> None:
    status, output = start("getaddrinfo.py", "localhost", "80").ended()
    assert status == 0
    assert "AF_INET SOCK_STREAM 6 '' ('127.0.0.1', 80)\n" in output
    assert all(" SOCK_STREAM 6 '' (" in line for line in output.splitlines())


@pytest.mark.req("EX-010")
def test_getaddrinfo_example_lists_the_documented_addresses_of_example_org(net: ModuleType, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("93.184.216.34 example.org\n2606:2800:220:1:248:1893:25c8:1946 example.org\n")
    # A mount namespace gives this one process a hosts file of its own.
    script = f"mount --bind '{hosts}' /etc/hosts && exec \"$@\""
    enter = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
    if not shutil.which("unshare") or subprocess.run([*enter, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no unshare command, or this user may not make a mount namespace")
    command = command_for(net, "getaddrinfo.py", "example.org", "80")
    output = subprocess.run([*enter, *command], capture_output=True, text=True, timeout=20, check=True).stdout
    assert set(output.splitlines()) == {
        "AF_INET SOCK_STREAM 6 '' ('93.184.216.34', 80)",
        "AF_INET6 SOCK_STREAM 6 '' ('2606:2800:220:1:248:1893:25c8:1946', 80, 0, 0)",
    }


@pytest.mark.req("EX-011", "EX-012")
def test_descriptors_pass_between_two_processes_with_the_printed_helpers(start: Start) -> None:
    assert start("pass_descriptors.py").ended() == (
        0,
        "Process two received b'a pipe' with 2 descriptors\n"
        "Process one sent 6 bytes and reads b'written by process two'\n",
    )


@pytest.mark.req("EX-013")
def test_recvmsg_into_example_scatters_the_line_as_documented(start: Start) -> None:
    assert start("recvmsg_into.py").ended() == (
        0,
        "22\n(22, [], 0, None)\n[bytearray(b'Mary'), bytearray(b'01 had a 9'), bytearray(b'little lamb---')]\n",
    )


@pytest.mark.req("EX-014")
@needs_ipv6
@pytest.mark.parametrize(("host", "peer"), [("127.0.0.1", "::ffff:127.0.0.1"), ("::1", "::1")])
def test_dualstack_server_serves_both_families_from_one_socket(start: Start, host: str, peer: str) -> None:
    server = start("dualstack_server.py", "", "0")
    client = start("echo_client_dual.py", host, server.port())
    assert client.ended() == (0, HELLO)
    assert server.ended() == (0, f"AF_INET6 socket connected by {peer}\n")


@pytest.mark.req("EX-014")
def test_dualstack_server_falls_back_to_ipv4_where_the_system_has_no_dual_stack(start: Start) -> None:
    server = start("dualstack_server.py", "", "0", change="net.has_dualstack_ipv6 = lambda: False")
    client = start("echo_client_ipv4.py", "127.0.0.1", server.port())
    assert client.ended() == (0, HELLO)
    assert server.ended() == (0, "AF_INET socket connected by 127.0.0.1\n")


@pytest.mark.req("EX-015")
def test_nonblocking_type_example_shows_the_type_without_the_flag(start: Start) -> None:
    expected = "type <SocketKind.SOCK_STREAM: 1>\nblocking False\ntimeout 0.0\n"
    assert start("nonblocking_type.py").ended() == (0, expected)


def sockets_in_time_wait(net: ModuleType) -> set[tuple[str, int]]:
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state = line.split()[:4]
        address, port = local.split(":")
        if state == "06":  # TCP_TIME_WAIT of <net/tcp_states.h>
            found.add((net.inet_ntoa(bytes.fromhex(address)[:: 1 if sys.byteorder == "big" else -1]), int(port, 16)))
    return found


@pytest.mark.req("EX-016", "EX-017")
def test_time_wait_refuses_the_port_unless_both_runs_set_the_option(net: ModuleType, start: Start) -> None:
    host = "127.0.16.17"  # an address of its own, so that no other program takes its ports
    status, output = start("time_wait.py", host).ended()
    assert status == 0
    lines = output.splitlines()
    ports = [re.search(r"port (\d+)", line) for line in lines]
    assert [re.sub(r"\d{4,}", "N", line) for line in lines] == [
        "Without the option, port N is refused: errno 98",
        "With the option on the second run only, port N is refused: errno 98",
        "With the option on both runs, served port N again",
    ]
    assert {(host, int(port[1])) for port in ports if port} <= sockets_in_time_wait(net)


@pytest.mark.req("FAM-053")
@pytest.mark.stdlib_needs("ETHERTYPE_IP")
def test_packet_capture_shows_interface_protocol_and_type_of_a_loopback_datagram(net: ModuleType, start: Start) -> None:
    try:
        net.socket(net.AF_PACKET, net.SOCK_DGRAM).close()
    except PermissionError:
        pytest.skip("AF_PACKET needs the right CAP_NET_RAW")
    assert start("packet_capture.py", "lo").ended() == (
        0,
        "interface lo\n"
        "protocol 0x800\n"
        "packet type 0 to this host\n"
        "hardware 772 00:00:00:00:00:00\n"
        "IP protocol 17 payload b'a datagram to be captured'\n",
    )
