"""socketpair(): two connected sockets from the kernel, or over the loopback interface where it has no such call."""

from __future__ import annotations

from berkeley import _base, _public
from berkeley._enums import CONSTANTS
from berkeley._socket import as_public, blank, socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LOCALHOST = "127.0.0.1"
_LOCALHOST_V6 = "::1"


def socketpair(family: int | None = None, type: int = CONSTANTS["SOCK_STREAM"], proto: int = 0) -> tuple[Any, Any]:
    """socketpair([family[, type[, proto]]]) -> two connected socket objects, AF_UNIX by default. See socketpair(2)."""
    if not hasattr(_base.socket, "_pair_with") or "AF_UNIX" not in CONSTANTS:
        return _fallback_socketpair(CONSTANTS["AF_INET"] if family is None else family, type, proto)
    left, right = blank(socket), blank(socket)
    left._pair_with(right, CONSTANTS["AF_UNIX"] if family is None else family, type, proto)
    return as_public(left), as_public(right)


def _fallback_socketpair(
    family: int = CONSTANTS["AF_INET"], type: int = CONSTANTS["SOCK_STREAM"], proto: int = 0
) -> tuple[Any, Any]:
    hosts = {CONSTANTS["AF_INET"]: _LOCALHOST, CONSTANTS.get("AF_INET6"): _LOCALHOST_V6}
    if family not in hosts:
        raise ValueError("Only AF_INET and AF_INET6 socket address families are supported")
    if type != CONSTANTS["SOCK_STREAM"]:
        raise ValueError("Only SOCK_STREAM socket type is supported")
    if proto != 0:
        raise ValueError("Only protocol zero is supported")
    left, right = _over_loopback(hosts[family], family, type, proto)
    try:
        _authenticate(left, right)
    except BaseException:
        left.close()
        right.close()
        raise
    return left, right


def _over_loopback(host: str, family: int, type: int, proto: int) -> tuple[Any, Any]:
    make = _public.names["socket"]
    with make(family, type, proto) as listener:
        listener.bind((host, 0))
        listener.listen()
        right = make(family, type, proto)
        try:
            _connect_without_waiting(right, listener.getsockname())
            left, _ = listener.accept()
        except BaseException:
            right.close()
            raise
    return left, right


def _connect_without_waiting(sock: Any, address: Any) -> None:
    # The listener's queue completes the connection; waiting here would wait for our own accept().
    sock.setblocking(False)
    try:
        sock.connect(address)
    except (BlockingIOError, InterruptedError):
        return
    finally:
        sock.setblocking(True)


def _authenticate(left: Any, right: Any) -> None:
    """Make sure that each end is connected to the other and not to a stranger who was quicker."""
    if left.getsockname() != right.getpeername() or right.getsockname() != left.getpeername():
        raise ConnectionError("Unexpected peer connection")
