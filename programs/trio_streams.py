"""trio: servers and clients over TCP, TLS and AF_UNIX, datagrams, cancelled calls, sockets taken from outside."""

import os
import socket
import ssl
import tempfile

import timed
import trio

LARGE = bytes(range(256)) * 8192


async def echo(stream):
    async for data in stream:
        await stream.send_all(data)


async def conversation(stream):
    got = bytearray()

    async def receive():
        while len(got) < len(LARGE):
            got.extend(await stream.receive_some(65_536))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(receive)
        await stream.send_all(LARGE)
    print("large", got == LARGE)
    for number in range(200):
        await stream.send_all(b"%d" % number)
        last = await stream.receive_some(100)
    print("last of many", last)
    with trio.move_on_after(0.1) as scope:
        await stream.receive_some(1)
    print("nothing came", scope.cancelled_caught)
    await stream.aclose()


async def over_tcp(nursery):
    listeners = await nursery.start(trio.serve_tcp, echo, 0)
    port = listeners[0].socket.getsockname()[1]
    await conversation(await trio.open_tcp_stream("localhost", port))
    done = []

    async def one(number):
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            await stream.send_all(b"%d" % number)
            done.append(int(await stream.receive_some(100)))

    async with trio.open_nursery() as crowd:
        for number in range(50):
            crowd.start_soon(one, number)
    print("crowd", sum(done))


async def over_tls(nursery, server, client):
    listeners = await nursery.start(
        lambda task_status: trio.serve_ssl_over_tcp(echo, 0, server, host="127.0.0.1", task_status=task_status)
    )
    port = listeners[0].transport_listener.socket.getsockname()[1]
    await conversation(await trio.open_ssl_over_tcp_stream("localhost", port, ssl_context=client))


async def over_unix(nursery):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "socket")
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(path)
        sock.listen()
        listener = trio.SocketListener(trio.socket.from_stdlib_socket(sock))
        await nursery.start(trio.serve_listeners, echo, [listener])
        await conversation(await trio.open_unix_socket(path))


async def datagrams():
    with (
        trio.socket.socket(trio.socket.AF_INET, trio.socket.SOCK_DGRAM) as one,
        trio.socket.socket(trio.socket.AF_INET, trio.socket.SOCK_DGRAM) as other,
    ):
        await one.bind(("127.0.0.1", 0))
        await other.bind(("127.0.0.1", 0))
        for number in range(100):
            await one.sendto(b"%d" % number, other.getsockname())
            data, address = await other.recvfrom(100)
        print("last datagram", data, address == one.getsockname())
        await one.sendmsg([b"in ", b"parts"], [], 0, other.getsockname())
        print("message", (await other.recvmsg(100))[0])


async def pairs():
    left, right = trio.socket.socketpair()
    with left, right:
        await left.send(b"pair")
        print(await right.recv(100), left.type == socket.SOCK_STREAM)
        dup = right.dup()
        left.shutdown(trio.socket.SHUT_WR)
        print("end", await dup.recv(1))
        dup.close()
    sock = socket.socket()
    adopted = trio.socket.fromfd(sock.fileno(), sock.family, sock.type)
    print("adopted", adopted.family == sock.family, isinstance(adopted, trio.socket.SocketType))
    adopted.close()
    sock.close()


async def failures():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    try:
        await trio.open_tcp_stream("127.0.0.1", port)
    except OSError as error:
        print("refused", type(error).__name__)
    try:
        await trio.socket.getaddrinfo("localhost", "nosuchservice")
    except socket.gaierror as error:
        print("no such service", type(error) is trio.socket.gaierror)
    try:
        trio.socket.from_stdlib_socket(object())
    except TypeError as error:
        print(type(error).__name__)


async def everything(server, client):
    async with trio.open_nursery() as nursery:
        await over_tcp(nursery)
        await over_tls(nursery, server, client)
        await over_unix(nursery)
        nursery.cancel_scope.cancel()
    await datagrams()
    await pairs()
    await failures()


def main(certificate, key, authority):
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    trio.run(everything, server, ssl.create_default_context(cafile=authority))


if __name__ == "__main__":
    timed.run(main)
