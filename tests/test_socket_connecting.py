"""bind, connect, connect_ex, getpeername and getsockname while no signal arrives."""

from __future__ import annotations

import errno
import select
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Closing = Callable[[Any], Any]


@pytest.fixture
def unheard(net: ModuleType, closing: Closing) -> tuple[str, int]:
    """The address of a TCP socket that is bound but does not listen, so that connections are refused."""
    sock = closing(net.socket())
    sock.bind(("127.0.0.1", 0))
    return sock.getsockname()  # type: ignore[no-any-return]


@pytest.mark.req("MET-007")
def test_bind_gives_the_socket_its_address(net: ModuleType, closing: Closing, tmp_path: Path) -> None:
    sock = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
    assert sock.bind(str(tmp_path / "s")) is None
    assert sock.getsockname() == str(tmp_path / "s")


@pytest.mark.req("MET-007")
def test_second_bind_is_invalid(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket())
    sock.bind(("127.0.0.1", 0))
    with pytest.raises(OSError) as caught:
        sock.bind(("127.0.0.1", 0))
    assert caught.value.errno == errno.EINVAL


@pytest.mark.req("MET-007", "MET-016", "MET-021")
@pytest.mark.parametrize("method", ["bind", "connect", "connect_ex"])
@pytest.mark.parametrize("arguments", [(), ("127.0.0.1", 0)], ids=["none", "host and port"])
def test_address_is_exactly_one_argument(
    net: ModuleType, closing: Closing, method: str, arguments: tuple[object, ...]
) -> None:
    with pytest.raises(TypeError, match="exactly one argument"):
        getattr(closing(net.socket()), method)(*arguments)


@pytest.mark.req("MET-007", "MET-016", "MET-021")
@pytest.mark.parametrize("method", ["bind", "connect", "connect_ex"])
@pytest.mark.parametrize("address", ["127.0.0.1", ("127.0.0.1",), ("127.0.0.1", "80"), (1, 80), None], ids=repr)
def test_malformed_address_is_a_type_error(net: ModuleType, closing: Closing, method: str, address: object) -> None:
    with pytest.raises(TypeError):
        getattr(closing(net.socket()), method)(address)


@pytest.mark.req("MET-016")
def test_connect_reaches_a_tcp_listener(net: ModuleType, listener: Any, closing: Closing) -> None:
    client = closing(net.socket())
    assert client.connect(listener.getsockname()) is None
    assert client.getpeername() == listener.getsockname()


@pytest.mark.req("MET-016")
def test_connect_reaches_a_unix_listener(net: ModuleType, unix_listener: Any, closing: Closing) -> None:
    client = closing(net.socket(net.AF_UNIX))
    client.connect(unix_listener.getsockname())
    conn = closing(unix_listener.accept()[0])
    client.sendall(b"x")
    assert conn.recv(1) == b"x"


@pytest.mark.req("MET-016")
def test_refused_connection_raises(net: ModuleType, unheard: tuple[str, int], closing: Closing) -> None:
    with pytest.raises(ConnectionRefusedError) as caught:
        closing(net.socket()).connect(unheard)
    assert caught.value.errno == errno.ECONNREFUSED


@pytest.mark.req("MET-020")
def test_connect_ex_returns_zero_when_connected(net: ModuleType, listener: Any, closing: Closing) -> None:
    client = closing(net.socket())
    assert client.connect_ex(listener.getsockname()) == 0
    assert client.getpeername() == listener.getsockname()


@pytest.mark.req("MET-020")
@pytest.mark.parametrize("timeout", [None, 5])
def test_connect_ex_returns_the_errno_of_a_refused_connection(
    net: ModuleType, unheard: tuple[str, int], closing: Closing, timeout: float | None
) -> None:
    sock = closing(net.socket())
    sock.settimeout(timeout)
    assert sock.connect_ex(unheard) == errno.ECONNREFUSED


