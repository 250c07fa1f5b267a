"""uvloop with sockets that the program made itself: servers, clients, datagrams, TLS, sock_recv and its relatives."""

import asyncio
import os
import socket
import ssl
import tempfile

import timed
import uvloop

LARGE = bytes(range(256)) * 8192


async def echo(reader, writer):
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def streams(server_sock, **tls):
    server = await asyncio.start_server(echo, sock=server_sock, ssl=tls.get("server"))
    async with server:
        print("listening", len(server.sockets), server.sockets[0].family == server_sock.family)
        sock = socket.socket(server_sock.family, socket.SOCK_STREAM)
        sock.connect(server_sock.getsockname())
        names = {"ssl": tls["client"], "server_hostname": "localhost"} if tls else {}
        reader, writer = await asyncio.open_connection(sock=sock, **names)
        writer.write(LARGE)
        print("large", await reader.readexactly(len(LARGE)) == LARGE)
        known = writer.get_extra_info("socket")
        print("socket of the transport", known.family == sock.family, known.getpeername() == server_sock.getsockname())
        writer.close()
        await writer.wait_closed()


async def calls(loop):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        server.setblocking(False)
        client.setblocking(False)
        _, (conn, peer) = await asyncio.gather(
            loop.sock_connect(client, server.getsockname()), loop.sock_accept(server)
        )
        print("accepted", peer == client.getsockname(), type(conn) is socket.socket, conn.gettimeout())
        with conn:
            sending = asyncio.ensure_future(loop.sock_sendall(client, LARGE))
            buffer, got = bytearray(65_536), bytearray()
            while len(got) < len(LARGE):
                if len(got) % 3:
                    got += await loop.sock_recv(conn, 65_536)
                else:
                    got += buffer[: await loop.sock_recv_into(conn, buffer)]
            await sending
            print("sock_recv", got == LARGE)
            try:
                await asyncio.wait_for(loop.sock_recv(conn, 1), 0.1)
            except (TimeoutError, asyncio.TimeoutError):
                print("nothing came")
    with socket.socket() as client:
        client.setblocking(False)
        try:
            await loop.sock_connect(client, server_address := ("127.0.0.1", unused_port()))
        except ConnectionRefusedError:
            print("refused", server_address[0])


def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self):
        self.came = asyncio.get_running_loop().create_future()

    def datagram_received(self, data, address):
        self.came.set_result((data, address))


async def datagrams(loop):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    transport, protocol = await loop.create_datagram_endpoint(Datagrams, sock=sock)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.sendto(b"datagram", transport.get_extra_info("sockname"))
        data, address = await protocol.came
        print(data, address == ("127.0.0.1", other.getsockname()[1]))
    transport.close()


async def pairs(loop):
    left, right = socket.socketpair()
    for sock in (left, right):
        sock.setblocking(False)
    readable = asyncio.Event()
    loop.add_reader(right, readable.set)
    left.send(b"x")
    await readable.wait()
    print("reader", loop.remove_reader(right), right.recv(1))
    right.close()
    reader, writer = await asyncio.open_connection(sock=left)
    print("end", await reader.read())
    writer.close()


async def lookups(loop):
    found = await loop.getaddrinfo("localhost", 80, family=socket.AF_INET, type=socket.SOCK_STREAM)
    print("address", found[0][0] == socket.AF_INET, found[0][4])
    try:
        await loop.getaddrinfo("localhost", "nosuchservice")
    except socket.gaierror as error:
        print("no such service", type(error) is socket.gaierror)
    print("name", (await loop.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)))


async def everything(certificate, key, authority):
    loop = asyncio.get_running_loop()
    print(type(loop).__module__)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    client = ssl.create_default_context(cafile=authority)
    await streams(socket.create_server(("127.0.0.1", 0)))
    await streams(socket.create_server(("127.0.0.1", 0)), server=server, client=client)
    with tempfile.TemporaryDirectory() as folder:
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(os.path.join(folder, "socket"))
        sock.listen()
        await streams_unix(loop, sock)
    await calls(loop)
    await datagrams(loop)
    await pairs(loop)
    await lookups(loop)


async def streams_unix(loop, server_sock):
    server = await asyncio.start_unix_server(echo, sock=server_sock)
    async with server:
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(server_sock.getsockname())
        reader, writer = await asyncio.open_unix_connection(sock=sock)
        writer.write(LARGE)
        print("large", await reader.readexactly(len(LARGE)) == LARGE)
        writer.close()
        await writer.wait_closed()


def main(certificate, key, authority):
    loop = uvloop.new_event_loop()
    try:
        loop.run_until_complete(everything(certificate, key, authority))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


if __name__ == "__main__":
    timed.run(main)
