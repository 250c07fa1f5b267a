"""A program that makes TLS fail in every way and prints how each failure looks: {scenario: outcome of each call}.

It is run on berkeley and on the interpreter's module, since much here differs between versions of Python and OpenSSL.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

from tls.certificates import VERSIONS, Contexts, Identity, contexts

RESET = b"\1\0\0\0\0\0\0\0"  # struct linger: on, 0 seconds
MORE_THAN_ALL_BUFFERS = bytes(1 << 25)


def pair(tls: Contexts) -> tuple[Any, Any]:
    """Two sides of a TLS connection over 127.0.0.1."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        plain = socket.create_connection(listener.getsockname())
        accepted = listener.accept()[0]
    sides: list[Any] = []
    serving = threading.Thread(target=lambda: sides.append(tls.server.wrap_socket(accepted, server_side=True)))
    serving.start()
    client = tls.client.wrap_socket(plain, server_hostname="localhost")
    serving.join()
    return client, sides[0]


def outcome(call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return repr(call(*arguments))
    except Exception as problem:
        return [type(problem).__name__, repr(problem.args), getattr(problem, "errno", None)]


def closed_peer(tls: Contexts) -> list[Any]:
    client, server = pair(tls)
    server.close()
    found = [outcome(client.recv, 10), outcome(client.send, b"x" * 100), outcome(client.unwrap)]
    client.close()
    return found


def closed_peer_whose_eof_counts(tls: Contexts) -> list[Any]:
    client, server = pair(tls)
    client.suppress_ragged_eofs = False
    server.close()
    found = [outcome(client.recv, 10)]
    client.close()
    return found


def resetting_peer(tls: Contexts) -> list[Any]:
    client, server = pair(tls)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    server.close()
    found = [outcome(client.recv, 10), outcome(client.send, b"x")]
    client.close()
    return found


def half_closed_peer(tls: Contexts) -> list[Any]:
    client, server = pair(tls)
    client.shutdown(socket.SHUT_WR)
    found = [outcome(server.recv, 10), outcome(server.send, b"x")]
    client.close()
    server.close()
    return found


def closed_under_the_native_half(tls: Contexts, timeout: float | None = None) -> list[Any]:
    client, server = pair(tls)
    client.settimeout(timeout)
    native = client._sslobj
    client.close()
    calls = [(native.read, 5), (native.write, b"x"), (native.shutdown,), (native.do_handshake,), (client.recv, 5)]
    found = [outcome(*call) for call in calls]
    server.close()
    return found


def closed_under_the_native_half_with_a_timeout(tls: Contexts) -> list[Any]:
    return closed_under_the_native_half(tls, 2)


def collected_under_the_native_half(tls: Contexts) -> list[Any]:
    client, server = pair(tls)
    native = client._sslobj
    descriptor = client.detach()
    del client
    gc.collect()
    calls = [(native.read, 5), (native.write, b"x"), (native.shutdown,), (native.do_handshake,)]
    found = [outcome(*call) for call in calls] + [outcome(lambda: native.owner)]
    os.close(descriptor)
    server.close()
    return found


def bad_descriptor(tls: Contexts, timeout: float | None = None) -> list[Any]:
    client, server = pair(tls)
    client.settimeout(timeout)
    os.close(client.fileno())
    found = [outcome(client.recv, 5), outcome(client.send, b"x"), outcome(client.unwrap)]
    client.detach()
    server.close()
    return found


def bad_descriptor_with_a_timeout(tls: Contexts) -> list[Any]:
    return bad_descriptor(tls, 2)


def timeouts(tls: Contexts) -> list[Any]:
    client, server = pair(tls)
    client.settimeout(0.05)
    found = [outcome(client.recv, 5), outcome(client.send, MORE_THAN_ALL_BUFFERS), outcome(client.unwrap)]
    client.close()
    server.close()
    return found


def non_blocking(tls: Contexts) -> list[Any]:
    client, server = pair(tls)
    client.setblocking(False)
    found = [outcome(client.recv, 5), outcome(client.send, MORE_THAN_ALL_BUFFERS)]
    client.close()
    server.close()
    return found


def silent_peer(tls: Contexts) -> list[Any]:
    found = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for timeout in (0.05, 0):
            with socket.create_connection(listener.getsockname()) as plain:
                plain.settimeout(timeout)
                found.append(outcome(lambda plain=plain: tls.client.wrap_socket(plain, server_hostname="localhost")))
                found.append(plain.fileno() == -1)
    return found


def not_connected(tls: Contexts) -> list[Any]:
    with tls.client.wrap_socket(socket.socket(), server_hostname="localhost") as client:
        calls = [
            (client.recv, 1),
            (client.do_handshake,),
            (client.getpeercert,),
            (client.unwrap,),
            (client.sendall, b"x"),
        ]
        return [outcome(*call) for call in calls]


def closed_before_it_is_wrapped(tls: Contexts) -> list[Any]:
    plain = socket.socket()
    plain.close()
    return [outcome(lambda: tls.client.wrap_socket(plain, server_hostname="localhost"))]


def refused_connection(tls: Contexts) -> list[Any]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with tls.client.wrap_socket(socket.socket(), server_hostname="localhost") as client:
            return [outcome(client.connect, unused.getsockname()), outcome(client.connect_ex, unused.getsockname())]


def peer_that_speaks_no_tls(tls: Contexts) -> list[Any]:
    left, right = socket.socketpair()
    with left, right:
        right.sendall(b"220 hello, this is plain text and nothing else\r\n")
        return [outcome(lambda: tls.client.wrap_socket(left, server_hostname="localhost"))]


def unexpected_name(tls: Contexts) -> list[Any]:
    left, right = socket.socketpair()
    with left, right:
        found: list[Any] = []
        serving = threading.Thread(
            target=lambda: found.append(outcome(lambda: tls.server.wrap_socket(right, server_side=True).recv(1)))
        )
        serving.start()
        found.append(outcome(lambda: tls.client.wrap_socket(left, server_hostname="elsewhere.invalid")))
        serving.join()
        return sorted(found)


SCENARIOS = [
    closed_peer,
    closed_peer_whose_eof_counts,
    resetting_peer,
    half_closed_peer,
    closed_under_the_native_half,
    closed_under_the_native_half_with_a_timeout,
    collected_under_the_native_half,
    bad_descriptor,
    bad_descriptor_with_a_timeout,
    timeouts,
    non_blocking,
    silent_peer,
    not_connected,
    closed_before_it_is_wrapped,
    refused_connection,
    peer_that_speaks_no_tls,
    unexpected_name,
]

if __name__ == "__main__":
    identity = Identity(*sys.argv[1:])
    results = {
        f"{scenario.__name__}, {name}": scenario(contexts(identity, version))
        for name, version in VERSIONS.items()
        for scenario in SCENARIOS
    }
    print(socket.__name__)
    print(json.dumps(results))
