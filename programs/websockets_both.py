"""websockets as server and client, on asyncio and in threads, with TLS and without: large messages, pings, closing."""

import asyncio
import socket
import ssl
import threading

import timed
import websockets.asyncio.client
import websockets.asyncio.server
import websockets.exceptions
import websockets.sync.client
import websockets.sync.server

LARGE = bytes(range(256)) * 8192


async def echo(connection):
    async for message in connection:
        if message == "go away":
            await connection.close(4000, "as you wish")
            break
        await connection.send(message)


async def conversation(connection):
    for number in range(200):
        await connection.send(f"message {number}")
        last = await connection.recv()
    print("last of many", last)
    await connection.send(LARGE)
    print("large", await connection.recv() == LARGE)
    await connection.send([f"{part} " for part in range(100)])
    print("in parts", len(await connection.recv()))
    pong = await connection.ping()
    print("ping", await pong >= 0)
    await connection.send("go away")
    try:
        await connection.recv()
    except websockets.exceptions.ConnectionClosed as closed:
        print("closed", closed.rcvd.code, closed.rcvd.reason)


async def crowd(uri, **options):
    async def member(number):
        async with websockets.asyncio.client.connect(uri, **options) as connection:
            await connection.send(str(number))
            return int(await connection.recv())

    print("crowd", sum(await asyncio.gather(*(member(number) for number in range(30)))))


async def on_asyncio(server_context, client_context):
    options = {"max_size": 1 << 24}
    for ssl_server, ssl_client in ((None, None), (server_context, client_context)):
        async with websockets.asyncio.server.serve(echo, "127.0.0.1", 0, ssl=ssl_server, **options) as server:
            port = server.sockets[0].getsockname()[1]
            uri = f"{'wss' if ssl_client else 'ws'}://localhost:{port}"
            async with websockets.asyncio.client.connect(uri, ssl=ssl_client, **options) as connection:
                await conversation(connection)
            await crowd(uri, ssl=ssl_client)
    for what, settings in {"refused": {}, "silent": {"open_timeout": 0.2}}.items():
        await failing(what, settings)


async def failing(what, settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        if what == "refused":
            silent.close()
        try:
            await websockets.asyncio.client.connect(f"ws://127.0.0.1:{port}", **settings)
        except (OSError, asyncio.TimeoutError) as error:
            print(what, type(error).__name__)


def threaded_echo(connection):
    for message in connection:
        connection.send(message)


def in_threads():
    with websockets.sync.server.serve(threaded_echo, "127.0.0.1", 0, max_size=1 << 24) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        uri = f"ws://localhost:{server.socket.getsockname()[1]}"
        with websockets.sync.client.connect(uri, max_size=1 << 24) as connection:
            for number in range(100):
                connection.send(f"message {number}")
                last = connection.recv()
            print("last in a thread", last)
            connection.send(LARGE)
            print("large in a thread", connection.recv() == LARGE)
            try:
                connection.recv(timeout=0.1)
            except TimeoutError:
                print("nothing came")
        server.shutdown()
        thread.join()


def main(certificate, key, authority):
    server_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_context.load_cert_chain(certificate, key)
    client_context = ssl.create_default_context(cafile=authority)
    asyncio.run(on_asyncio(server_context, client_context))
    in_threads()


if __name__ == "__main__":
    timed.run(main)
