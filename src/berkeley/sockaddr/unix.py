"""AF_UNIX addresses: a path, an abstract name or nothing, as struct sockaddr_un (sys/un.h, unix(7))."""

from __future__ import annotations

import os
import sys

from berkeley.sockaddr._layout import Names

HEADER_SIZE = 2  # sun_family
SUN_PATH_SIZE = 108
FS_ENCODING = sys.getfilesystemencoding()
FS_ERRORS = sys.getfilesystemencodeerrors()


def encode(address: object, names: Names, caller: str = "bind", proto: int = 0, family: int = 1) -> bytes:
    """The sockaddr_un of a str, bytes-like object or os.PathLike.

    A leading NUL selects the abstract namespace, whose names may hold any bytes; "" is the unnamed address,
    to which bind() answers with an abstract name of the kernel's choice.
    """
    path = as_path(address)
    header = family.to_bytes(2, sys.byteorder)
    if len(path) == 0:
        return header
    if path[0] == 0:
        return header + _fitting(path, SUN_PATH_SIZE)
    if 0 in path:
        raise ValueError("embedded null byte in AF_UNIX path")
    return header + _fitting(path, SUN_PATH_SIZE - 1) + b"\0"


def decode(raw: bytes, names: Names, proto: int = 0) -> str | bytes:
    """The path as str (file-system encoding, surrogateescape), an abstract name as bytes, "" for no name."""
    path = raw[HEADER_SIZE:]
    if path[:1] == b"\0":
        return path
    return path.partition(b"\0")[0].decode(FS_ENCODING, FS_ERRORS)


def as_path(address: object) -> bytes:
    """The bytes of any form in which a path may be given."""
    if isinstance(address, str):
        return address.encode(FS_ENCODING, FS_ERRORS)
    if type(address) is bytes:
        return address
    if isinstance(address, os.PathLike):
        return os.fsencode(address)
    try:
        return bytes(memoryview(address))  # type: ignore[arg-type]
    except TypeError:
        kind = type(address).__name__
        raise TypeError(f"a bytes-like object is required, not '{kind}'") from None


def _fitting(path: bytes, limit: int) -> bytes:
    if len(path) > limit:
        raise OSError("AF_UNIX path too long")
    return path
