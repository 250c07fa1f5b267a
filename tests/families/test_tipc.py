"""AF_TIPC: services by range, by name and by socket, with sockets of every type."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from tipc_names import Publication, publications

SERVICE = 18888
LOWER, UPPER, MIDDLE = 10, 20, 17

Open = Callable[..., Any]
MESSAGES = pytest.mark.parametrize("kind", ["SOCK_RDM", "SOCK_DGRAM"])
services = itertools.count(20_000)


@pytest.fixture
def service() -> int:
    """A type of service that no other test uses."""
    return next(services)


@pytest.fixture
def tipc(net: ModuleType, closing: Any) -> Open:
    """tipc("SOCK_RDM") is a socket of that type, bound to an address if one is given."""

    def make(kind: str, address: tuple[int, ...] | None = None) -> Any:
        sock = closing(net.socket(net.AF_TIPC, getattr(net, kind)))
        sock.settimeout(10)
        if address is not None:
            sock.bind(address)
        return sock

    return make


@pytest.fixture
def connected(net: ModuleType, tipc: Open, service: int, closing: Any, in_thread: Any) -> Open:
    """connected("SOCK_STREAM") is (client, the server's socket, the address that accept() gave)."""

    def make(kind: str) -> tuple[Any, Any, Any]:
        server = tipc(kind, (net.TIPC_ADDR_NAMESEQ, service, LOWER, UPPER))
        server.listen()
        client = tipc(kind)
        # A connection of TIPC is only made by accept().
        connecting = in_thread(client.connect, (net.TIPC_ADDR_NAME, service, MIDDLE, 0))
        accepted, address = server.accept()
        connecting.join()
        closing(accepted).settimeout(10)
        return client, accepted, address

    return make


def bind_error(net: ModuleType, address: Any) -> BaseException:
    with net.socket(net.AF_TIPC, net.SOCK_RDM) as sock, pytest.raises(Exception) as caught:
        sock.bind(address)
    return caught.value


@MESSAGES
@pytest.mark.req("FAM-025", "FAM-028", "FAM-029", "CON-084")
def test_a_name_within_the_range_reaches_its_server(net: ModuleType, tipc: Open, kind: str) -> None:
    server, client = tipc(kind, (net.TIPC_ADDR_NAMESEQ, SERVICE, LOWER, UPPER)), tipc(kind)
    assert client.sendto(b"request", (net.TIPC_ADDR_NAME, SERVICE, MIDDLE, 0)) == 7
    data, sender = server.recvfrom(100)
    assert (data, sender) == (b"request", client.getsockname())
    assert server.sendto(b"response", sender) == 8
    assert client.recvfrom(100) == (b"response", server.getsockname())


@pytest.mark.req("FAM-030")
@pytest.mark.parametrize("kind", ["SOCK_RDM", "SOCK_DGRAM", "SOCK_STREAM", "SOCK_SEQPACKET"])
def test_a_socket_is_called_by_node_and_reference(net: ModuleType, tipc: Open, kind: str) -> None:
    first, second = tipc(kind).getsockname(), tipc(kind).getsockname()
    for name in (first, second):
        assert (type(name), len(name), name[0], name[3], name[4]) == (tuple, 5, net.TIPC_ADDR_ID, 0, 0)
        assert name[2] > 0
    assert first[1] == second[1]
    assert first[2] != second[2]


@MESSAGES
@pytest.mark.req("FAM-030", "FAM-025")
def test_a_message_reaches_a_socket_by_node_and_reference(net: ModuleType, tipc: Open, kind: str) -> None:
    server, client = tipc(kind), tipc(kind)
    _, node, reference, *_ = server.getsockname()
    client.sendto(b"direct", (net.TIPC_ADDR_ID, node, reference, 0))
    assert server.recvfrom(100) == (b"direct", client.getsockname())


@MESSAGES
@pytest.mark.req("FAM-029")
def test_a_message_to_a_range_reaches_every_socket_in_it(net: ModuleType, tipc: Open, service: int, kind: str) -> None:
    inside = [tipc(kind, (net.TIPC_ADDR_NAMESEQ, service, low, low + 9)) for low in (0, 10, 20)]
    outside = tipc(kind, (net.TIPC_ADDR_NAMESEQ, service, 30, 39))
    client = tipc(kind)
    client.sendto(b"all", (net.TIPC_ADDR_NAMESEQ, service, 5, 25))
    client.sendto(b"one", (net.TIPC_ADDR_NAME, service, 30, 0))
    assert [sock.recv(100) for sock in inside] == [b"all"] * 3
    assert outside.recv(100) == b"one"


@pytest.mark.req("FAM-028")
def test_a_name_without_a_server_is_unreachable(net: ModuleType, tipc: Open, service: int) -> None:
    with pytest.raises(OSError) as caught:
        tipc("SOCK_RDM").sendto(b"x", (net.TIPC_ADDR_NAME, service, 1, 0))
    assert caught.value.errno == errno.EHOSTUNREACH


@pytest.mark.req("FAM-029", "FAM-027", "CON-086", "CON-089", "CON-090", "CON-091")
@pytest.mark.parametrize(
    ("scope", "published"),
    [
        ((), "TIPC_CLUSTER_SCOPE"),
        (("TIPC_CLUSTER_SCOPE",), "TIPC_CLUSTER_SCOPE"),
        (("TIPC_NODE_SCOPE",), "TIPC_NODE_SCOPE"),
        # The kernel has no zones any more and keeps such names as those of the cluster.
        (("TIPC_ZONE_SCOPE",), "TIPC_CLUSTER_SCOPE"),
    ],
)
def test_a_bound_range_is_published_in_its_scope(
    net: ModuleType, tipc: Open, service: int, scope: tuple[str, ...], published: str
) -> None:
    numbers = [getattr(net, name) for name in scope]
    server = tipc("SOCK_RDM", (net.TIPC_ADDR_NAMESEQ, service, LOWER, UPPER, *numbers))
    _, node, reference, *_ = server.getsockname()
    expected = Publication(service, LOWER, UPPER, getattr(net, published), node, reference)
    assert [found for found in publications() if found.type == service] == [expected]
    tipc("SOCK_RDM").sendto(b"hello", (net.TIPC_ADDR_NAME, service, MIDDLE, 0, *numbers))
    assert server.recv(100) == b"hello"


@pytest.mark.req("FAM-028")
def test_a_bound_name_is_a_range_of_one(net: ModuleType, tipc: Open, service: int) -> None:
    tipc("SOCK_RDM", (net.TIPC_ADDR_NAME, service, MIDDLE, 0))
    found = [(entry.lower, entry.upper) for entry in publications() if entry.type == service]
    assert found == [(MIDDLE, MIDDLE)]


@pytest.mark.req("FAM-027")
def test_a_socket_may_have_several_ranges_and_give_up_one(net: ModuleType, tipc: Open, service: int) -> None:
    server = tipc("SOCK_RDM", (net.TIPC_ADDR_NAMESEQ, service, 1, 2))
    server.bind((net.TIPC_ADDR_NAMESEQ, service, 5, 6, net.TIPC_NODE_SCOPE))
    # A negative scope takes a range back.
    server.bind((net.TIPC_ADDR_NAMESEQ, service, 1, 2, -net.TIPC_CLUSTER_SCOPE))
    assert [entry.lower for entry in publications() if entry.type == service] == [5]


@pytest.mark.req("FAM-025", "FAM-028")
def test_both_ends_of_a_connection_know_each_other(connected: Open) -> None:
    client, accepted, address = connected("SOCK_STREAM")
    assert address == accepted.getpeername() == client.getsockname()
    assert client.getpeername() == accepted.getsockname()


@pytest.mark.req("FAM-030")
def test_a_connection_may_be_made_by_node_and_reference(net: ModuleType, tipc: Open, in_thread: Any) -> None:
    server, client = tipc("SOCK_STREAM"), tipc("SOCK_STREAM")
    server.listen()
    in_thread(client.connect, server.getsockname())
    accepted, address = server.accept()
    with accepted:
        assert address == client.getsockname()


@pytest.mark.req("FAM-025")
def test_a_stream_carries_bytes_in_both_directions(net: ModuleType, connected: Open, in_thread: Any) -> None:
    client, accepted, _ = connected("SOCK_STREAM")
    payload = os.urandom(300_000)
    in_thread(client.sendall, payload)
    with accepted.makefile("rb") as file:
        assert file.read(len(payload)) == payload
    accepted.sendall(b"ok")
    assert client.recv(100) == b"ok"
    client.shutdown(net.SHUT_RDWR)
    assert accepted.recv(100) == b""


@pytest.mark.req("FAM-025")
def test_sequenced_packets_keep_their_boundaries(connected: Open) -> None:
    client, accepted, _ = connected("SOCK_SEQPACKET")
    for message in (b"first", b"second", b"third" * 10_000):
        assert client.send(message) == len(message)
    assert [accepted.recv(100_000) for _ in range(3)] == [b"first", b"second", b"third" * 10_000]


@pytest.mark.req("FAM-028")
def test_a_connection_to_a_name_without_a_server_is_refused(net: ModuleType, tipc: Open, service: int) -> None:
    with pytest.raises(OSError) as caught:
        tipc("SOCK_STREAM").connect((net.TIPC_ADDR_NAME, service, 1, 0))
    assert caught.value.errno in (errno.EHOSTUNREACH, errno.ECONNREFUSED)


@pytest.mark.req("FAM-025")
@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_SEQPACKET"])
def test_pairs_are_connected(net: ModuleType, closing: Any, kind: str) -> None:
    left, right = map(closing, net.socketpair(net.AF_TIPC, getattr(net, kind)))
    left.settimeout(10)
    right.sendall(b"hello")
    assert left.recv(100) == b"hello"
    assert left.getpeername() == right.getsockname()


@pytest.mark.req("FAM-025")
def test_a_datagram_socket_may_have_a_default_destination(net: ModuleType, tipc: Open, service: int) -> None:
    server = tipc("SOCK_RDM", (net.TIPC_ADDR_NAMESEQ, service, LOWER, UPPER))
    client = tipc("SOCK_RDM")
    client.connect((net.TIPC_ADDR_NAME, service, MIDDLE, 0))
    client.send(b"hello")
    assert server.recv(100) == b"hello"


@pytest.mark.req("CON-085")
def test_options_of_the_family_are_kept(net: ModuleType, tipc: Open) -> None:
    sock = tipc("SOCK_RDM")
    assert sock.getsockopt(net.SOL_TIPC, net.TIPC_IMPORTANCE) == net.TIPC_LOW_IMPORTANCE
    for option, value in [
        (net.TIPC_IMPORTANCE, net.TIPC_CRITICAL_IMPORTANCE),
        (net.TIPC_CONN_TIMEOUT, 1234),
        (net.TIPC_DEST_DROPPABLE, 0),
    ]:
        sock.setsockopt(net.SOL_TIPC, option, value)
        assert sock.getsockopt(net.SOL_TIPC, option) == value


@pytest.mark.req("FAM-026")
@pytest.mark.parametrize("address", [(9, 1, 2, 3), (1, 2, 3), (1, 2, 3, 4, 2, 0), (), ("1", 2, 3, 4), (1, 2, "3", 4)])
def test_a_malformed_address_is_a_type_error(net: ModuleType, address: Any) -> None:
    assert isinstance(bind_error(net, address), TypeError)


@pytest.mark.req("FAM-026")
@pytest.mark.parametrize("address", [18888, "18888", None])
def test_an_address_that_is_no_tuple_is_a_type_error(net: ModuleType, address: Any) -> None:
    assert isinstance(bind_error(net, address), TypeError)


@pytest.mark.berkeley_only("decision: nothing outside 32 bits is silently cut")
@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("number", [1 << 32, -2])
def test_a_number_outside_32_bits_overflows(net: ModuleType, place: int, number: int) -> None:
    address = [net.TIPC_ADDR_NAMESEQ, SERVICE, 1, 2]
    address[place] = number
    assert isinstance(bind_error(net, tuple(address)), OverflowError)


@pytest.mark.req("FAM-027")
def test_the_kernel_refuses_reserved_types_and_reversed_ranges(net: ModuleType, service: int) -> None:
    for address in ((net.TIPC_ADDR_NAMESEQ, 5, 1, 1), (net.TIPC_ADDR_NAMESEQ, service, 2, 1)):
        assert getattr(bind_error(net, address), "errno", None) in (errno.EACCES, errno.EINVAL)
