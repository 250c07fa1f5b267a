"""create_server() and has_dualstack_ipv6()."""

from __future__ import annotations

import errno
import shutil
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture
def serve(net: ModuleType, closing: Any) -> Any:
    """create_server() on a loopback port of the system's choice, closed when the test ends."""

    def make(host: str = "127.0.0.1", port: int = 0, **options: Any) -> Any:
        return closing(net.create_server((host, port), **options))

    return make


def option(net: ModuleType, sock: Any, name: str, level: str = "SOL_SOCKET") -> int:
    return sock.getsockopt(getattr(net, level), getattr(net, name))


@pytest.mark.req("FUN-031")
def test_create_server_returns_a_bound_listening_tcp_socket(net: ModuleType, serve: Any) -> None:
    server = serve()
    assert type(server) is net.socket
    assert (server.family, server.type) == (net.AF_INET, net.SOCK_STREAM)
    assert option(net, server, "SO_ACCEPTCONN") == 1
    assert option(net, server, "SO_PROTOCOL") == net.IPPROTO_TCP
    assert server.getsockname()[0] == "127.0.0.1"


@pytest.mark.req("FUN-031")
def test_create_server_takes_one_positional_argument(net: ModuleType) -> None:
    with pytest.raises(TypeError):
        net.create_server(("127.0.0.1", 0), net.AF_INET)


@pytest.mark.req("FUN-032")
@pytest.mark.parametrize(("family", "host"), [("AF_INET", "127.0.0.1"), ("AF_INET6", "::1")])
def test_create_server_serves_both_internet_families(
    net: ModuleType, serve: Any, family: str, host: str, closing: Any
) -> None:
    server = serve(host, family=getattr(net, family))
    client = closing(net.create_connection(server.getsockname()[:2]))
    accepted, _ = server.accept()
    closing(accepted)
    assert accepted.family == client.family == getattr(net, family)


@pytest.mark.req("FUN-032")
@pytest.mark.berkeley_only("the interpreter leaves the socket to the garbage collector, with a ResourceWarning")
def test_create_server_refuses_the_family_of_paths(net: ModuleType, open_descriptors: Any) -> None:
    before = open_descriptors()
    with pytest.raises(TypeError):
        net.create_server(("127.0.0.1", 0), family=net.AF_UNIX)
    assert open_descriptors() == before


