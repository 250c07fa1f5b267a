"""The bytes of CAN frames and of the broadcast manager's messages (linux/can.h, linux/can/bcm.h)."""

from __future__ import annotations

import struct
from collections.abc import Iterable

FRAME = struct.Struct("=IB3x8s")
FD_FRAME = struct.Struct("=IBB2x64s")
# opcode, flags, count, ival1, ival2, can_id, nframes; intervals are two C longs each, frames begin at a multiple of 8.
HEAD = struct.Struct("@3I4l2I0q")
MICROSECONDS = 1_000_000


def frame(can_id: int, data: bytes = b"") -> bytes:
    """A struct can_frame."""
    return FRAME.pack(can_id, len(data), data)


def fd_frame(can_id: int, data: bytes = b"") -> bytes:
    """A struct canfd_frame."""
    return FD_FRAME.pack(can_id, len(data), 0, data)


def content(raw: bytes) -> tuple[int, bytes]:
    """(identifier, data) of a frame of either kind."""
    can_id, length = struct.unpack_from("=IB", raw)
    return can_id, raw[8 : 8 + length]


def filters(*pairs: tuple[int, int]) -> bytes:
    """The value of CAN_RAW_FILTER: (identifier, mask) pairs."""
    return b"".join(struct.pack("=2I", *pair) for pair in pairs)


def bcm_message(
    opcode: int,
    flags: int = 0,
    count: int = 0,
    intervals: tuple[float, float] = (0, 0),
    can_id: int = 0,
    frames: Iterable[bytes] = (),
) -> bytes:
    """A struct bcm_msg_head with its frames; intervals are in seconds."""
    body = list(frames)
    first, second = (divmod(round(interval * MICROSECONDS), MICROSECONDS) for interval in intervals)
    return HEAD.pack(opcode, flags, count, *first, *second, can_id, len(body)) + b"".join(body)


def bcm_content(raw: bytes) -> tuple[int, int, bytes]:
    """(opcode, identifier, frames) of a struct bcm_msg_head."""
    opcode, *_, can_id, _ = HEAD.unpack_from(raw)
    return opcode, can_id, raw[HEAD.size :]
