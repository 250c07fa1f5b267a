"""The machine itself, and the parts that other tests of this folder are built from."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from pathlib import Path

import controller as hci
import pytest
from controller import Controller

HCIGETDEVINFO = 0x800448D3  # _IOR('H', 211, int)


def test_the_interfaces_for_can_are_up() -> None:
    for name in ("vcan0", "vcan1"):
        assert int(Path(f"/sys/class/net/{name}/flags").read_text(), 16) & 1


def test_a_fresh_can_interface_takes_fd_frames(vcan: str) -> None:
    assert Path(f"/sys/class/net/{vcan}/mtu").read_text().strip() == "72"


def test_two_fresh_can_interfaces_differ(vcan: str, second_vcan: str) -> None:
    assert vcan != second_vcan


def test_the_host_name_is_found_without_a_network() -> None:
    assert socket.gethostbyname(socket.gethostname()) == "127.0.0.1"


def test_the_root_of_the_host_cannot_be_written_to() -> None:
    with pytest.raises(OSError, match="Read-only"):
        Path("/usr/written-in-the-lab").touch()


def test_temporary_files_have_a_place_of_their_own(tmp_path: Path) -> None:
    assert tmp_path.is_relative_to("/run")


def test_a_controller_is_a_device_that_is_up(controller: Controller) -> None:
    info = bytearray(struct.pack("H", controller.index) + bytes(200))
    with socket.socket(hci.AF_BLUETOOTH, socket.SOCK_RAW, hci.BTPROTO_HCI) as sock:
        fcntl.ioctl(sock.fileno(), HCIGETDEVINFO, info)
    # struct hci_dev_info: index, name, address, flags, of which bit 0 is HCI_UP.
    assert info[2:10].rstrip(b"\0").decode() == f"hci{controller.index}"
    assert bytes(info[10:16]) == hci.packed(controller.address)
    assert struct.unpack_from("I", info, 16)[0] & 1


def test_a_controller_keeps_what_the_host_asked(controller: Controller) -> None:
    asked = [command.opcode for command in controller.commands]
    assert asked[0] == hci.RESET
    assert hci.READ_ADDRESS in asked


def test_a_controller_is_gone_after_it_was_closed() -> None:
    controller = Controller()
    name = f"/sys/class/bluetooth/hci{controller.index}"
    assert os.path.exists(name)
    controller.close()
    assert not os.path.exists(name)
