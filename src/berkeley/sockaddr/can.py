"""AF_CAN addresses: (interface, ...) with the items that the protocol adds, as struct sockaddr_can (linux/can.h)."""

from __future__ import annotations

import os
from struct import Struct

from berkeley.sockaddr._layout import Names, as_tuple, as_unsigned, unpacked

SOCKADDR_CAN_SIZE = 24
IFNAMSIZ = 16  # linux/if.h, with the NUL at the end

CAN_RAW = 1
CAN_BCM = 2
CAN_ISOTP = 6
CAN_J1939 = 7


class Form:
    """The address of one protocol: its tuple, the widths in bits of its numbers, and the part of the sockaddr it fills.

    The kernel reports no more than that part.
    """

    def __init__(self, shape: str, numbers: dict[str, int], layout: Struct) -> None:
        self.shape = shape
        self.numbers = numbers
        self.layout = layout


# can_family, can_ifindex
PLAIN = Form("(interface, )", {}, Struct("=H2xi"))

FORMS = {
    CAN_RAW: PLAIN,
    CAN_BCM: PLAIN,
    # can_family, can_ifindex, can_addr.tp: rx_id, tx_id
    CAN_ISOTP: Form("(interface, rx_addr, tx_addr)", {"rx_addr": 32, "tx_addr": 32}, Struct("=H2xiII")),
    # can_family, can_ifindex, can_addr.j1939: name, pgn, addr
    CAN_J1939: Form("(interface, name, pgn, addr)", {"name": 64, "pgn": 32, "addr": 8}, Struct("=H2xiQIB3x")),
}


def encode(address: object, names: Names, caller: str = "bind", proto: int = CAN_RAW, family: int = 29) -> bytes:
    """The sockaddr_can of the tuple of the protocol; the interface "" stands for every one, index 0."""
    if proto not in FORMS:
        raise OSError(f"{caller}(): unsupported CAN protocol")
    form = FORMS[proto]
    parts = as_tuple(address, "AF_CAN", caller)
    if len(parts) != 1 + len(form.numbers):
        raise TypeError(f"AF_CAN address must be a tuple {form.shape}")
    ifname = as_ifname(parts[0])
    numbers = [
        as_unsigned(value, bits, what, caller)
        for value, (what, bits) in zip(parts[1:], form.numbers.items(), strict=True)
    ]
    ifindex = names.ifindex(ifname) if ifname else 0
    return form.layout.pack(family, ifindex, *numbers).ljust(SOCKADDR_CAN_SIZE, b"\0")


def decode(raw: bytes, names: Names, proto: int = CAN_RAW) -> tuple[str | int, ...]:
    """(interface, ...) of a sockaddr_can; the interface is "" for index 0 and where it has gone."""
    form = FORMS.get(proto, PLAIN)
    _, ifindex, *numbers = unpacked(form.layout, raw, "AF_CAN")
    return (names.ifname(ifindex) if ifindex else "", *numbers)


def as_ifname(value: object) -> str:
    """An interface name, which may also be given as bytes or os.PathLike."""
    name = os.fspath(value)  # type: ignore[call-overload]
    text: str = name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")
    if "\0" in text:
        raise ValueError("embedded null byte")
    if len(text.encode("utf-8", "surrogateescape")) >= IFNAMSIZ:
        raise OSError("AF_CAN interface name too long")
    return text
