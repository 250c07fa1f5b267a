"""AF_TIPC's topology server: subscriptions to services, their events, and their end."""

from __future__ import annotations

import struct
from types import ModuleType
from typing import Any, NamedTuple

import pytest

SERVICE, UNUSED_SERVICE = 19_000, 19_001
# struct tipc_subscr and struct tipc_event of linux/tipc.h, in the byte order of the host.
SUBSCRIPTION = struct.Struct("=5I8s")
EVENT = struct.Struct("=5I28s")
HANDLE = b"whatever"

pytestmark = pytest.mark.req("FAM-025", "FAM-029", "CON-085")


class Event(NamedTuple):
    """What the server reports: the kind, the range, and the socket (reference before node, as in the C struct)."""

    kind: int
    lower: int
    upper: int
    reference: int
    node: int
    subscription: bytes


@pytest.fixture
def topology(net: ModuleType, closing: Any) -> Any:
    """A connection to the topology server."""
    sock = closing(net.socket(net.AF_TIPC, net.SOCK_SEQPACKET))
    sock.settimeout(10)
    sock.connect((net.TIPC_ADDR_NAME, net.TIPC_TOP_SRV, net.TIPC_TOP_SRV, 0))
    return sock


def subscription(net: ModuleType, lower: int, upper: int, timeout: int | None = None) -> bytes:
    wait = net.TIPC_WAIT_FOREVER & 0xFFFFFFFF if timeout is None else timeout
    return SUBSCRIPTION.pack(SERVICE, lower, upper, wait, net.TIPC_SUB_PORTS, HANDLE)


def subscribe(net: ModuleType, topology: Any, *requests: bytes) -> None:
    """Send requests and wait until the server has read them: it reads the last one, which ends at once, behind them."""
    for request in requests:
        topology.sendall(request)
    topology.sendall(SUBSCRIPTION.pack(UNUSED_SERVICE, 0, 0, 1, net.TIPC_SUB_PORTS, HANDLE))
    assert event(topology).kind == net.TIPC_SUBSCR_TIMEOUT


def event(sock: Any) -> Event:
    return Event(*EVENT.unpack(sock.recv(100)))


def server(net: ModuleType, lower: int, upper: int) -> Any:
    sock = net.socket(net.AF_TIPC, net.SOCK_RDM)
    sock.bind((net.TIPC_ADDR_NAMESEQ, SERVICE, lower, upper))
    return sock


def test_a_range_that_is_bound_is_reported_as_it_was_bound(net: ModuleType, topology: Any) -> None:
    asked = subscription(net, 0, 99)
    subscribe(net, topology, asked)
    with server(net, 10, 20) as sock:
        _, node, reference, *_ = sock.getsockname()
        assert event(topology) == Event(net.TIPC_PUBLISHED, 10, 20, reference, node, asked)


def test_a_range_that_was_there_before_is_reported(net: ModuleType, topology: Any) -> None:
    with server(net, 10, 20):
        topology.sendall(subscription(net, 15, 15))
        assert event(topology)[:3] == (net.TIPC_PUBLISHED, 10, 20)


def test_a_range_that_goes_is_reported(net: ModuleType, topology: Any) -> None:
    subscribe(net, topology, subscription(net, 0, 99))
    server(net, 30, 40).close()
    assert [event(topology)[:3] for _ in range(2)] == [(net.TIPC_PUBLISHED, 30, 40), (net.TIPC_WITHDRAWN, 30, 40)]


def test_a_range_outside_is_not_reported(net: ModuleType, topology: Any) -> None:
    subscribe(net, topology, subscription(net, 50, 60))
    with server(net, 10, 20), server(net, 55, 56):
        assert event(topology)[:3] == (net.TIPC_PUBLISHED, 55, 56)


def test_a_subscription_may_end_by_itself(net: ModuleType, topology: Any) -> None:
    topology.sendall(subscription(net, 0, 99, timeout=50))
    assert event(topology).kind == net.TIPC_SUBSCR_TIMEOUT


def test_a_subscription_may_be_cancelled(net: ModuleType, topology: Any) -> None:
    kept, cancelled = subscription(net, 70, 79), subscription(net, 60, 69)
    numbers = list(SUBSCRIPTION.unpack(cancelled))
    numbers[4] |= net.TIPC_SUB_CANCEL
    subscribe(net, topology, cancelled, kept, SUBSCRIPTION.pack(*numbers))
    with server(net, 60, 69), server(net, 70, 79):
        assert event(topology)[:3] == (net.TIPC_PUBLISHED, 70, 79)
