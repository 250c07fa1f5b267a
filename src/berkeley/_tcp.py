"""TCP clients and servers in one call: create_connection(), create_server() and has_dualstack_ipv6()."""

from __future__ import annotations

import os
import sys

from berkeley import _interpreter, _public
from berkeley._enums import CONSTANTS
from berkeley._errors import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_GLOBAL_DEFAULT_TIMEOUT = object()

AF_INET = CONSTANTS["AF_INET"]
AF_INET6 = CONSTANTS.get("AF_INET6")
IPPROTO_IPV6 = CONSTANTS.get("IPPROTO_IPV6")
IPV6_V6ONLY = CONSTANTS.get("IPV6_V6ONLY")
SOCK_STREAM = CONSTANTS["SOCK_STREAM"]
SOL_SOCKET = CONSTANTS.get("SOL_SOCKET")


def create_connection(
    address: tuple[str | None, Any],
    timeout: Any = _GLOBAL_DEFAULT_TIMEOUT,
    source_address: tuple[str, int] | None = None,
    *,
    all_errors: bool = False,
) -> Any:
    """create_connection((host, port)[, timeout[, source_address]], *, all_errors=False) -> a connected TCP socket.

    All addresses of the host are tried in the resolver's order, each within the timeout (seconds, None to block).
    The socket is bound to source_address first, if given. Raises gaierror for an unknown host, else the last
    attempt's OSError, or with all_errors an ExceptionGroup of all of them.
    """
    host, port = address
    failures: list[Exception] = []
    for family, kind, proto, _, sockaddr in _public.names["getaddrinfo"](host, port, 0, SOCK_STREAM):
        try:
            return _connected(family, kind, proto, sockaddr, timeout, source_address)
        except error as problem:
            if not all_errors:
                failures.clear()
            failures.append(problem)
    try:
        raise _outcome(failures, all_errors)
    finally:
        failures.clear()  # or the traceback would keep the error, and the error the traceback


def _connected(family: int, kind: int, proto: int, sockaddr: Any, timeout: Any, source_address: Any) -> Any:
    sock = _public.names["socket"](family, kind, proto)
    try:
        if timeout is not _GLOBAL_DEFAULT_TIMEOUT and timeout is not _theirs():
            sock.settimeout(timeout)
        if source_address:
            sock.bind(source_address)
        sock.connect(sockaddr)
    except BaseException:
        sock.close()
        raise
    return sock


def _theirs() -> Any:
    """What stands for the default timeout in modules that were imported with the interpreter's own."""
    return getattr(_interpreter.imported("socket"), "_GLOBAL_DEFAULT_TIMEOUT", _GLOBAL_DEFAULT_TIMEOUT)


def _outcome(failures: list[Exception], all_errors: bool) -> Exception:
    if not failures:
        return error("getaddrinfo returns an empty list")
    if not all_errors:
        return failures[0]
    if sys.version_info >= (3, 11):
        return ExceptionGroup("create_connection failed", failures)
    import exceptiongroup

    return exceptiongroup.ExceptionGroup("create_connection failed", failures)


def has_dualstack_ipv6() -> bool:
    """has_dualstack_ipv6() -> True if one TCP socket can serve both IPv4 and IPv6."""
    if not _public.names.get("has_ipv6") or IPV6_V6ONLY is None:
        return False
    try:
        with _public.names["socket"](AF_INET6, SOCK_STREAM) as sock:
            sock.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0)
            return True
    except error:
        return False


def create_server(
    address: Any,
    *,
    family: int = AF_INET,
    backlog: int | None = None,
    reuse_port: bool = False,
    dualstack_ipv6: bool = False,
) -> Any:
    """create_server(address, *, family=AF_INET, backlog=None, reuse_port=False, dualstack_ipv6=False) -> socket.

    family is AF_INET or AF_INET6; with dualstack_ipv6 an AF_INET6 server takes IPv4 too. backlog None is the
    default of listen(), 0 is 0. Raises OSError with the address in its text, ValueError for what cannot be had.
    """
    _check_server_options(family, reuse_port, dualstack_ipv6)
    sock = _public.names["socket"](family, SOCK_STREAM)
    try:
        _set_server_options(sock, family, reuse_port, dualstack_ipv6)
        _bind(sock, address)
        if backlog is None:
            sock.listen()
        else:
            sock.listen(backlog)
    except BaseException:
        sock.close()
        raise
    return sock


def _check_server_options(family: int, reuse_port: bool, dualstack_ipv6: bool) -> None:
    if reuse_port and "SO_REUSEPORT" not in _public.names:
        raise ValueError("SO_REUSEPORT not supported on this platform")
    if dualstack_ipv6:
        if not _public.names["has_dualstack_ipv6"]():
            raise ValueError("dualstack_ipv6 not supported on this platform")
        if family != AF_INET6:
            raise ValueError("dualstack_ipv6 requires AF_INET6 family")


def _set_server_options(sock: Any, family: int, reuse_port: bool, dualstack_ipv6: bool) -> None:
    # On Windows SO_REUSEADDR would let two servers share one address at the same time.
    if os.name not in ("nt", "cygwin") and "SO_REUSEADDR" in CONSTANTS:
        sock.setsockopt(SOL_SOCKET, CONSTANTS["SO_REUSEADDR"], 1)
    if reuse_port:
        sock.setsockopt(SOL_SOCKET, CONSTANTS["SO_REUSEPORT"], 1)
    if _public.names.get("has_ipv6") and family == AF_INET6 and IPV6_V6ONLY is not None:
        sock.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0 if dualstack_ipv6 else 1)


def _bind(sock: Any, address: Any) -> None:
    try:
        sock.bind(address)
    except error as problem:
        text = f"{problem.strerror} (while attempting to bind on address {address!r})"
        raise error(problem.errno, text) from None
