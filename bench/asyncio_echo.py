"""An ordinary asyncio program: an echo server, and clients that wait for each answer. Prints seconds per request."""

import argparse
import asyncio
import threading
import time
from typing import Any

MESSAGE = bytes(64)


class Echo(asyncio.Protocol):
    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


class Client(Echo):
    answers = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(MESSAGE)

    def data_received(self, data: bytes) -> None:
        Client.answers += 1
        self.transport.write(data)


def compute() -> None:
    while True:
        for number in range(1000):
            number * number


async def main(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    clients = [await loop.create_connection(Client, host, port) for _ in range(options.connections)]
    await asyncio.sleep(options.seconds / 4)
    clock = time.perf_counter if options.busy else time.process_time
    if options.busy:
        threading.Thread(target=compute, daemon=True).start()
    begin, answers = clock(), Client.answers
    await asyncio.sleep(options.seconds)
    print((clock() - begin) / max(1, Client.answers - answers))
    for transport, _ in clients:
        transport.abort()
    server.close()


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--connections", type=int, default=32)
parser.add_argument("--seconds", type=float, default=0.5)
parser.add_argument("--freed", action="store_true", help="free a large block first")
parser.add_argument("--busy", action="store_true", help="beside a thread that computes; by the clock on the wall then")
parser.add_argument("--uvloop", action="store_true", help="on uvloop's loop")
options = parser.parse_args()
if options.freed:
    block = bytes(1 << 22)
    del block
if options.uvloop:
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
asyncio.run(main(options))
