"""asyncio on the installed module: its own pipe, transports, sockets that it is given, and what it asks of them."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest


def run(main: Any, **options: Any) -> Any:
    return asyncio.run(asyncio.wait_for(main, 20), **options)


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


def test_the_loop_wakes_itself_through_a_pair_of_our_sockets() -> None:
    async def main() -> tuple[Any, Any, float]:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, loop.call_soon_threadsafe, lambda: None)
        return loop._ssock, loop._csock, loop._ssock.gettimeout()  # type: ignore[attr-defined]

    receiving, sending, timeout = run(main())
    assert type(receiving) is type(sending) is socket.socket
    assert timeout == 0


@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_streams_talk_over_our_sockets(tmp_path: Path, kind: str) -> None:
    async def main() -> tuple[bytes, Any]:
        if kind == "tcp":
            server = await asyncio.start_server(shout, "127.0.0.1", 0)
            streams = await asyncio.open_connection(*server.sockets[0].getsockname())
        else:
            server = await asyncio.start_unix_server(shout, tmp_path / "here")
            streams = await asyncio.open_unix_connection(tmp_path / "here")
        async with server:
            return await ask(*streams, b"hello\n"), streams[1].get_extra_info("socket")._sock

    answer, sock = run(main())
    assert answer == b"HELLO\n"
    assert type(sock) is socket.socket


def test_a_given_socket_is_taken_though_it_was_made_with_flags(listener: Any) -> None:
    plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    assert plain.type == socket.SOCK_STREAM
    assert plain.gettimeout() == 0

    async def main() -> bytes:
        async with await asyncio.start_server(shout, sock=listener):
            await asyncio.get_running_loop().sock_connect(plain, listener.getsockname())
            return await ask(*await asyncio.open_connection(sock=plain), b"given\n")

    assert run(main()) == b"GIVEN\n"


def test_a_datagram_socket_is_refused_as_a_stream(closing: Any) -> None:
    async def main() -> None:
        sock = closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        with pytest.raises(ValueError, match="Stream Socket was expected"):
            await asyncio.open_connection(sock=sock)

    run(main())


def test_the_calls_on_sockets_wait_for_what_is_not_ready(listener: Any) -> None:
    async def main() -> bytes:
        loop = asyncio.get_running_loop()
        listener.setblocking(False)
        with socket.socket() as client:
            client.setblocking(False)
            accepting = asyncio.ensure_future(loop.sock_accept(listener))
            await loop.sock_connect(client, listener.getsockname())
            conn, address = await accepting
            with conn:
                assert (type(conn), conn.gettimeout(), address) == (socket.socket, 0, client.getsockname())
                receiving = asyncio.ensure_future(loop.sock_recv(conn, 100))
                await asyncio.sleep(0.02)
                await loop.sock_sendall(client, b"at last")
                room = bytearray(4)
                filling = asyncio.ensure_future(loop.sock_recv_into(client, room))
                await loop.sock_sendall(conn, b"room")
                assert await filling == 4
                return await receiving + room

    assert run(main()) == b"at lastroom"


def test_a_blocking_socket_is_noticed_in_debug_mode(tcp_pair: Any) -> None:
    async def main() -> None:
        with pytest.raises(ValueError, match="non-blocking"):
            await asyncio.get_running_loop().sock_recv(tcp_pair[0], 1)

    run(main(), debug=True)


def test_a_non_blocking_call_raises_what_the_loop_expects(tcp_pair: Any) -> None:
    tcp_pair[0].setblocking(False)
    with pytest.raises(BlockingIOError):
        tcp_pair[0].recv(1)
    with socket.socket() as client, pytest.raises(BlockingIOError):
        client.setblocking(False)
        client.connect(("127.0.0.1", tcp_pair[1].getsockname()[1]))


def test_datagrams_find_their_endpoint() -> None:
    class Echo(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport
            self.heard: asyncio.Queue[bytes] = asyncio.Queue()

        def datagram_received(self, data: bytes, address: Any) -> None:
            self.heard.put_nowait(data)
            if data.islower():
                self.transport.sendto(data.upper(), address)

    async def main() -> bytes:
        loop = asyncio.get_running_loop()
        server, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
        address = server.get_extra_info("sockname")
        client, protocol = await loop.create_datagram_endpoint(Echo, remote_addr=address)
        client.sendto(b"datagram")
        answer = await protocol.heard.get()
        client.close()
        server.close()
        await asyncio.sleep(0)
        return answer

    assert run(main()) == b"DATAGRAM"


def test_a_file_is_sent_through_the_kernel(tcp_pair: Any, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789" * 1000)
    client, server = tcp_pair
    client.setblocking(False)

    async def main() -> int:
        with path.open("rb") as file:
            return await asyncio.get_running_loop().sock_sendfile(client, file, 10, 5000, fallback=False)

    assert run(main()) == 5000
    assert server.recv(5000, socket.MSG_WAITALL) == b"0123456789" * 500


def test_many_buffers_are_written_at_once(tcp_pair: Any) -> None:
    if sys.version_info >= (3, 12):
        assert asyncio.selector_events._HAS_SENDMSG
    parts = [os.urandom(3000) for _ in range(200)]
    client, server = tcp_pair

    async def main() -> bytes:
        _, writer = await asyncio.open_connection(sock=client)
        reader, other = await asyncio.open_connection(sock=server)
        writer.writelines(parts)
        data = await reader.readexactly(sum(map(len, parts)))
        for each in (writer, other):
            each.close()
            await each.wait_closed()
        return data

    assert run(main()) == b"".join(parts)


def test_lookups_take_the_flags_and_protocols_of_the_module() -> None:
    async def main() -> Any:
        loop = asyncio.get_running_loop()
        numeric = socket.AI_NUMERICHOST | socket.AI_PASSIVE
        found = await loop.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM, flags=numeric)
        return found, await loop.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)

    found, name = run(main())
    assert found == [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 80))]
    assert name == ("127.0.0.1", "80")


def test_a_numeric_host_needs_no_lookup(web: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: Any, **options: Any) -> None:
        raise AssertionError("a lookup")

    async def main() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", web)
        writer.write(b"GET /numeric HTTP/1.0\r\n\r\n")
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    monkeypatch.setattr(socket, "getaddrinfo", refused)
    assert run(main()).endswith(b"/NUMERIC")


def test_a_refused_connection_is_told_with_its_address(closing: Any) -> None:
    unused = closing(socket.socket())
    unused.bind(("127.0.0.1", 0))

    async def main() -> None:
        await asyncio.open_connection(*unused.getsockname())

    with pytest.raises(ConnectionRefusedError, match="Connect call failed"):
        run(main())
