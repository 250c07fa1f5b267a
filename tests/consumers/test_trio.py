"""trio: it takes objects of exactly one class, and makes them with fromfd(), socketpair() and accept()."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tls.certificates import Contexts

trio = pytest.importorskip("trio", reason="needs the package trio")


def run(main: Callable[[], Any]) -> Any:
    async def limited() -> Any:
        with trio.fail_after(20):
            return await main()

    return trio.run(limited)


async def shout(stream: Any) -> None:
    async for data in stream:
        await stream.send_all(data.upper())


def test_every_way_to_a_socket_gives_exactly_the_class(listener: Any, closing: Any) -> None:
    left, right = map(closing, socket.socketpair())
    client = closing(socket.create_connection(listener.getsockname()))
    accepted = closing(listener.accept()[0])
    copies = [
        closing(socket.fromfd(client.fileno(), socket.AF_INET, socket.SOCK_STREAM)),
        closing(client.dup()),
        closing(socket.socket(fileno=closing(client.dup()).detach())),
    ]
    for sock in [left, right, client, accepted, *copies]:
        assert type(sock) is socket.socket


def test_trio_takes_what_every_way_gives(listener: Any, closing: Any) -> None:
    async def main() -> bytes:
        pair = socket.socketpair()
        copy = socket.fromfd(pair[0].fileno(), pair[0].family, pair[0].type)
        pair[0].close()
        one, other = trio.socket.from_stdlib_socket(copy), trio.socket.from_stdlib_socket(pair[1])
        with one, other:
            await one.send(b"taken over")
            return bytes(await other.recv(100))

    assert run(main) == b"taken over"


def test_an_object_of_a_subclass_is_refused(closing: Any) -> None:
    class Derived(socket.socket):
        pass

    sock = closing(Derived())
    with pytest.raises(TypeError, match="expected object of type"):
        trio.socket.from_stdlib_socket(sock)


def test_all_upper_case_names_are_exported_again() -> None:
    names = [name for name in socket.__all__ if name.isupper()]
    assert len(names) > 300
    assert [name for name in names if getattr(trio.socket, name, None) is not getattr(socket, name)] == []


def test_streams_talk_over_our_sockets() -> None:
    async def main() -> tuple[bytes, Any]:
        async with trio.open_nursery() as nursery:
            listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
            nursery.start_soon(trio.serve_listeners, shout, listeners)
            port = listeners[0].socket.getsockname()[1]
            async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
                await stream.send_all(b"over trio")
                answer = await stream.receive_some(100)
                kind = type(stream.socket._sock)
            nursery.cancel_scope.cancel()
        return bytes(answer), kind

    assert run(main) == (b"OVER TRIO", socket.socket)


def test_tls_streams_talk_over_our_sockets(tls: Contexts) -> None:
    async def main() -> bytes:
        async with trio.open_nursery() as nursery:
            listeners = await trio.open_ssl_over_tcp_listeners(0, tls.server, host="127.0.0.1")
            nursery.start_soon(trio.serve_listeners, shout, listeners)
            port = listeners[0].transport_listener.socket.getsockname()[1]
            plain = await trio.open_tcp_stream("127.0.0.1", port)
            async with trio.SSLStream(plain, tls.client, server_hostname="localhost", https_compatible=True) as stream:
                await stream.send_all(b"secret")
                answer = await stream.receive_some(100)
            nursery.cancel_scope.cancel()
        return bytes(answer)

    assert run(main) == b"SECRET"


def test_unix_sockets_and_datagrams_work(tmp_path: Path) -> None:
    async def main() -> list[bytes]:
        answers = []
        with trio.socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiving:
            await receiving.bind(str(tmp_path / "here"))
            with trio.socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
                await sending.sendto(b"by path", str(tmp_path / "here"))
                answers.append(await receiving.recv(100))
        with trio.socket.socket(type=socket.SOCK_DGRAM) as one, trio.socket.socket(type=socket.SOCK_DGRAM) as other:
            for sock in (one, other):
                await sock.bind(("127.0.0.1", 0))
            await one.sendmsg([b"in ", b"parts"], [], 0, other.getsockname())
            data, _, _, address = await other.recvmsg(100)
            assert address == one.getsockname()
            answers.append(data)
        return answers

    assert run(main) == [b"by path", b"in parts"]


def test_a_call_that_waits_is_cancelled() -> None:
    async def main() -> bool:
        left, right = trio.socket.socketpair()
        with left, right, trio.move_on_after(0.05) as scope:
            await left.recv(1)
        return bool(scope.cancelled_caught)

    assert run(main)


def test_closing_a_socket_wakes_its_reader() -> None:
    async def main() -> None:
        left, right = trio.socket.socketpair()
        with right:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(reads_nothing_more, left)
                await trio.testing.wait_all_tasks_blocked()
                left.close()

    async def reads_nothing_more(sock: Any) -> None:
        with pytest.raises(trio.ClosedResourceError):
            await sock.recv(1)

    import trio.testing

    run(main)


def test_lookups_return_the_enumerations_of_the_module() -> None:
    async def main() -> Any:
        return await trio.socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)

    found = run(main)
    assert found == [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 80))]
    assert type(found[0][0]) is socket.AddressFamily
