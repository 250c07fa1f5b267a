"""Pairs of Ethernet interfaces with a wire between them, and what is asked of the kernel by netlink to set them up."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from isolation import ip

NUMBERS = itertools.count()

# linux/netlink.h
NLMSG_ERROR, NLM_F_REQUEST, NLM_F_ACK, NLM_F_CREATE = 2, 0x1, 0x4, 0x400


@dataclasses.dataclass(frozen=True)
class End:
    """One end of a wire: the name of the interface and its hardware address."""

    name: str
    mac: bytes

    @property
    def index(self) -> int:
        return socket.if_nametoindex(self.name)


def end(name: str) -> End:
    text = Path(f"/sys/class/net/{name}/address").read_text("ascii").strip()
    return End(name, bytes.fromhex(text.replace(":", "")))


@contextlib.contextmanager
def wire() -> Iterator[tuple[End, End]]:
    """Both ends of a new virtual wire, up, on which the kernel says nothing by itself."""
    number = next(NUMBERS)
    left, right = f"left{number}", f"right{number}"
    ip("link", "add", left, "type", "veth", "peer", "name", right)
    try:
        for name in (left, right):
            # No router solicitations and the like.
            Path(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6").write_text("1", "ascii")
            ip("link", "set", name, "up")
        yield end(left), end(right)
    finally:
        ip("link", "delete", left)


def attribute(kind: int, payload: bytes) -> bytes:
    """A struct rtattr with what it carries, padded to four bytes."""
    raw = struct.pack("=HH", 4 + len(payload), kind) + payload
    return raw + bytes(-len(raw) % 4)


def request(kind: int, body: bytes, flags: int = 0) -> None:
    """Ask the routing part of the kernel for something, and wait for its answer."""
    header = struct.pack("=IHHII", 16 + len(body), kind, NLM_F_REQUEST | NLM_F_ACK | flags, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as sock:
        sock.send(header + body)
        answer = sock.recv(65536)
    found, error = struct.unpack_from("=H", answer, 4)[0], struct.unpack_from("=i", answer, 16)[0]
    if found != NLMSG_ERROR or error:
        raise OSError(-error, f"netlink refuses request {kind}")
