"""What sendmsg_afalg() says to the kernel's crypto sockets: the control messages of linux/if_alg.h."""

from __future__ import annotations

import struct
import sys
from operator import index

from berkeley.constants import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CONSTANTS: dict[str, Any] = dict(load(sys.platform))
SOL_ALG = _CONSTANTS.get("SOL_ALG", 279)
ALG_SET_IV = _CONSTANTS.get("ALG_SET_IV", 2)
ALG_SET_OP = _CONSTANTS.get("ALG_SET_OP", 3)
ALG_SET_AEAD_ASSOCLEN = _CONSTANTS.get("ALG_SET_AEAD_ASSOCLEN", 4)

IV_ALIGNMENT = 8  # struct af_alg_iv is sent with the padding of a control message as part of its length

ABSENT = object()


def items(op: object, iv: object, assoclen: object) -> list[tuple[int, int, bytes]]:
    """The (level, type, data) items for an operation, an initialisation vector and a length of associated data."""
    if op is ABSENT or _number(op, "op") < 0:
        raise TypeError("Invalid or missing argument 'op'")
    found = [(SOL_ALG, ALG_SET_OP, _packed(_number(op, "op"), "op"))]
    if iv is not None:
        found.append((SOL_ALG, ALG_SET_IV, _vector(bytes(memoryview(iv)))))  # type: ignore[arg-type]
    if assoclen is not ABSENT:
        found.append((SOL_ALG, ALG_SET_AEAD_ASSOCLEN, _packed(_length(assoclen), "assoclen")))
    return found


def _number(value: object, name: str) -> int:
    try:
        return index(value)  # type: ignore[arg-type]
    except TypeError:
        kind = type(value).__name__
        raise TypeError(f"sendmsg_afalg() argument {name} must be int, not {kind}") from None


def _vector(iv: bytes) -> bytes:
    data = struct.pack("=I", len(iv)) + iv
    return data.ljust(-(-len(data) // IV_ALIGNMENT) * IV_ALIGNMENT, b"\0")


def _length(assoclen: object) -> int:
    length = _number(assoclen, "assoclen")
    if length < 0:
        raise TypeError("assoclen must be positive")
    return length


def _packed(number: int, name: str) -> bytes:
    if number > 0xFFFFFFFF:
        raise OverflowError(f"{name} must fit an unsigned 32-bit integer")
    return struct.pack("=I", number)
