"""What the live tests of several families ask of a socket."""

from __future__ import annotations

from typing import Any


def has_nothing(sock: Any) -> bool:
    """Whether nothing has arrived; the socket is non-blocking afterwards."""
    sock.setblocking(False)
    try:
        sock.recv(65536)
    except BlockingIOError:
        return True
    return False
