"""TLS in asyncio: streams, sockets that the program brings along, and the change to TLS in the middle."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from tls.certificates import Contexts


def run(main: Any) -> Any:
    return asyncio.run(asyncio.wait_for(main, 20))


async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes) -> bytes:
    writer.write(line)
    await writer.drain()
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return answer


def test_streams_speak_tls_over_the_installed_class(contexts: Contexts) -> None:
    async def main() -> tuple[bytes, Any, Any]:
        async with await asyncio.start_server(shout, "127.0.0.1", 0, ssl=contexts.server) as server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=contexts.client, server_hostname="localhost"
            )
            sock, version = writer.get_extra_info("socket")._sock, writer.get_extra_info("ssl_object").version()
            return await ask(reader, writer, b"over tls\n"), sock, version

    answer, sock, version = run(main())
    assert answer == b"OVER TLS\n"
    assert type(sock) is socket.socket
    assert version == f"TLSv{contexts.client.maximum_version.name[4:].replace('_', '.')}"


def test_a_connected_socket_and_a_listener_are_taken_over(contexts: Contexts, listener: Any) -> None:
    async def main() -> bytes:
        async with await asyncio.start_server(shout, sock=listener, ssl=contexts.server):
            plain = socket.socket()
            plain.setblocking(False)
            await asyncio.get_running_loop().sock_connect(plain, listener.getsockname())
            reader, writer = await asyncio.open_connection(sock=plain, ssl=contexts.client, server_hostname="localhost")
            assert writer.get_extra_info("socket")._sock is plain
            return await ask(reader, writer, b"my own socket\n")

    assert run(main()) == b"MY OWN SOCKET\n"


class Talk(asyncio.Protocol):
    """What one side has heard, and the transport through which it speaks."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.heard.put_nowait(data)


def test_a_plain_connection_is_changed_to_tls_in_the_middle(contexts: Contexts) -> None:
    async def main() -> bytes:
        loop = asyncio.get_running_loop()
        served = Talk()
        server = await loop.create_server(lambda: served, "127.0.0.1", 0)
        plain, asking = await loop.create_connection(Talk, *server.sockets[0].getsockname())
        plain.write(b"STARTTLS")
        assert await served.heard.get() == b"STARTTLS"
        secret, answering = await asyncio.gather(
            loop.start_tls(plain, asking, contexts.client, server_hostname="localhost"),
            loop.start_tls(served.transport, served, contexts.server, server_side=True),
        )
        secret.write(b"now in tls")
        answering.write((await served.heard.get()).upper())
        answer = await asking.heard.get()
        for transport in (secret, answering, server):
            transport.close()
        await asyncio.sleep(0.05)  # for the last words of TLS
        return answer

    assert run(main()) == b"NOW IN TLS"


def test_a_megabyte_goes_through_tls_streams(contexts: Contexts) -> None:
    size = 1 << 20

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(str(len(await reader.readexactly(size))).encode() + b"\n")
        await writer.drain()
        writer.close()

    async def main() -> bytes:
        async with await asyncio.start_server(swallow, "127.0.0.1", 0, ssl=contexts.server) as server:
            reader, writer = await asyncio.open_connection(
                *server.sockets[0].getsockname(), ssl=contexts.client, server_hostname="localhost"
            )
            return await ask(reader, writer, bytes(size))

    assert int(run(main())) == size


def test_a_handshake_with_a_silent_server_times_out(contexts: Contexts, listener: Any) -> None:
    async def main() -> None:
        await asyncio.open_connection(
            *listener.getsockname(), ssl=contexts.client, server_hostname="localhost", ssl_handshake_timeout=0.1
        )

    with pytest.raises(ConnectionAbortedError, match="handshake"):
        run(main())