@pytest.mark.req("MET-020")
def test_connect_ex_returns_the_errno_of_a_missing_path(net: ModuleType, closing: Closing, tmp_path: Path) -> None:
    assert closing(net.socket(net.AF_UNIX)).connect_ex(str(tmp_path / "none")) == errno.ENOENT


@pytest.mark.req("MET-020")
def test_connect_ex_of_a_nonblocking_socket_is_in_progress_and_then_connected(
    net: ModuleType, listener: Any, closing: Closing
) -> None:
    client = closing(net.socket())
    client.setblocking(False)
    assert client.connect_ex(listener.getsockname()) == errno.EINPROGRESS
    assert select.select([], [client], [], 5)[1] == [client]
    assert client.getsockopt(net.SOL_SOCKET, net.SO_ERROR) == 0
    assert client.connect_ex(listener.getsockname()) in (0, errno.EISCONN)


@pytest.mark.req("MET-021")
@pytest.mark.parametrize("host", ["::1", "x" * 64], ids=["other family", "label of 64 characters"])
def test_connect_ex_raises_for_an_unknown_host(net: ModuleType, closing: Closing, host: str) -> None:
    with pytest.raises(net.gaierror):
        closing(net.socket()).connect_ex((host, 80))


@pytest.mark.req("MET-021")
@pytest.mark.parametrize("port", [-1, 65536])
def test_connect_ex_raises_for_a_port_out_of_range(net: ModuleType, closing: Closing, port: int) -> None:
    with pytest.raises(OverflowError, match="port must be 0-65535"):
        closing(net.socket()).connect_ex(("127.0.0.1", port))


@pytest.mark.req("MET-022")
def test_connect_ex_reports_a_timeout_as_try_again(
    net: ModuleType, full_backlog: tuple[str, int], closing: Closing
) -> None:
    sock = closing(net.socket())
    sock.settimeout(0.1)
    began = time.monotonic()
    assert sock.connect_ex(full_backlog) == errno.EAGAIN
    assert time.monotonic() - began >= 0.09


@pytest.mark.req("MET-032")
def test_getpeername_is_the_address_of_the_other_side(net: ModuleType, tcp_pair: tuple[Any, Any]) -> None:
    client, server = tcp_pair
    assert server.getpeername() == client.getsockname()
    assert client.getpeername() == server.getsockname()


@pytest.mark.req("MET-032")
def test_getpeername_of_a_unix_client_is_the_path_of_the_listener(
    net: ModuleType, unix_listener: Any, closing: Closing
) -> None:
    client = closing(net.socket(net.AF_UNIX))
    client.connect(unix_listener.getsockname())
    assert client.getpeername() == unix_listener.getsockname()


@pytest.mark.req("MET-032")
@pytest.mark.parametrize("family", ["AF_INET", "AF_UNIX"])
def test_getpeername_of_an_unconnected_socket_is_not_connected(net: ModuleType, closing: Closing, family: str) -> None:
    with pytest.raises(OSError) as caught:
        closing(net.socket(getattr(net, family))).getpeername()
    assert caught.value.errno == errno.ENOTCONN


@pytest.mark.req("MET-033")
def test_getsockname_tells_the_port_that_the_system_chose(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket())
    assert sock.getsockname() == ("0.0.0.0", 0)
    sock.bind(("127.0.0.1", 0))
    host, port = sock.getsockname()
    assert host == "127.0.0.1"
    assert port > 0
    sock.listen()
    closing(net.socket()).connect(("127.0.0.1", port))


@pytest.mark.req("MET-033")
def test_getsockname_of_an_ipv6_socket_has_four_items(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket(net.AF_INET6, net.SOCK_DGRAM))
    try:
        sock.bind(("::1", 0))
    except OSError as error:
        pytest.skip(f"this machine has no IPv6 loopback: {error}")
    host, port, flowinfo, scope_id = sock.getsockname()
    assert (host, flowinfo, scope_id) == ("::1", 0, 0)
    assert port > 0
