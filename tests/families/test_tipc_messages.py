"""What AF_TIPC says beside the data: the name called, messages that came back, members of groups."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

# linux/tipc.h; the interpreter's module lacks these names.
ERRINFO, RETDATA, DESTNAME, GROUP_JOIN = 1, 2, 3, 135
GROUP_MEMBER_EVENTS = 2
ERR_NO_PORT = 2

Open = Callable[..., Any]
services = itertools.count(30_000)

pytestmark = pytest.mark.req("FAM-025", "CON-085")


@pytest.fixture
def service() -> int:
    """A type of service that no other test uses."""
    return next(services)


@pytest.fixture
def tipc(net: ModuleType, closing: Any) -> Open:
    """tipc() is a socket for reliable messages, bound to an address if one is given."""

    def make(*address: int) -> Any:
        sock = closing(net.socket(net.AF_TIPC, net.SOCK_RDM))
        sock.settimeout(10)
        if address:
            sock.bind(address)
        return sock

    return make


@pytest.fixture
def member(net: ModuleType, tipc: Open, service: int) -> Open:
    """member(1) has joined the group of this test as its instance 1."""

    def make(instance: int, flags: int = 0) -> Any:
        sock = tipc()
        request = struct.pack("=4I", service, instance, net.TIPC_CLUSTER_SCOPE, flags)
        sock.setsockopt(net.SOL_TIPC, GROUP_JOIN, request)
        return sock

    return make


def test_ancillary_data_tell_the_name_that_was_called(net: ModuleType, tipc: Open, service: int) -> None:
    server, client = tipc(net.TIPC_ADDR_NAMESEQ, service, 10, 20), tipc()
    client.sendto(b"hello", (net.TIPC_ADDR_NAME, service, 17, 0))
    data, items, _, sender = server.recvmsg(100, 100)
    assert (data, sender) == (b"hello", client.getsockname())
    assert items == [(net.SOL_TIPC, DESTNAME, struct.pack("=3I", service, 17, 17))]


def test_a_message_that_nobody_takes_comes_back(net: ModuleType, tipc: Open) -> None:
    client, gone = tipc(), tipc()
    client.setsockopt(net.SOL_TIPC, net.TIPC_DEST_DROPPABLE, 0)
    address = gone.getsockname()
    gone.close()
    client.sendto(b"anybody?", address)
    data, items, _, sender = client.recvmsg(100, 200)
    returned = {kind: content for level, kind, content in items if level == net.SOL_TIPC}
    assert (data, sender) == (b"", address)
    assert returned[ERRINFO] == struct.pack("=2I", ERR_NO_PORT, 8)
    assert returned[RETDATA] == b"anybody?"


def test_a_message_to_a_group_reaches_its_other_members(net: ModuleType, member: Open, service: int) -> None:
    first, second = member(1, GROUP_MEMBER_EVENTS), member(2)
    # An empty message out of band tells that a member has come.
    data, _, flags, newcomer = first.recvmsg(100)
    assert (data, flags & net.MSG_OOB, newcomer) == (b"", net.MSG_OOB, second.getsockname())
    first.send(b"to all")
    assert second.recvfrom(100) == (b"to all", first.getsockname())


def test_a_member_of_a_group_is_reached_by_its_instance(net: ModuleType, member: Open, service: int) -> None:
    first, second, third = member(1, GROUP_MEMBER_EVENTS), member(2), member(3)
    newcomers = {first.recvmsg(100)[3] for _ in range(2)}
    assert newcomers == {second.getsockname(), third.getsockname()}
    first.sendto(b"you", (net.TIPC_ADDR_NAME, service, 3, 0))
    first.sendto(b"and you", (net.TIPC_ADDR_NAME, service, 2, 0))
    assert [third.recv(100), second.recv(100)] == [b"you", b"and you"]
