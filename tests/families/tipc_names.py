"""What the kernel has published under TIPC names: the name table, by generic netlink (linux/tipc_netlink.h)."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from typing import NamedTuple

NLM_F_REQUEST, NLM_F_DUMP = 1, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 0x10, 3, 1, 2
NETLINK_GENERIC = 16
TIPC_NL_NAME_TABLE_GET, TIPC_NLA_NAME_TABLE, TIPC_NLA_NAME_TABLE_PUBL = 16, 8, 1
HEADER = struct.Struct("=IHHII")
GENERIC_HEADER_SIZE = 4
ALIGNMENT = 4


class Publication(NamedTuple):
    """One row of the name table; the fields are in the order of their attributes, from 1 on."""

    type: int
    lower: int
    upper: int
    scope: int
    node: int
    reference: int


def publications() -> list[Publication]:
    """The whole name table."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC) as sock:
        sock.settimeout(10)
        family = _family(sock)
        _send(sock, family, NLM_F_DUMP, TIPC_NL_NAME_TABLE_GET, b"")
        return [_publication(body) for body in _answers(sock)]


def _family(sock: socket.socket) -> int:
    name = b"TIPCv2\0"
    _send(sock, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY, struct.pack("=2H", 4 + len(name), CTRL_ATTR_FAMILY_NAME) + name)
    answer = sock.recv(65536)
    _, kind, *_ = HEADER.unpack_from(answer)
    assert kind == GENL_ID_CTRL, "the kernel has no TIPC"
    attributes = dict(_attributes(answer[HEADER.size + GENERIC_HEADER_SIZE :]))
    return int.from_bytes(attributes[CTRL_ATTR_FAMILY_ID], "little")


def _send(sock: socket.socket, family: int, flags: int, command: int, body: bytes) -> None:
    size = HEADER.size + GENERIC_HEADER_SIZE + len(body)
    message = HEADER.pack(size, family, NLM_F_REQUEST | flags, 1, 0) + struct.pack("=2BH", command, 1, 0) + body
    sock.sendto(message.ljust(size + -size % ALIGNMENT, b"\0"), (0, 0))


def _answers(sock: socket.socket) -> Iterator[bytes]:
    while True:
        rest = sock.recv(65536)
        while rest:
            size, kind, *_ = HEADER.unpack_from(rest)
            assert kind != NLMSG_ERROR, rest
            if kind == NLMSG_DONE:
                return
            yield rest[HEADER.size + GENERIC_HEADER_SIZE : size]
            rest = rest[size + -size % ALIGNMENT :]


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    while raw:
        size, kind = struct.unpack_from("=2H", raw)
        yield kind & 0x3FFF, raw[4:size]
        raw = raw[size + -size % ALIGNMENT :]


def _publication(body: bytes) -> Publication:
    table = dict(_attributes(body))[TIPC_NLA_NAME_TABLE]
    fields = dict(_attributes(dict(_attributes(table))[TIPC_NLA_NAME_TABLE_PUBL]))
    return Publication(*(int.from_bytes(fields[number], "little") for number in range(1, 7)))
