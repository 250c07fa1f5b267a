"""Sockets in the hands of the standard modules socketserver and ssl."""

from __future__ import annotations

import socketserver
import ssl
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest


class Upper(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(self.request.recv(100).upper())


@pytest.mark.req("MOD-009")
def test_socketserver_serves_over_our_socket(net: ModuleType, listener: Any, closing: Any, in_thread: Any) -> None:
    server = socketserver.TCPServer(listener.getsockname(), Upper, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    in_thread(server.handle_request)
    client = closing(net.create_connection(listener.getsockname()))
    client.sendall(b"shout")
    assert client.recv(100) == b"SHOUT"


class Tls:
    """One end of a TLS connection without certificates, whose records travel over a socket."""

    def __init__(self, sock: Any, server_side: bool) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server_side else ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("aNULL:@SECLEVEL=0")
        self.sock, self.incoming, self.outgoing = sock, ssl.MemoryBIO(), ssl.MemoryBIO()
        self.records = context.wrap_bio(self.incoming, self.outgoing, server_side)

    def step(self, call: Callable[..., Any], *args: Any) -> Any:
        while True:
            try:
                result = call(*args)
            except ssl.SSLWantReadError:
                self.sock.sendall(self.outgoing.read())
                self.incoming.write(self.sock.recv(65536))
            else:
                self.sock.sendall(self.outgoing.read())
                return result


@pytest.mark.req("MOD-009")
def test_tls_records_travel_over_our_sockets(net: ModuleType, tcp_pair: Any, in_thread: Any) -> None:
    client, server = Tls(tcp_pair[0], False), Tls(tcp_pair[1], True)

    def answer() -> None:
        server.step(server.records.do_handshake)
        server.step(server.records.write, server.step(server.records.read, 100)[::-1])

    in_thread(answer)
    client.step(client.records.do_handshake)
    client.step(client.records.write, b"secret")
    assert client.step(client.records.read, 100) == b"terces"