def backlog_of(sock: Any) -> int:
    if not shutil.which("ss"):
        pytest.skip("ss(8), which shows the length of a listen queue, is missing")
    port = sock.getsockname()[1]
    command = ["ss", "-Hltn", f"sport = :{port}"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout
    return int(shown.split()[2])


@pytest.mark.req("FUN-033")
@pytest.mark.parametrize("backlog", [0, 1, 7])
def test_the_backlog_is_given_to_listen(net: ModuleType, serve: Any, backlog: int) -> None:
    assert backlog_of(serve(backlog=backlog)) == backlog


@pytest.mark.req("FUN-033")
@pytest.mark.parametrize("options", [{}, {"backlog": None}])
def test_without_a_backlog_a_reasonable_one_is_chosen(net: ModuleType, serve: Any, options: Any) -> None:
    limit = int(Path("/proc/sys/net/core/somaxconn").read_text())
    assert backlog_of(serve(**options)) == min(net.SOMAXCONN, 128, limit)


@pytest.mark.req("FUN-034")
@pytest.mark.parametrize("reuse", [False, True])
def test_reuse_port_decides_about_the_option(net: ModuleType, serve: Any, reuse: bool) -> None:
    assert option(net, serve(reuse_port=reuse), "SO_REUSEPORT") == reuse


@pytest.mark.req("FUN-034")
def test_two_servers_share_a_port_with_reuse_port_only(net: ModuleType, serve: Any) -> None:
    first = serve(reuse_port=True)
    assert serve(port=first.getsockname()[1], reuse_port=True).getsockname() == first.getsockname()
    with pytest.raises(OSError) as caught:
        serve(port=first.getsockname()[1])
    assert caught.value.errno == errno.EADDRINUSE


@pytest.mark.req("FUN-034")
@pytest.mark.simulated
@pytest.mark.berkeley_only("the interpreter looks at a name that cannot be hidden from it")
def test_reuse_port_is_refused_where_the_platform_cannot(net: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(net, "SO_REUSEPORT")
    with pytest.raises(ValueError, match="SO_REUSEPORT not supported"):
        net.create_server(("127.0.0.1", 0), reuse_port=True)


@pytest.mark.req("FUN-035", "FUN-036")
@pytest.mark.parametrize(("host", "seen"), [("127.0.0.1", "::ffff:127.0.0.1"), ("::1", "::1")])
def test_a_dual_stack_server_accepts_both_families(
    net: ModuleType, serve: Any, host: str, seen: str, closing: Any
) -> None:
    server = serve("", family=net.AF_INET6, dualstack_ipv6=True)
    assert option(net, server, "IPV6_V6ONLY", "IPPROTO_IPV6") == 0
    closing(net.create_connection((host, server.getsockname()[1])))
    accepted, address = server.accept()
    assert closing(accepted).getpeername() == address
    assert address[0] == seen


@pytest.mark.req("FUN-035")
def test_dual_stack_needs_the_newer_family(net: ModuleType) -> None:
    with pytest.raises(ValueError, match="dualstack_ipv6 requires AF_INET6 family"):
        net.create_server(("", 0), dualstack_ipv6=True)


@pytest.mark.req("FUN-035")
@pytest.mark.simulated
def test_dual_stack_is_refused_where_the_platform_cannot(net: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(net, "has_dualstack_ipv6", lambda: False)
    with pytest.raises(ValueError, match="dualstack_ipv6 not supported"):
        net.create_server(("", 0), family=net.AF_INET6, dualstack_ipv6=True)


@pytest.mark.req("FUN-037")
@pytest.mark.parametrize("options", [{}, {"dualstack_ipv6": False}])
def test_without_dual_stack_ipv4_is_turned_off(net: ModuleType, serve: Any, options: Any) -> None:
    server = serve("", family=net.AF_INET6, **options)
    assert option(net, server, "IPV6_V6ONLY", "IPPROTO_IPV6") == 1
    with pytest.raises(ConnectionRefusedError):
        net.create_connection(("127.0.0.1", server.getsockname()[1]))


@pytest.mark.req("FUN-038")
def test_addresses_in_time_wait_can_be_reused(net: ModuleType, serve: Any) -> None:
    assert option(net, serve(), "SO_REUSEADDR") == 1


@pytest.mark.req("FUN-038")
def test_a_server_can_be_restarted_at_once(net: ModuleType) -> None:
    with net.create_server(("127.0.0.1", 0)) as server, net.create_connection(server.getsockname()) as client:
        address = server.getsockname()
        accepted, _ = server.accept()
        accepted.close()
        assert client.recv(1) == b""
    with net.create_server(address) as server:
        assert server.getsockname() == address


@pytest.mark.req("FUN-039")
def test_a_failed_bind_names_the_address_and_closes_the_socket(
    net: ModuleType, serve: Any, open_descriptors: Any
) -> None:
    address = serve().getsockname()
    before = open_descriptors()
    with pytest.raises(OSError) as caught:
        net.create_server(address)
    assert caught.value.errno == errno.EADDRINUSE
    assert f"while attempting to bind on address {address!r}" in str(caught.value)
    assert open_descriptors() == before


@pytest.mark.berkeley_only("the interpreter leaves the socket to the garbage collector, with a ResourceWarning")
def test_a_failed_listen_closes_the_socket(net: ModuleType, open_descriptors: Any) -> None:
    before = open_descriptors()
    with pytest.raises(TypeError):
        net.create_server(("127.0.0.1", 0), backlog="many")
    assert open_descriptors() == before


@pytest.mark.req("FUN-040")
def test_linux_has_dual_stack_sockets(net: ModuleType) -> None:
    if not Path("/proc/net/if_inet6").exists():
        pytest.skip("the kernel has no IPv6")
    assert net.has_dualstack_ipv6() is True


@pytest.mark.req("FUN-040")
@pytest.mark.simulated
def test_dual_stack_is_absent_where_the_option_fails(net: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    class Unwilling(net.socket):
        def setsockopt(self, *args: Any) -> None:
            raise OSError(errno.ENOPROTOOPT, "Protocol not available")

    monkeypatch.setattr(net, "socket", Unwilling)
    assert net.has_dualstack_ipv6() is False


@pytest.mark.req("FUN-040")
@pytest.mark.simulated
def test_dual_stack_is_absent_where_ipv6_is(net: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(net, "has_ipv6", False)
    assert net.has_dualstack_ipv6() is False
