"""uvloop: it keeps a reference to the sockets it is given, and takes numbers and errors from the module at import."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from tls.certificates import Contexts

uvloop = pytest.importorskip("uvloop", reason="needs the package uvloop")


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = uvloop.new_event_loop()
    yield made
    made.close()


def run(loop: asyncio.AbstractEventLoop, main: Coroutine[Any, Any, Any]) -> Any:
    return loop.run_until_complete(asyncio.wait_for(main, 20))


async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes) -> bytes:
    writer.write(line)
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return answer


def test_server_and_client_work_on_our_sockets(loop: Any, listener: Any) -> None:
    async def main() -> bytes:
        server = await asyncio.start_server(shout, sock=listener)
        plain = socket.socket()
        plain.setblocking(False)
        await loop.sock_connect(plain, listener.getsockname())
        streams = await asyncio.open_connection(sock=plain)
        assert (plain._io_refs, listener._io_refs) == (1, 1)
        answer = await ask(*streams, b"on uvloop\n")
        server.close()
        await server.wait_closed()
        assert (plain._closed, plain.fileno()) == (True, -1)
        return answer

    assert run(loop, main()) == b"ON UVLOOP\n"


def test_tls_works_on_our_sockets(loop: Any, listener: Any, tls: Contexts) -> None:
    async def main() -> bytes:
        server = await asyncio.start_server(shout, sock=listener, ssl=tls.server)
        plain = socket.socket()
        plain.setblocking(False)
        await loop.sock_connect(plain, listener.getsockname())
        streams = await asyncio.open_connection(sock=plain, ssl=tls.client, server_hostname="localhost")
        answer = await ask(*streams, b"secret\n")
        server.close()
        return answer

    assert run(loop, main()) == b"SECRET\n"


def test_a_unix_listener_is_taken_over(loop: Any, tmp_path: Path) -> None:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "here"))

    async def main() -> bytes:
        server = await asyncio.start_unix_server(shout, sock=listening)
        answer = await ask(*await asyncio.open_unix_connection(str(tmp_path / "here")), b"by path\n")
        server.close()
        await server.wait_closed()
        return answer

    assert run(loop, main()) == b"BY PATH\n"


def test_what_is_no_socket_of_the_module_is_refused(loop: Any) -> None:
    async def main() -> None:
        await loop.create_server(asyncio.Protocol, sock=object())

    with pytest.raises((TypeError, AttributeError)):
        run(loop, main())


def test_the_calls_on_sockets_wait_for_what_is_not_ready(loop: Any, listener: Any) -> None:
    async def main() -> bytes:
        listener.setblocking(False)
        with socket.socket() as client:
            client.setblocking(False)
            accepting = asyncio.ensure_future(loop.sock_accept(listener))
            await loop.sock_connect(client, listener.getsockname())
            conn, address = await accepting
            with conn:
                assert (type(conn), address) == (socket.socket, client.getsockname())
                receiving = asyncio.ensure_future(loop.sock_recv(conn, 100))
                await asyncio.sleep(0.02)
                await loop.sock_sendall(client, b"at last")
                return bytes(await receiving)

    assert run(loop, main()) == b"at last"


def test_a_pair_becomes_pipes_and_datagrams(loop: Any) -> None:
    class Heard(asyncio.DatagramProtocol):
        def __init__(self) -> None:
            self.queue: asyncio.Queue[bytes] = asyncio.Queue()

        def datagram_received(self, data: bytes, address: Any) -> None:
            self.queue.put_nowait(data)

    async def main() -> bytes:
        left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        with right:
            left.setblocking(False)
            transport, protocol = await loop.create_datagram_endpoint(Heard, sock=left)
            right.send(b"datagram")
            data = await protocol.queue.get()
            transport.close()
            await asyncio.sleep(0.02)
            return data

    assert run(loop, main()) == b"datagram"


def test_a_reader_is_called_for_our_socket_until_it_is_removed(loop: Any, tcp_pair: Any) -> None:
    client, server = tcp_pair
    server.setblocking(False)

    async def main() -> bytes:
        ready = loop.create_future()
        loop.add_reader(server, lambda: ready.done() or ready.set_result(server.recv(100)))
        client.send(b"ready")
        data = await ready
        loop.remove_reader(server)
        client.send(b"more")
        await asyncio.sleep(0.02)
        assert server.recv(100) == b"more"
        return bytes(data)

    assert run(loop, main()) == b"ready"


def test_lookups_give_the_enumerations_and_errors_of_the_module(loop: Any) -> None:
    async def main() -> Any:
        found = await loop.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)
        with pytest.raises(socket.gaierror) as unknown:
            await loop.getaddrinfo("256.0.0.1", 80, flags=socket.AI_NUMERICHOST)
        return found, unknown.value.errno

    found, code = run(loop, main())
    assert found[0][:2] == (socket.AF_INET, socket.SOCK_STREAM)
    assert found[0][4] == ("127.0.0.1", 80)
    assert isinstance(found[0][0], socket.AddressFamily)
    assert code == socket.EAI_NONAME


def test_the_module_has_what_uvloop_asks_for_by_name(closing: Any) -> None:
    sock = socket.socket()
    sock._io_refs += 1
    sock.close()
    number = sock.fileno()
    assert number >= 0
    sock._decref_socketios()
    assert sock.fileno() == -1
    other = closing(socket.socket())
    other._io_refs += 1
    descriptor = other.detach()
    os.close(descriptor)
    assert other.fileno() == -1
