"""Memory that runs out at each allocation in turn: no descriptor is leaked and no message is lost."""

from __future__ import annotations

from types import ModuleType

import fresh
import pytest

pytest.importorskip("_testcapi", reason="needs _testcapi of CPython to let allocations fail")

pytestmark = [
    pytest.mark.req("EXC-002"),
    pytest.mark.berkeley_only("reliability: the interpreter's own module leaks descriptors and loses messages here"),
]


@pytest.mark.parametrize(
    "name",
    ["socket", "socketpair", "dup", "fromfd", "accept", "create_connection", "create_server"],
)
def test_no_descriptor_leaks_when_a_socket_cannot_be_made(net: ModuleType, name: str) -> None:
    failures, leaked = fresh.run(net, f"import starved; report(starved.making(socket, {name!r}))")
    assert failures > 0
    assert leaked == 0


@pytest.mark.parametrize(
    ("name", "later"),
    [
        *[(name, name) for name in ("recv", "recvfrom", "recv_into", "recvfrom_into", "recvmsg", "recvmsg_into")],
        ("recv with much room", "recv with much room"),
        ("recvfrom", "recv_into"),
        ("recvmsg", "recvfrom"),
        ("recvfrom_into", "recvmsg"),
    ],
)
def test_a_later_receive_yields_the_message_that_could_not_be_handed_over(
    net: ModuleType, name: str, later: str
) -> None:
    failures, wrong = fresh.run(net, f"import starved; report(starved.receiving(socket, {name!r}, {later!r}))")
    assert failures > 0
    assert wrong == []


@pytest.mark.parametrize("name", ["recv_fds", "recvmsg", "recvmsg_into"])
def test_received_descriptors_are_closed_when_they_cannot_be_handed_over(net: ModuleType, name: str) -> None:
    outcome = fresh.run(net, f"import starved; report(starved.receiving_descriptors(socket, {name!r}))")
    failures, leaked, lost = outcome
    assert failures > 0
    assert leaked == 0
    assert lost == 0
