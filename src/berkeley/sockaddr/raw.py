"""Addresses of a family without a codec of its own: the bytes of the sockaddr as they are."""

from __future__ import annotations

import sys
from operator import index

HEADER_SIZE = 2  # sa_family
SOCKADDR_SIZE_MAX = 128  # struct sockaddr_storage (sys/socket.h)


def encode(address: object, caller: str) -> bytes:
    """A whole sockaddr given as bytes, or one given as the pair (family, bytes after the family field)."""
    raw = _joined(address) if isinstance(address, tuple) else _as_bytes(address, caller)
    if not HEADER_SIZE <= len(raw) <= SOCKADDR_SIZE_MAX:
        raise ValueError(f"{caller}(): a raw address has {HEADER_SIZE} to {SOCKADDR_SIZE_MAX} bytes, not {len(raw)}")
    return raw


def decode(raw: bytes) -> tuple[int, bytes]:
    """The pair (family, bytes after the family field)."""
    return int.from_bytes(raw[:HEADER_SIZE], sys.byteorder), raw[HEADER_SIZE:]


def _joined(pair: tuple[object, ...]) -> bytes:
    if len(pair) != 2:
        raise TypeError("a raw address must be a pair (family, bytes) or a bytes-like object")
    family = index(pair[0])  # type: ignore[arg-type]
    return family.to_bytes(HEADER_SIZE, sys.byteorder) + bytes(memoryview(pair[1]))  # type: ignore[arg-type]


def _as_bytes(address: object, caller: str) -> bytes:
    try:
        return bytes(memoryview(address))  # type: ignore[arg-type]
    except TypeError:
        kind = type(address).__name__
        raise TypeError(
            f"{caller}(): this family has no address format: give a pair (family, bytes) or raw bytes, not {kind}"
        ) from None
