"""CAN without a kernel that has it: sockets of every protocol, and the two programs, on the bus of shims/can_bus.c."""

from __future__ import annotations

import ctypes
import errno
import socket as stdlib_socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import fresh
import pytest
from test_examples import Program, command_for

pytestmark = [pytest.mark.simulated, pytest.mark.stdlib_needs("CAN_RAW", "CAN_BCM", "CAN_ISOTP", "CAN_J1939")]

Start = Callable[..., Program]

# struct can_frame: identifier, length, three bytes of padding, eight of data.
ASKED = (0x123).to_bytes(4, sys.byteorder) + b"\x05\0\0\0" + b"hello\0\0\0"
OWN = (0x01).to_bytes(4, sys.byteorder) + b"\x03\0\0\0" + b"\x01\x02\x03\0\0\0\0\0"
CYCLIC = (0x123).to_bytes(4, sys.byteorder) + b"\x03\0\0\0" + b"\x11\x22\x33\0\0\0\0\0"

TX_SETUP, TX_DELETE, TX_READ, TX_STATUS = 1, 2, 3, 8  # linux/can/bcm.h
SETTIMER, STARTTIMER = 1, 2


class Interval(ctypes.Structure):
    """struct bcm_timeval of linux/can/bcm.h."""

    _fields_ = (("tv_sec", ctypes.c_long), ("tv_usec", ctypes.c_long))


class Frame(ctypes.Structure):
    """struct can_frame of linux/can.h; its data begins at a multiple of 8."""

    _fields_ = (("bytes", ctypes.c_uint64 * 2),)


class Head(ctypes.Structure):
    """struct bcm_msg_head of linux/can/bcm.h, with one frame."""

    _fields_ = (
        *((name, ctypes.c_uint32) for name in ("opcode", "flags", "count")),
        *((name, Interval) for name in ("ival1", "ival2")),
        *((name, ctypes.c_uint32) for name in ("can_id", "nframes")),
        ("frame", Frame),
    )


def bcm_message(opcode: int, flags: int = 0, microseconds: int = 0, frame: bytes = b"") -> bytes:
    interval = Interval(0, microseconds)
    head = Head(opcode, flags, 0, Interval(0, 0), interval, 0x123, 1 if frame else 0)
    return bytes(head)[: Head.frame.offset] + frame


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh.compile_shim("can_bus", tmp_path_factory.mktemp("shims"))


@pytest.fixture
def bus() -> Iterator[Path]:
    """The directory of the bus: its name has to be short, since it becomes part of AF_UNIX addresses."""
    with tempfile.TemporaryDirectory(prefix="can") as directory:
        yield Path(directory)


@pytest.fixture
def member(bus: Path, closing: Any) -> Callable[[str], Any]:
    """A member of the bus that is no CAN socket: what it sends and receives are the bytes on the bus."""

    def make(name: str) -> Any:
        sock = closing(stdlib_socket.socket(stdlib_socket.AF_UNIX, stdlib_socket.SOCK_DGRAM))
        sock.bind(str(bus / name))
        sock.settimeout(20)
        return sock

    return make


@pytest.fixture
def start(net: ModuleType, shim: Path, bus: Path) -> Iterator[Start]:
    programs: list[Program] = []

    def run(script: str, *arguments: str) -> Program:
        preloaded = ["env", f"LD_PRELOAD={shim}", f"CAN_BUS={bus}", *command_for(net, script, *arguments)]
        programs.append(Program(preloaded))
        return programs[-1]

    yield run
    for program in programs:
        program.process.kill()
        program.process.communicate()


@pytest.fixture
def told(net: ModuleType, shim: Path, bus: Path) -> Callable[[str], Any]:
    """What a program on the bus reports."""
    return lambda code: fresh.run(net, code, preload=shim, CAN_BUS=str(bus))


OPENED = """
with socket.socket(socket.AF_CAN, socket.{kind}, socket.{proto}) as sock:
    names = ["SO_DOMAIN", "SO_TYPE", "SO_PROTOCOL"]
    asked = [sock.getsockopt(socket.SOL_SOCKET, getattr(socket, name)) for name in names]
    report([asked, [sock.family, sock.type, sock.proto]])
"""


@pytest.mark.req("FUN-006")
@pytest.mark.parametrize(
    ("kind", "proto", "number"),
    [
        ("SOCK_RAW", "CAN_RAW", 1),
        ("SOCK_DGRAM", "CAN_BCM", 2),
        ("SOCK_DGRAM", "CAN_ISOTP", 6),
        ("SOCK_DGRAM", "CAN_J1939", 7),
    ],
)
def test_socket_hands_the_can_protocol_to_the_kernel(
    net: ModuleType, told: Any, kind: str, proto: str, number: int
) -> None:
    expected = [29, int(getattr(net, kind)), number]
    assert told(OPENED.format(kind=kind, proto=proto)) == [expected, expected]


REFUSED = """
try:
    socket.socket(socket.AF_CAN, {kind}, {proto}).close()
except OSError as error:
    report(error.errno)
"""


