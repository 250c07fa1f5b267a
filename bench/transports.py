"""Connected pairs of descriptors, with an echo peer in a process of its own at the far end."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator

from bench import compiled

Pair = tuple[socket.socket, socket.socket]


def tcp() -> Pair:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
    for sock in (near, far):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return near, far


def udp() -> Pair:
    near, far = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for sock in (near, far):
        sock.bind(("127.0.0.1", 0))
    near.connect(far.getsockname())
    far.connect(near.getsockname())
    return near, far


def make_room(socks: Iterable[socket.socket], size: int = 1 << 20) -> None:
    """Let a socket hold as much as that, or as the system allows, in each direction."""
    for sock in socks:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)


TRANSPORTS: dict[str, Callable[[], Pair]] = {"unix": socket.socketpair, "tcp": tcp, "udp": udp}


def _echo_command() -> list[str]:
    program = compiled.program("echo")
    return [str(program)] if program else [sys.executable, "-S", str(compiled.HERE / "echo.py")]


@contextlib.contextmanager
def echoing(transport: str) -> Iterator[int]:
    """A descriptor connected over `transport` to a process that sends everything back.

    Every contender works on this one descriptor, so that they share the peer, the buffers and their luck.
    """
    near, far = TRANSPORTS[transport]()
    with near:
        with far:
            peer = subprocess.Popen([*_echo_command(), str(far.fileno())], pass_fds=[far.fileno()])
        try:
            yield near.fileno()
        finally:
            peer.terminate()
            peer.wait()
