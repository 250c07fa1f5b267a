"""Descriptors sent from process to process over AF_UNIX sockets: send_fds() and recv_fds()."""

from __future__ import annotations

import os
import sys
from array import array

from berkeley import _base
from berkeley._cmsg import CMSG_LEN
from berkeley.constants import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

# Plain numbers, none of which is missing where descriptors can be passed.
_CONSTANTS: dict[str, Any] = dict(load(sys.platform))
_RIGHTS: tuple[int, int] = (_CONSTANTS.get("SOL_SOCKET", 0), _CONSTANTS.get("SCM_RIGHTS", 0))
_MSG_CMSG_CLOEXEC: int = _CONSTANTS.get("MSG_CMSG_CLOEXEC", 0)
_MSG_CTRUNC: int = _CONSTANTS.get("MSG_CTRUNC", 0)


def send_fds(sock: Any, buffers: Iterable[Any], fds: Iterable[int], flags: int = 0, address: Any = None) -> int:
    """send_fds(sock, buffers, fds[, flags[, address]]) -> count of data bytes sent along with the descriptors.

    See unix(7), SCM_RIGHTS. Raises OSError.
    """
    return sock.sendmsg(buffers, [(*_RIGHTS, array("i", fds))], flags, address)  # type: ignore[no-any-return]


def recv_fds(
    sock: Any, bufsize: int, maxfds: int, flags: int = 0, *, inheritable: bool = False
) -> tuple[bytes, list[int], int, Any]:
    """recv_fds(sock, bufsize, maxfds[, flags]) -> (data, list of descriptors, msg_flags, address).

    At most maxfds descriptors come, not inheritable unless asked for. If there were more (MSG_CTRUNC in msg_flags),
    the list is empty and those that came are closed: which ones are missing could not be told.
    """
    wanted = flags if inheritable else flags | _MSG_CMSG_CLOEXEC
    direct = getattr(type(sock), "recvmsg", None) is _base.socket.recvmsg
    receive = type(sock)._recv_fds if direct else _through_recvmsg
    received = receive(sock, bufsize, maxfds, wanted)
    if not inheritable and not _MSG_CMSG_CLOEXEC:  # macOS has no such flag
        for fd in received[1]:
            os.set_inheritable(fd, False)
    return received


def _through_recvmsg(sock: Any, bufsize: int, maxfds: int, flags: int) -> tuple[bytes, list[int], int, Any]:
    """The same on anything that has a recvmsg() of its own."""
    data, ancdata, msg_flags, address = sock.recvmsg(bufsize, CMSG_LEN(maxfds * array("i").itemsize), flags)
    fds = array("i")
    for level, kind, content in ancdata:
        if (level, kind) == _RIGHTS:
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
    if not msg_flags & _MSG_CTRUNC:
        return data, list(fds), msg_flags & ~_MSG_CMSG_CLOEXEC, address
    for fd in fds:
        os.close(fd)
    return data, [], msg_flags & ~_MSG_CMSG_CLOEXEC, address
