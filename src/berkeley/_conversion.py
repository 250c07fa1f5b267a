"""Sockets that move between berkeley and the interpreter's own module: from_stdlib() and to_stdlib()."""

from __future__ import annotations

import os

from berkeley import _interpreter, _public
from berkeley._socket import handed_on, socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STATE = ("family", "type", "proto", "fileno", "gettimeout", "detach")


def from_stdlib(sock: Any) -> Any:
    """from_stdlib(sock) -> a berkeley socket in the place of one of the interpreter's module.

    Descriptor, family, type, proto and timeout move; the old object counts as detached. A berkeley socket is returned
    as it is. Raises TypeError for what is no socket object, ValueError while files from makefile() are open or TLS is
    spoken on it, OSError (EBADF) if it is closed.
    """
    return sock if isinstance(sock, socket) else handed_on(_movable(sock), _public.names["socket"])


def to_stdlib(sock: Any) -> Any:
    """to_stdlib(sock) -> a socket of the interpreter's module in the place of a berkeley socket.

    The other way of from_stdlib(), with the same conditions and errors. It imports the interpreter's module where
    nobody has before, which install() does not prevent.
    """
    theirs = _interpreter.own("socket").socket
    return sock if isinstance(sock, theirs) else handed_on(_movable(sock), theirs)


def _movable(sock: Any) -> Any:
    """The socket itself, unless something of it would be left behind."""
    if not all(hasattr(sock, name) for name in STATE):
        raise TypeError(f"a socket object is required, not {type(sock).__name__!r}")
    if getattr(sock, "_sslobj", None) is not None:
        raise ValueError("TLS cannot be moved to another socket object: unwrap() it first")
    if getattr(sock, "_io_refs", 0) > 0:
        raise ValueError("files made by makefile() are still open on this socket")
    os.fstat(sock.fileno())  # EBADF
    return sock
