"""A program that makes TLS connections, a thousand and again a thousand, and prints what grows with them."""

from __future__ import annotations

import ctypes
import gc
import itertools
import json
import os
import socket
import sys
import threading
from typing import Any

from tls.certificates import VERSIONS, Contexts, Identity, contexts

WARM_UP, ROUNDS, CONNECTIONS = 300, 3, 1000


class Mallinfo2(ctypes.Structure):
    """struct mallinfo2 of <malloc.h>: what the C library has handed out, to the byte."""

    _fields_ = [
        *[(name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks")],
        *[(name, ctypes.c_size_t) for name in ("uordblks", "fordblks", "keepcost")],
    ]


def size_of_heap() -> int:
    """Bytes that malloc(3) has handed out; 0 where the C library does not tell (glibc does from 2.33 on)."""
    ask = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if ask is None:
        return 0
    ask.restype = Mallinfo2
    now = ask()
    return int(now.uordblks + now.hblkhd)


def resident() -> int:
    """Bytes of memory that the process holds, as the kernel counts them."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def taken() -> dict[str, int]:
    """How much of everything the process has now."""
    gc.collect()
    return {
        "descriptors": len(os.listdir("/proc/self/fd")),
        "objects": len(gc.get_objects()),
        "blocks": sys.getallocatedblocks(),
        "heap": size_of_heap(),
        "resident": resident(),
    }


def serve(listener: Any, count: int) -> None:
    for _ in range(count):
        conn, _ = listener.accept()
        with conn:
            conn.sendall(conn.recv(100))


def connect(tls: Contexts, count: int) -> None:
    """That many connections one after the other, each with its handshake, a message and its echo."""
    with tls.server.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True) as listener:
        serving = threading.Thread(target=serve, args=(listener, count))
        serving.start()
        for _ in range(count):
            plain = socket.create_connection(listener.getsockname(), timeout=20)
            with tls.client.wrap_socket(plain, server_hostname="localhost") as client:
                client.sendall(b"echo")
                assert client.recv(100) == b"echo"
        serving.join()


def growth(tls: Contexts) -> list[dict[str, int]]:
    """What each round of connections has added to the process; the first ones have filled caches and pools before."""
    connect(tls, WARM_UP)
    states = [taken()]
    for _ in range(ROUNDS):
        connect(tls, CONNECTIONS)
        states.append(taken())
    return [{name: after[name] - before[name] for name in after} for before, after in itertools.pairwise(states)]


if __name__ == "__main__":
    version, *identity = sys.argv[1:]
    tls = contexts(Identity(*identity), VERSIONS[version])  # type: ignore[arg-type]
    print(socket.__name__)
    print(json.dumps(growth(tls)))
