"""A program whose children, made by multiprocessing, are given sockets and listeners; it prints what they did."""

from __future__ import annotations

import json
import multiprocessing
import socket
import sys
from multiprocessing import connection, reduction
from typing import Any


def speak(sock: Any, reports: Any) -> None:
    """In a child: use the socket that was passed as an argument."""
    with sock:
        sock.sendall(sock.recv(100).upper())
        reports.send(described(sock))


def serve(listener: Any) -> None:
    """In a child: serve one connection of a listener that was passed as an argument."""
    with listener:
        conn, _ = listener.accept()
        with conn:
            conn.sendall(conn.recv(100)[::-1])


def speak_through(pipe: Any) -> None:
    """In a child: take a socket out of a pipe, use it, and send back a new one."""
    with pipe, pipe.recv() as sock:
        sock.sendall(b"through a pipe")
        left, right = socket.socketpair()
        with left, right:
            right.sendall(b"made by the child")
            right.shutdown(socket.SHUT_WR)
            pipe.send(left)
            pipe.recv()  # until the parent has its copy


def described(sock: Any) -> list[Any]:
    return [socket.__name__, type(sock) is socket.socket, sock.family, sock.type]


def run(context: Any, target: Any, *arguments: Any) -> Any:
    process = context.Process(target=target, args=arguments)
    process.start()
    return process


def ended(process: Any) -> int | None:
    process.join(20)
    return process.exitcode  # type: ignore[no-any-return]


def passed_as_an_argument(context: Any) -> list[Any]:
    ours, theirs = socket.socketpair()
    reports, reporting = context.Pipe(duplex=False)
    with ours, reports, reporting:
        theirs.settimeout(15)
        process = run(context, speak, theirs, reporting)
        theirs.close()
        ours.settimeout(15)
        ours.sendall(b"as an argument")
        return [ours.recv(100).decode(), reports.recv(), ended(process)]


def a_listener_as_an_argument(context: Any) -> list[Any]:
    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    process = run(context, serve, listener)
    with socket.create_connection(address, timeout=15) as client:
        client.sendall(b"renetsil")
        answer = client.recv(100).decode()
    listener.close()
    return [answer, ended(process)]


def passed_through_a_pipe(context: Any) -> list[Any]:
    ours, theirs = socket.socketpair()
    pipe, far_end = context.Pipe()
    with ours, pipe, far_end:
        process = run(context, speak_through, far_end)
        with theirs:
            pipe.send(theirs)
            ours.settimeout(15)
            heard = [ours.recv(100).decode()]
        with pipe.recv() as made:
            pipe.send("got it")
            heard.append(made.recv(100, socket.MSG_WAITALL).decode())
            heard.append(type(made) is socket.socket)
        return [*heard, ended(process)]


def connections_of_the_library(context: Any) -> list[Any]:
    answers = []
    for family in ("AF_INET", "AF_UNIX"):
        with connection.Listener(family=family, authkey=b"secret") as listener:
            process = run(context, answer_once, listener.address)
            with listener.accept() as conn:
                conn.send({"asked": family})
                answers.append(conn.recv())
            answers.append(ended(process))
    return answers


def answer_once(address: Any) -> None:
    with connection.Client(address, authkey=b"secret") as conn:
        conn.send([conn.recv()["asked"], socket.__name__])


def only_the_exact_class_has_a_reducer(context: Any) -> list[Any]:
    class Derived(socket.socket):
        pass

    reducers = reduction.ForkingPickler._extra_reducers
    found = [socket.socket in reducers, Derived in reducers, socket.SocketType in reducers]
    with Derived() as sock:
        try:
            reduction.ForkingPickler.dumps(sock)
        except TypeError:
            found.append("TypeError")
    return found


def descriptors_travel_over_a_socket(context: Any) -> list[Any]:
    left, right = socket.socketpair()
    with left, right, socket.socket(type=socket.SOCK_DGRAM) as passed:
        passed.bind(("127.0.0.1", 0))
        reduction.sendfds(left, [passed.fileno(), left.fileno()])
        numbers = reduction.recvfds(right, 2)
        with socket.socket(fileno=numbers[0]) as copy, socket.socket(fileno=numbers[1]) as other:
            return [copy.getsockname() == passed.getsockname(), int(copy.type), int(other.family)]


SCENARIOS = [
    passed_as_an_argument,
    a_listener_as_an_argument,
    passed_through_a_pipe,
    connections_of_the_library,
    only_the_exact_class_has_a_reducer,
    descriptors_travel_over_a_socket,
]

if __name__ == "__main__":
    method = multiprocessing.get_context(sys.argv[1])
    print(json.dumps({scenario.__name__: scenario(method) for scenario in SCENARIOS}))
