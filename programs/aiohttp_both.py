"""aiohttp as server and client over TLS, TCP and AF_UNIX: streams, uploads, a WebSocket, many requests at once."""

import asyncio
import hashlib
import io
import os
import ssl
import tempfile

import aiohttp
import timed
from aiohttp import web

PATH = web.AppKey("path", str)
LARGE = bytes(range(256)) * 8192


async def hello(request):
    return web.json_response(
        {"method": request.method, "query": dict(request.query), "word": request.headers["X-Word"]}
    )


async def upload(request):
    digest = hashlib.sha256()
    async for part in request.content.iter_chunked(65_536):
        digest.update(part)
    return web.Response(text=digest.hexdigest()[:16])


async def stream(request):
    answer = web.StreamResponse()
    await answer.prepare(request)
    for start in range(0, len(LARGE), 65_536):
        await answer.write(LARGE[start : start + 65_536])
    return answer


async def file(request):
    return web.FileResponse(request.app[PATH])


async def slow(request):
    await asyncio.sleep(20)
    return web.Response()


async def talk(request):
    sock = web.WebSocketResponse()
    await sock.prepare(request)
    async for message in sock:
        await sock.send_bytes(message.data[::-1])
    return sock


def application(path):
    app = web.Application(client_max_size=1 << 24)
    app[PATH] = path
    app.router.add_get("/hello", hello)
    app.router.add_post("/upload", upload)
    app.router.add_get("/stream", stream)
    app.router.add_get("/file", file)
    app.router.add_get("/slow", slow)
    app.router.add_get("/talk", talk)
    return app


async def requests(session, base):
    async def one(number):
        async with session.get(f"{base}/hello", params={"n": number}, headers={"X-Word": "word"}) as answer:
            return await answer.json()

    answers = await asyncio.gather(*(one(number) for number in range(100)))
    print("at once", len(answers), answers[-1])
    async with session.post(f"{base}/upload", data=io.BytesIO(LARGE)) as answer:
        print("upload", await answer.text())
    for path in ("stream", "file"):
        async with session.get(f"{base}/{path}") as answer:
            print(path, await answer.read() == LARGE)
    async with session.get(f"{base}/missing") as answer:
        print("missing", answer.status)


async def conversation(session, base):
    async with session.ws_connect(f"{base}/talk", max_msg_size=1 << 24) as sock:
        for size in (1, 1000, 100_000, 1_000_000):
            await sock.send_bytes(LARGE[:size])
            print("said", size, (await sock.receive_bytes()) == LARGE[:size][::-1])


async def failing(what, session, url, **options):
    try:
        async with session.get(url, **options):
            print(what, "did not fail")
    except (aiohttp.ClientError, TimeoutError, asyncio.TimeoutError) as error:
        print(what, type(error).__name__)


async def failures(session, base, trusting, unused):
    await failing("too slow", session, f"{base}/slow", ssl=trusting, timeout=aiohttp.ClientTimeout(total=0.2))
    await failing("refused", session, f"http://127.0.0.1:{unused}/")
    async with aiohttp.ClientSession() as stranger:
        await failing("not trusted", stranger, f"{base}/hello")


async def sessions(runner, path, certificate, key, authority):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=authority)
    sites = [
        (
            "tls",
            web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context),
            "https",
            lambda: aiohttp.TCPConnector(ssl=trusting),
        ),
        ("tcp", web.TCPSite(runner, "127.0.0.1", 0), "http", aiohttp.TCPConnector),
        ("unix", web.UnixSite(runner, path), "http", lambda: aiohttp.UnixConnector(path)),
    ]
    ports = {}
    for name, site, scheme, connector in sites:
        await site.start()
        ports[name] = runner.addresses[-1][1] if name != "unix" else 80
        base = f"{scheme}://localhost:{ports[name]}"
        print(name)
        async with aiohttp.ClientSession(connector=connector()) as session:
            await requests(session, base)
            await conversation(session, base)
            if name == "tcp":
                await site.stop()
                await failures(session, f"https://localhost:{ports['tls']}", trusting, ports["tcp"])


async def both(certificate, key, authority):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "large"), "wb") as out:
            out.write(LARGE)
        runner = web.AppRunner(application(out.name), handler_cancellation=True)
        await runner.setup()
        try:
            await sessions(runner, os.path.join(folder, "socket"), certificate, key, authority)
        finally:
            await runner.cleanup()


def main(certificate, key, authority):
    asyncio.run(both(certificate, key, authority))


if __name__ == "__main__":
    timed.run(main)
