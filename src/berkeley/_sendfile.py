"""socket.sendfile(): a file to its end, by the kernel where it can and by reading and sending where it cannot."""

from __future__ import annotations

import os

from berkeley._enums import CONSTANTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BLOCK_SIZE_MAX = 2**30  # bytes that one sendfile(2) is asked for
COPY_SIZE = 65536  # bytes that one read takes where the kernel does not help


class _GiveupOnSendfile(Exception):
    """sendfile(2) cannot serve this file; nothing has been sent."""


def sendfile(sock: Any, file: Any, offset: int = 0, count: int | None = None) -> int:
    """sendfile(file[, offset[, count]]) -> count of bytes sent, by sendfile(2) where the file allows it.

    file is a regular file opened in binary mode; its position is updated also when an error is raised. Raises
    ValueError for a socket that is not SOCK_STREAM or not blocking, TimeoutError where one send takes too long.
    """
    try:
        return sock._sendfile_use_sendfile(file, offset, count)  # type: ignore[no-any-return]
    except _GiveupOnSendfile:
        return sock._sendfile_use_send(file, offset, count)  # type: ignore[no-any-return]


def check(sock: Any, file: Any, offset: int, count: int | None) -> None:
    """Refuse what neither way can do."""
    if "b" not in getattr(file, "mode", "b"):
        raise ValueError("file should be opened in binary mode")
    if not sock.type & CONSTANTS["SOCK_STREAM"]:
        raise ValueError("only SOCK_STREAM type sockets are supported")
    if count is None:
        return
    if not isinstance(count, int):
        raise TypeError(f"count must be a positive integer (got {count!r})")
    if count <= 0:
        raise ValueError(f"count must be a positive integer (got {count!r})")


def by_kernel(sock: Any, file: Any, offset: int = 0, count: int | None = None) -> int:
    """Send with sendfile(2)."""
    check(sock, file, offset, count)
    source, size = _regular_file(file)
    if size == 0:
        return 0
    _refuse_non_blocking(sock)
    sent = 0
    try:
        while count is None or sent < count:
            block = min(BLOCK_SIZE_MAX, size if count is None else count - sent)
            moved = _moved(sock, source, offset + sent, block, nothing_yet=sent == 0)
            if moved == 0:
                break
            sent += moved
        return sent
    finally:
        if sent > 0 and hasattr(file, "seek"):
            file.seek(offset + sent)


def _regular_file(file: Any) -> tuple[int, int]:
    """(descriptor, size) of a file that the kernel can read by itself."""
    if not hasattr(os, "sendfile"):
        raise _GiveupOnSendfile("os.sendfile() not available on this platform")
    try:
        source = file.fileno()
        return source, os.fstat(source).st_size
    except (AttributeError, OSError) as problem:
        raise _GiveupOnSendfile(problem) from problem


def _refuse_non_blocking(sock: Any) -> None:
    if sock.gettimeout() == 0:
        raise ValueError("non-blocking sockets are not supported")


def _moved(sock: Any, source: int, offset: int, block: int, *, nothing_yet: bool) -> int:
    while True:
        try:
            return os.sendfile(sock.fileno(), source, offset, block)
        except BlockingIOError:
            # Also in blocking mode: another holder of the descriptor may have set its O_NONBLOCK.
            sock._wait_until_writable()
        except OSError as problem:
            if nothing_yet:
                raise _GiveupOnSendfile(problem) from problem
            raise


def by_copying(sock: Any, file: Any, offset: int = 0, count: int | None = None) -> int:
    """Send with read() and send()."""
    check(sock, file, offset, count)
    _refuse_non_blocking(sock)
    if offset:
        file.seek(offset)
    sent = 0
    try:
        while count is None or sent < count:
            data = memoryview(file.read(COPY_SIZE if count is None else min(COPY_SIZE, count - sent)))
            if not data:
                break
            while data:
                moved = sock.send(data)
                sent += moved
                data = data[moved:]
        return sent
    finally:
        if sent > 0 and hasattr(file, "seek"):
            file.seek(offset + sent)
