"""Descriptors sent from process to process over AF_UNIX sockets: send_fds() and recv_fds()."""

from __future__ import annotations

import array
from collections.abc import Iterable
from typing import Any

from berkeley._cmsg import CMSG_LEN, take_descriptors
from berkeley._enums import CONSTANTS

SOL_SOCKET = CONSTANTS.get("SOL_SOCKET")
SCM_RIGHTS = CONSTANTS.get("SCM_RIGHTS")
MSG_CMSG_CLOEXEC = CONSTANTS.get("MSG_CMSG_CLOEXEC", 0)
MSG_CTRUNC = CONSTANTS.get("MSG_CTRUNC", 0)
DESCRIPTOR_SIZE = array.array("i").itemsize


def send_fds(sock: Any, buffers: Iterable[Any], fds: Iterable[int], flags: int = 0, address: Any = None) -> int:
    """send_fds(sock, buffers, fds[, flags[, address]]) -> count of data bytes sent along with the descriptors.

    See unix(7), SCM_RIGHTS. Raises OSError.
    """
    rights = (SOL_SOCKET, SCM_RIGHTS, array.array("i", fds))
    return sock.sendmsg(buffers, [rights], flags, address)  # type: ignore[no-any-return]


def recv_fds(
    sock: Any, bufsize: int, maxfds: int, flags: int = 0, *, inheritable: bool = False
) -> tuple[bytes, list[int], int, Any]:
    """recv_fds(sock, bufsize, maxfds[, flags]) -> (data, list of descriptors, msg_flags, address).

    At most maxfds descriptors come, not inheritable unless asked for. If there were more (MSG_CTRUNC in msg_flags),
    the list is empty and those that came are closed: which ones are missing could not be told.
    """
    wanted = flags if inheritable else flags | MSG_CMSG_CLOEXEC
    data, ancdata, msg_flags, address = sock.recvmsg(bufsize, CMSG_LEN(maxfds * DESCRIPTOR_SIZE), wanted)
    fds = take_descriptors(ancdata, keep=not msg_flags & MSG_CTRUNC)
    return data, fds, msg_flags & ~MSG_CMSG_CLOEXEC, address
