"""Many connected pairs with something to receive at one end of each: how a receive from a stream is timed alone."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from types import ModuleType
from typing import Any

PAIRS = 32


class Pairs:
    """PAIRS pairs of AF_UNIX streams; fill() puts one message into each, for the contender whose turn it is."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        made = [socket.socketpair() for _ in range(PAIRS)]
        self._near, self._far = ([stack.enter_context(pair[end]) for pair in made] for end in (0, 1))
        self.fds = [sock.fileno() for sock in self._far]

    def fill(self, message: bytes) -> None:
        for sock in self._near:
            sock.send(message)

    def of(self, module: ModuleType, timeout: float | None = None) -> list[Any]:
        """The ends that receive, as sockets of this module on the same connections."""
        socks = [self._stack.enter_context(module.socket(fileno=os.dup(fd))) for fd in self.fds]
        for sock in socks:
            sock.settimeout(timeout)
        return socks


@contextlib.contextmanager
def pairs() -> Iterator[Pairs]:
    with contextlib.ExitStack() as stack:
        yield Pairs(stack)
