"""AF_IEEE802154: datagrams between two simulated radios of one personal area network."""

from __future__ import annotations

import errno
import fcntl
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from isolation import ip

pytestmark = pytest.mark.stdlib_needs("AF_IEEE802154")

PAN, LEFT, RIGHT = 0xBEEF, 0x0001, 0x0002
ARPHRD_IEEE802154 = 804  # linux/if_arp.h
SIOCSIFADDR = 0x8916
AF_IEEE802154, ADDR_SHORT = 36, 2
BROADCAST = 0xFFFF


def radios() -> list[str]:
    """The interfaces that the modules mac802154_hwsim and fakelb have made."""
    return [
        path.name
        for path in sorted(Path("/sys/class/net").iterdir())
        if int((path / "type").read_text("ascii")) == ARPHRD_IEEE802154
    ]


def join(name: str, address: int) -> None:
    """Give a radio its network and short address, and take it up."""
    # struct ifreq: name, then struct sockaddr_ieee802154.
    wish = struct.pack("=16sH2xiHH4x", name.encode(), AF_IEEE802154, ADDR_SHORT, PAN, address)
    with socket.socket(AF_IEEE802154, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock.fileno(), SIOCSIFADDR, wish.ljust(40, b"\0"))
    ip("link", "set", name, "up")


@pytest.fixture(scope="module")
def network() -> Iterator[tuple[str, str]]:
    """Two radios that hear each other."""
    names = radios()[:2]
    if len(names) < 2:
        pytest.skip("no radios: the kernel modules fakelb and mac802154_hwsim are not loaded")
    for name, address in zip(names, (LEFT, RIGHT), strict=True):
        join(name, address)
    yield names[0], names[1]
    for name in names:
        ip("link", "set", name, "down")


def radio(net: ModuleType, closing: Any, address: tuple[Any, ...] | None = None) -> Any:
    sock = closing(net.socket(net.AF_IEEE802154, net.SOCK_DGRAM))
    sock.settimeout(10)
    if address is not None:
        sock.bind(address)
    return sock


def hardware_address(name: str) -> bytes:
    return bytes.fromhex(Path(f"/sys/class/net/{name}/address").read_text("ascii").strip().replace(":", ""))


def test_datagrams_travel_between_short_addresses(net: ModuleType, closing: Any, network: tuple[str, str]) -> None:
    left, right = radio(net, closing, (PAN, LEFT)), radio(net, closing, (PAN, RIGHT))
    assert left.sendto(b"ping", (PAN, RIGHT)) == 4
    assert right.recvfrom(100) == (b"ping", (PAN, LEFT))
    right.sendto(b"pong", (PAN, LEFT))
    assert left.recvfrom(100) == (b"pong", (PAN, RIGHT))


def test_datagrams_travel_between_long_addresses(net: ModuleType, closing: Any, network: tuple[str, str]) -> None:
    names = [(PAN, hardware_address(name)) for name in network]
    left, right = (radio(net, closing, name) for name in names)
    left.sendto(b"eight bytes", names[1])
    data, address = right.recvfrom(100)
    assert data == b"eight bytes"
    assert address == names[0]


def test_a_broadcast_reaches_everybody(net: ModuleType, closing: Any, network: tuple[str, str]) -> None:
    left, right = radio(net, closing, (PAN, LEFT)), radio(net, closing, (PAN, RIGHT))
    left.setsockopt(net.SOL_IEEE802154, net.WPAN_WANTACK, 0)
    left.sendto(b"to all", (PAN, BROADCAST))
    assert right.recvfrom(100) == (b"to all", (PAN, LEFT))


def test_a_connected_socket_sends_without_an_address(net: ModuleType, closing: Any, network: tuple[str, str]) -> None:
    left, right = radio(net, closing, (PAN, LEFT)), radio(net, closing, (PAN, RIGHT))
    left.connect((PAN, RIGHT))
    left.send(b"connected")
    assert right.recv(100) == b"connected"


def test_an_address_of_no_radio_cannot_be_bound(net: ModuleType, closing: Any, network: tuple[str, str]) -> None:
    with pytest.raises(OSError) as caught:
        radio(net, closing, (PAN, 0x0777))
    assert caught.value.errno == errno.ENODEV


def test_a_socket_has_no_name(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        radio(net, closing).getsockname()
    assert caught.value.errno == errno.EOPNOTSUPP


def test_the_wish_for_acknowledgements_is_an_option(net: ModuleType, closing: Any) -> None:
    sock = radio(net, closing)
    assert sock.getsockopt(net.SOL_IEEE802154, net.WPAN_WANTACK) == 1
    sock.setsockopt(net.SOL_IEEE802154, net.WPAN_WANTACK, 0)
    assert sock.getsockopt(net.SOL_IEEE802154, net.WPAN_WANTACK) == 0
