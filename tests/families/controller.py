"""A Bluetooth controller that is a thread: it answers the HCI commands that reach it through /dev/vhci."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import fcntl
import os
import select
import socket
import struct
import threading
from collections.abc import Callable

DEVICE = "/dev/vhci"

# Packet types, drivers/bluetooth: the first byte of what is read and written.
COMMAND, EVENT, VENDOR = 0x01, 0x04, 0xFF
# HCI_PRIMARY of the packet that makes the device.
CREATE = struct.pack("BB", VENDOR, 0)

# Events and opcodes (group << 10 | command), Bluetooth Core Specification, volume 4, part E.
INQUIRY_COMPLETE, INQUIRY_RESULT, CONNECTION_COMPLETE = 0x01, 0x02, 0x03
COMMAND_COMPLETE, COMMAND_STATUS = 0x0E, 0x0F
INQUIRY, INQUIRY_CANCEL, CREATE_CONNECTION = 0x0401, 0x0402, 0x0405
SET_EVENT_MASK, RESET, SET_EVENT_FILTER = 0x0C01, 0x0C03, 0x0C05
WRITE_LOCAL_NAME, READ_LOCAL_NAME, WRITE_ACCEPT_TIMEOUT = 0x0C13, 0x0C14, 0x0C16
WRITE_SCAN_ENABLE, READ_CLASS, WRITE_CLASS, READ_VOICE_SETTING = 0x0C1A, 0x0C23, 0x0C24, 0x0C25
READ_NUMBER_OF_IAC, READ_IAC_LAP, WRITE_IAC_LAP = 0x0C38, 0x0C39, 0x0C3A
READ_VERSION, READ_COMMANDS, READ_FEATURES, READ_BUFFER_SIZE, READ_ADDRESS = 0x1001, 0x1002, 0x1003, 0x1005, 0x1009
SUCCESS, UNKNOWN_COMMAND, PAGE_TIMEOUT = 0x00, 0x01, 0x04

# HCI 1.1: everything newer is something more that the kernel would ask for.
VERSION = struct.pack("<BHBHH", 1, 0, 1, 0xFFFF, 0)
# Length of ACL and SCO packets, and how many of them.
BUFFERS = struct.pack("<HBHH", 192, 64, 8, 8)
ADDRESS = "02:00:5E:10:00:01"
NEIGHBOUR = "02:00:5E:10:00:02"
LAP = bytes.fromhex("338b9e")

HCIDEVUP = 0x400448C9  # _IOW('H', 201, int), bluetooth/hci_sock.h
AF_BLUETOOTH, BTPROTO_HCI = 31, 1


def packed(address: str) -> bytes:
    """bdaddr_t: six bytes, the last of the text first."""
    return bytes.fromhex(address.replace(":", ""))[::-1]


@dataclasses.dataclass(frozen=True)
class Command:
    """What the host asked of the controller."""

    opcode: int
    parameters: bytes


# What a command complete event carries behind the status.
ANSWERS: dict[int, bytes] = {
    RESET: b"",
    SET_EVENT_MASK: b"",
    SET_EVENT_FILTER: b"",
    WRITE_LOCAL_NAME: b"",
    WRITE_ACCEPT_TIMEOUT: b"",
    WRITE_SCAN_ENABLE: b"",
    WRITE_CLASS: b"",
    WRITE_IAC_LAP: b"",
    INQUIRY_CANCEL: b"",
    READ_LOCAL_NAME: b"berkeley".ljust(248, b"\0"),
    READ_CLASS: bytes(3),
    READ_VOICE_SETTING: struct.pack("<H", 0x0060),
    READ_NUMBER_OF_IAC: b"\x01",
    READ_IAC_LAP: b"\x01" + LAP,
    READ_VERSION: VERSION,
    READ_COMMANDS: bytes(64),
    READ_FEATURES: bytes(8),
    READ_BUFFER_SIZE: BUFFERS,
    READ_ADDRESS: packed(ADDRESS),
}


class Controller:
    """One hciN device, up from the beginning; `commands` is everything that the host has asked so far."""

    def __init__(self) -> None:
        self.address = ADDRESS
        self.commands: list[Command] = []
        self._fd = os.open(DEVICE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._index: int | None = None
        self._made = threading.Event()
        self._stop, self._stopped = os.pipe()
        self._thread = threading.Thread(target=self._serve, name="controller", daemon=True)
        self._thread.start()
        try:
            os.write(self._fd, CREATE)
            if not self._made.wait(10):
                raise TimeoutError("the kernel made no device")
            self._bring_up()
        except BaseException:
            self.close()
            raise

    @property
    def index(self) -> int:
        """N of hciN."""
        assert self._index is not None
        return self._index

    def close(self) -> None:
        """Unplug it."""
        os.write(self._stopped, b"x")
        self._thread.join(10)
        for fd in (self._fd, self._stop, self._stopped):
            os.close(fd)

    def event(self, code: int, parameters: bytes) -> None:
        """Send an event to the host."""
        os.write(self._fd, struct.pack("BBB", EVENT, code, len(parameters)) + parameters)

    def _bring_up(self) -> None:
        with socket.socket(AF_BLUETOOTH, socket.SOCK_RAW, BTPROTO_HCI) as control:
            try:
                fcntl.ioctl(control.fileno(), HCIDEVUP, self.index)
            except OSError as error:
                # The kernel itself takes a new device up, to see what it is.
                if error.errno != errno.EALREADY:
                    raise

    def _serve(self) -> None:
        while self._stop not in select.select([self._fd, self._stop], [], [])[0]:
            with contextlib.suppress(BlockingIOError):
                self._take(os.read(self._fd, 4096))

    def _take(self, packet: bytes) -> None:
        if packet[:1] == bytes([VENDOR]):
            self._index = struct.unpack_from("<H", packet, 2)[0]
            self._made.set()
        elif packet[:1] == bytes([COMMAND]):
            opcode, length = struct.unpack_from("<HB", packet, 1)
            command = Command(opcode, packet[4 : 4 + length])
            self.commands.append(command)
            STARTING.get(opcode, Controller._complete)(self, command)

    def _complete(self, command: Command) -> None:
        answer = ANSWERS.get(command.opcode)
        result = bytes([UNKNOWN_COMMAND]) if answer is None else bytes([SUCCESS]) + answer
        # One more command may be sent.
        self.event(COMMAND_COMPLETE, struct.pack("<BH", 1, command.opcode) + result)

    def _started(self, command: Command) -> None:
        self.event(COMMAND_STATUS, struct.pack("<BBH", SUCCESS, 1, command.opcode))

    def _inquire(self, command: Command) -> None:
        self._started(command)
        # How often its scan repeats, two reserved bytes, class of device, clock offset.
        self.event(INQUIRY_RESULT, b"\x01" + packed(NEIGHBOUR) + bytes([1, 0, 0, 4, 1, 0]) + bytes(2))
        self.event(INQUIRY_COMPLETE, bytes([SUCCESS]))

    def _connect(self, command: Command) -> None:
        self._started(command)
        # No handle, and an ACL link (1) without encryption.
        peer = command.parameters[:6]
        self.event(CONNECTION_COMPLETE, struct.pack("<BH6sBB", PAGE_TIMEOUT, 0, peer, 1, 0))


# Commands that are answered by their status at once and by an event of their own later.
STARTING: dict[int, Callable[[Controller, Command], None]] = {
    INQUIRY: Controller._inquire,
    CREATE_CONNECTION: Controller._connect,
}
