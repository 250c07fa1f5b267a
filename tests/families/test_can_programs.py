"""The two CAN programs of examples/ on a virtual interface."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from can_messages import content, filters, frame
from test_examples import Program, command_for

Start = Callable[..., Program]
CYCLIC = (0x123, b"\x11\x22\x33")


@pytest.fixture
def start(net: ModuleType) -> Iterator[Start]:
    """start("can_raw.py", "vcan0") runs a program on the module under test."""
    programs: list[Program] = []

    def run(script: str, *arguments: str) -> Program:
        programs.append(Program(command_for(net, script, *arguments)))
        return programs[-1]

    yield run
    for program in programs:
        program.process.kill()
        program.process.communicate()


@pytest.fixture
def node(net: ModuleType, closing: Any) -> Any:
    """The other node on the bus, which hears the frames of the programs."""
    sock = closing(net.socket(net.AF_CAN, net.SOCK_RAW, net.CAN_RAW))
    sock.settimeout(20)
    sock.bind(("vcan0",))
    exact = net.CAN_EFF_FLAG | net.CAN_SFF_MASK
    sock.setsockopt(net.SOL_CAN_RAW, net.CAN_RAW_FILTER, filters((0x123, exact), (0x01, exact)))
    return sock


@pytest.mark.req("EX-008")
def test_the_raw_program_sends_the_frame_back_and_then_its_own(node: Any, start: Start) -> None:
    program = start("can_raw.py", "vcan0")
    assert program.line() == "Listening on vcan0\n"
    node.send(frame(0x123, b"hello"))
    assert [node.recvfrom(16) for _ in range(2)] == [
        (frame(0x123, b"hello"), ("vcan0",)),
        (frame(0x01, b"\x01\x02\x03"), ("vcan0",)),
    ]
    assert program.ended() == (0, "Received from vcan0: can_id=123 length=5 data=b'hello'\n")


@pytest.mark.req("EX-009")
def test_the_broadcast_program_has_the_kernel_send_a_cyclic_frame(node: Any, start: Start) -> None:
    program = start("can_bcm.py", "vcan0", "0.35")
    assert program.line() == "Sending 1 frame with can_id=123 every 0.1 s\n"
    assert [content(node.recv(16)) for _ in range(3)] == [CYCLIC] * 3
    assert program.ended() == (0, "")


@pytest.mark.req("EX-009")
def test_the_broadcast_program_stops_the_frame_when_it_ends(net: ModuleType, node: Any, start: Start) -> None:
    assert start("can_bcm.py", "vcan0", "0").ended() == (0, "Sending 1 frame with can_id=123 every 0.1 s\n")
    assert content(node.recv(16)) == CYCLIC
    node.settimeout(0)
    with pytest.raises(BlockingIOError):
        # What was sent before the end may still be there, but nothing follows for 0.1 s and more.
        while True:
            node.recv(16)
    node.settimeout(0.3)
    with pytest.raises(TimeoutError):
        node.recv(16)
