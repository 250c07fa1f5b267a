"""One side of a TLS connection in a process of its own: a server that answers in capitals, or its client."""

from __future__ import annotations

import socket
import sys

from tls.certificates import VERSIONS, Contexts, Identity, contexts

QUESTION = b"who is there? " * 5000


def serve(tls: Contexts) -> None:
    """Answer one client on a port that is printed, read until it closes its side, then unwrap."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        accepted = listener.accept()[0]
    accepted.settimeout(20)
    with tls.server.wrap_socket(accepted, server_side=True) as conn:
        left = len(QUESTION)
        while left:
            data = conn.recv(16384)
            left -= len(data)
            conn.sendall(data.upper())
        with conn.unwrap() as plain:
            plain.sendall(b"in plain text")


def ask(tls: Contexts, port: int) -> bytes:
    """The answer of the server at a port, and what it said after TLS had ended."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=20)
    with tls.client.wrap_socket(plain, server_hostname="localhost") as conn:
        conn.sendall(QUESTION)
        answer = b""
        while len(answer) < len(QUESTION):
            answer += conn.recv(16384)
        with conn.unwrap() as wire:
            return answer + wire.recv(100)


if __name__ == "__main__":
    role, version, certificate, key, *rest = sys.argv[1:]
    tls = contexts(Identity(certificate, key), VERSIONS[version])  # type: ignore[arg-type]
    if role == "server":
        serve(tls)
    else:
        print(socket.__name__, ask(tls, int(rest[0])) == QUESTION.upper() + b"in plain text")