@pytest.mark.req("FUN-006")
@pytest.mark.parametrize(
    ("kind", "proto", "error"),
    [
        ("socket.SOCK_RAW", "socket.CAN_BCM", errno.EPROTOTYPE),
        ("socket.SOCK_DGRAM", "socket.CAN_RAW", errno.EPROTOTYPE),
        ("socket.SOCK_RAW", "0", errno.EPROTONOSUPPORT),
        ("socket.SOCK_RAW", "-1", errno.EPROTONOSUPPORT),
        ("socket.SOCK_DGRAM", "100", errno.EINVAL),
    ],
)
def test_a_protocol_that_is_none_of_these_is_refused(told: Any, kind: str, proto: str, error: int) -> None:
    assert told(REFUSED.format(kind=kind, proto=proto)) == error


NAMED = """
with socket.socket(socket.AF_CAN, socket.{kind}, socket.{proto}) as sock:
    sock.bind({address})
    report(sock.getsockname())
"""


@pytest.mark.parametrize(
    ("kind", "proto", "address"),
    [
        ("SOCK_RAW", "CAN_RAW", ("vcan0",)),
        ("SOCK_RAW", "CAN_RAW", ("",)),
        ("SOCK_DGRAM", "CAN_ISOTP", ("vcan0", 0x98DA00F1, 0x98DAF100)),
        ("SOCK_DGRAM", "CAN_J1939", ("vcan0", 0x1122334455667788, 0x3FFFF, 0x20)),
    ],
)
def test_a_bound_socket_reports_its_address(told: Any, kind: str, proto: str, address: tuple[Any, ...]) -> None:
    assert told(NAMED.format(kind=kind, proto=proto, address=address)) == list(address)


@pytest.mark.req("EX-008")
def test_the_raw_program_sends_the_frame_back_and_then_its_own(bus: Path, member: Any, start: Start) -> None:
    other = member("node-test")
    program = start("can_raw.py", "vcan0")
    assert program.line() == "Listening on vcan0\n"
    (place,) = set(bus.iterdir()) - {bus / "node-test"}
    other.sendto(ASKED, str(place))
    assert [other.recv(100), other.recv(100)] == [ASKED, OWN]
    assert program.ended() == (0, "Received from vcan0: can_id=123 length=5 data=b'hello'\n")


EXCHANGE = """
with socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW) as sock:
    sock.settimeout(20)
    sock.bind(("vcan0",))
    sent = sock.{send}
    received = [sock.recvfrom(100) for _ in range(2)]
    report([sent, [[frame.hex(), address] for frame, address in received]])
"""


@pytest.mark.req("EX-008")
@pytest.mark.parametrize("send", [f"send({ASKED!r})", f"sendto({ASKED!r}, ('vcan0',))"])
def test_the_raw_program_answers_another_process(told: Any, start: Start, send: str) -> None:
    program = start("can_raw.py", "vcan0")
    assert program.line() == "Listening on vcan0\n"
    assert told(EXCHANGE.format(send=send)) == [16, [[frame.hex(), ["vcan0"]] for frame in (ASKED, OWN)]]
    assert program.ended() == (0, "Received from vcan0: can_id=123 length=5 data=b'hello'\n")


@pytest.mark.req("EX-008")
def test_the_raw_program_ends_with_an_error_without_its_interface(start: Start) -> None:
    status, output = start("can_raw.py", "nosuch0").ended()
    assert status == 1
    assert f"OSError: [Errno {errno.ENODEV}]" in output


@pytest.mark.req("EX-009")
def test_the_broadcast_program_sets_up_reads_and_deletes_a_cyclic_frame(member: Any, start: Start) -> None:
    manager = member("manager")
    program = start("can_bcm.py", "vcan0", "0")
    assert manager.recv(1000) == bcm_message(TX_SETUP, SETTIMER | STARTTIMER, 100_000, CYCLIC)
    request, place = manager.recvfrom(1000)
    assert request == bcm_message(TX_READ)
    manager.sendto(bcm_message(TX_STATUS, SETTIMER | STARTTIMER, 100_000, CYCLIC), place)
    assert manager.recv(1000) == bcm_message(TX_DELETE)
    assert program.ended() == (0, "Sending 1 frame with can_id=123 every 0.1 s\n")


CONNECTED = """
def errno_of(call, *arguments):
    try:
        call(*arguments)
    except OSError as error:
        return error.errno
    return 0

message = bytes({size})
with socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_BCM) as sock:
    before = [errno_of(sock.bind, ("vcan0",)), errno_of(sock.send, message)]
    sock.settimeout(20)
    sock.connect(("vcan0",))
    sock.send(message)
    report([before, sock.recvfrom(1000)[1]])
"""


@pytest.mark.req("EX-009")
def test_a_broadcast_socket_is_connected_not_bound(member: Any, told: Any, in_thread: Any) -> None:
    manager = member("manager")
    message = bcm_message(TX_STATUS)
    in_thread(lambda: manager.sendto(message, manager.recvfrom(1000)[1]))
    expected = [[errno.EOPNOTSUPP, errno.ENOTCONN], ["vcan0"]]
    assert told(CONNECTED.format(size=len(message))) == expected
