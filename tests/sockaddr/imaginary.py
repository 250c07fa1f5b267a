"""Sockets of families that the kernel may lack: some that only look so, and some over a shim that has every family."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import fresh

ROUND_TRIPS = """
import ast
with socket.socket(*{made}) as sock:
    results = []
    for address in ast.literal_eval({addresses!r}):
        sock.connect(address)
        results.append(repr(sock.getpeername()))
report(results)
"""


def round_trips(net: ModuleType, shim: Path, made: tuple[int, int, int], addresses: list[Any]) -> list[Any]:
    """What getpeername() makes of each address, after connect(), on a socket of shims/any_family.c."""
    code = ROUND_TRIPS.format(made=tuple(map(int, made)), addresses=repr(addresses))
    return [ast.literal_eval(text) for text in fresh.run(net, code, preload=shim)]


def disguised(net: ModuleType, closing: Callable[[Any], Any], family: int, proto: int = 0) -> Any:
    """An AF_UNIX socket that takes itself for another family: whatever addresses reach its kernel are EINVAL."""
    left, right = net.socketpair(net.AF_UNIX, net.SOCK_DGRAM)
    closing(right)
    return closing(net.socket(family, net.SOCK_DGRAM, proto, fileno=left.detach()))
