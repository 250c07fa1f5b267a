"""Auditing events: their names and arguments, when they are raised, and that a hook that objects prevents the call."""

from __future__ import annotations

import socket as stdlib_socket
from pathlib import Path
from types import ModuleType
from typing import Any

import fresh
import pytest

RECORDER = """
import os
events = []
recording = False
def shown(value):
    if isinstance(value, socket.SocketType):
        return ["socket", isinstance(value, socket.socket), value.fileno() >= 0]
    if isinstance(value, tuple):
        return ["tuple", *map(shown, value)]
    if isinstance(value, int):
        return "port" if value in range(32768, 65536) else int(value)
    return repr(value) if isinstance(value, bytes) else value
def hook(event, args):
    if recording and event.startswith("socket."):
        events.append([event, type(args).__name__, *map(shown, args)])
sys.addaudithook(hook)
"""

MADE = ["socket", True, False]
OPEN = ["socket", True, True]


def recorded(net: ModuleType, call: str, *, setup: str = "", teardown: str = "", wrapper: Any = ()) -> list[Any]:
    """The events of `call`, as lists: name, class of the argument tuple, arguments."""
    code = f"{RECORDER}\n{setup}\nrecording = True\ntry:\n    result = {call}\nfinally:\n    recording = False\n"
    result: list[Any] = fresh.run(net, f"{code}{teardown}\nreport(events)\n", wrapper=wrapper)
    return result


def event(name: str, *arguments: Any) -> list[Any]:
    return [f"socket.{name}", "tuple", *arguments]


@pytest.mark.req("AUD-001")
@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("socket.socket()", (2, 1, 0)),
        ("socket.socket(socket.AF_INET6, socket.SOCK_DGRAM, socket.IPPROTO_UDP)", (10, 2, 17)),
        ("socket.socket(type=socket.SOCK_STREAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)", (2, 526337, 0)),
    ],
)
def test_making_a_socket_shows_what_was_asked_for(net: ModuleType, call: str, arguments: tuple[int, ...]) -> None:
    assert recorded(net, call, teardown="result.close()") == [event("__new__", MADE, *arguments)]


@pytest.mark.req("AUD-001")
def test_a_given_descriptor_leaves_the_other_arguments_unset(net: ModuleType) -> None:
    setup = "first = socket.socket()"
    found = recorded(net, "socket.socket(fileno=first.detach())", setup=setup, teardown="result.close()")
    assert found == [event("__new__", MADE, -1, -1, -1)]


@pytest.mark.req("AUD-001")
@pytest.mark.parametrize(
    ("call", "times", "arguments"),
    [
        ("[first.dup()]", 1, (1, 1, 0)),
        ("[socket.fromfd(first.fileno(), 1, 1)]", 1, (1, 1, 0)),
        ("socket.socketpair()", 2, (1, 1, 0)),
        ("[server.accept()[0]]", 1, (1, 1, 0)),
        ("[socket.SocketType(1, 2, 0)]", 1, (1, 2, 0)),
    ],
)
def test_every_way_to_a_socket_object_raises_the_event(
    net: ModuleType, tmp_path: Path, call: str, times: int, arguments: tuple[int, ...]
) -> None:
    path = str(tmp_path / "server")
    setup = f"""
first = socket.socket(socket.AF_UNIX)
server = socket.socket(socket.AF_UNIX)
server.bind({path!r})
server.listen()
first.connect({path!r})
"""
    found = recorded(net, call, setup=setup, teardown="[each.close() for each in [*result, first, server]]")
    made = ["socket", "SocketType" not in call, False]
    assert found == [event("__new__", made, *arguments)] * times


LOOKUPS = {
    "AUD-002": [
        ("socket.getaddrinfo('127.0.0.1', 80)", event("getaddrinfo", "127.0.0.1", 80, 0, 0, 0)),
        (
            "socket.getaddrinfo(None, '80', socket.AF_INET6, socket.SOCK_DGRAM, 17, socket.AI_PASSIVE)",
            event("getaddrinfo", None, "80", 10, 2, 17),
        ),
    ],
    "AUD-003": [("socket.gethostbyname('127.0.0.1')", event("gethostbyname", "127.0.0.1"))],
    "AUD-004": [("socket.gethostbyname_ex('127.0.0.1')", event("gethostbyname", "127.0.0.1"))],
    "AUD-005": [("socket.gethostname()", event("gethostname"))],
    "AUD-006": [
        ("socket.gethostbyaddr('127.0.0.1')", event("gethostbyaddr", "127.0.0.1")),
        ("socket.getfqdn('127.0.0.1')", event("gethostbyaddr", "127.0.0.1")),
    ],
    "AUD-007": [
        (
            "socket.getnameinfo(('127.0.0.1', 80), socket.NI_NUMERICHOST)",
            event("getnameinfo", ["tuple", "127.0.0.1", 80]),
        ),
        (
            "socket.getnameinfo(('::1', 80, 0, 0), socket.NI_NUMERICHOST)",
            event("getnameinfo", ["tuple", "::1", 80, 0, 0]),
        ),
    ],
    "AUD-008": [
        ("socket.getservbyname('http')", event("getservbyname", "http", None)),
        ("socket.getservbyname('domain', 'udp')", event("getservbyname", "domain", "udp")),
    ],
    "AUD-009": [
        ("socket.getservbyport(80)", event("getservbyport", 80, None)),
        ("socket.getservbyport(53, 'udp')", event("getservbyport", 53, "udp")),
    ],
}


@pytest.mark.parametrize(
    ("call", "expected"),
    [pytest.param(*case, marks=pytest.mark.req(name)) for name, cases in LOOKUPS.items() for case in cases],
)
def test_a_lookup_shows_what_is_looked_up(net: ModuleType, call: str, expected: list[Any]) -> None:
    assert recorded(net, call) == [expected]


@pytest.mark.req("AUD-010")
@pytest.mark.parametrize("name", ["'renamed'", "b'renamed'"])
def test_setting_the_host_name_shows_its_bytes(net: ModuleType, name: str) -> None:
    found = recorded(net, f"socket.sethostname({name})", wrapper=fresh.namespace("--uts"))
    assert found == [event("sethostname", "b'renamed'")]


TWO_SOCKETS = """
sock, peer = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
peer.bind(("127.0.0.1", 0))
port = peer.getsockname()[1]
address = ("127.0.0.1", port)
"""
CLOSE_BOTH = "sock.close(); peer.close()"
ADDRESSED = {
    "AUD-011": [("sock.bind(('127.0.0.1', 0))", "bind", ["tuple", "127.0.0.1", 0])],
    "AUD-012": [
        ("sock.connect(('127.0.0.1', 9))", "connect", ["tuple", "127.0.0.1", 9]),
        ("sock.connect(('localhost', 9))", "connect", ["tuple", "localhost", 9]),
    ],
    "AUD-013": [("sock.connect_ex(('127.0.0.1', 9))", "connect", ["tuple", "127.0.0.1", 9])],
    "AUD-014": [
        ("sock.sendto(b'x', ('127.0.0.1', 9))", "sendto", ["tuple", "127.0.0.1", 9]),
        ("sock.sendto(b'x', 0, ('127.0.0.1', 9))", "sendto", ["tuple", "127.0.0.1", 9]),
    ],
    "AUD-015": [("sock.sendmsg([b'x'], [], 0, ('127.0.0.1', 9))", "sendmsg", ["tuple", "127.0.0.1", 9])],
}


@pytest.mark.parametrize(
    ("call", "name", "address"),
    [pytest.param(*case, marks=pytest.mark.req(name)) for name, cases in ADDRESSED.items() for case in cases],
)
def test_a_call_with_an_address_shows_the_socket_and_the_address_as_given(
    net: ModuleType, call: str, name: str, address: list[Any]
) -> None:
    assert recorded(net, call, setup=TWO_SOCKETS, teardown=CLOSE_BOTH) == [event(name, OPEN, address)]


@pytest.mark.req("AUD-011", "AUD-012", "AUD-014")
def test_the_address_is_the_very_object_of_the_caller(net: ModuleType) -> None:
    code = """
    seen = []
    def hook(event, args):
        if event in ("socket.bind", "socket.connect", "socket.sendto", "socket.sendmsg"):
            seen.append(args[1] is address and args[0] is sock)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, socket.socket(type=socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        address = tuple(list(peer.getsockname()))
        sys.addaudithook(hook)
        sock.connect(address)
        sock.connect_ex(address)
        try:
            sock.bind(address)
        except OSError:
            pass
        sock.sendto(b"x", address)
        sock.sendmsg([b"x"], [], 0, address)
    report(seen)
    """
    assert fresh.run(net, code) == [True] * 5


@pytest.mark.req("AUD-015")
@pytest.mark.parametrize("call", ["sock.sendmsg([b'x'])", "sock.sendmsg([b'x'], [], 0, None)"])
def test_sendmsg_without_address_shows_none(net: ModuleType, call: str) -> None:
    setup = f"{TWO_SOCKETS}\nsock.connect(address)"
    assert recorded(net, call, setup=setup, teardown=CLOSE_BOTH) == [event("sendmsg", OPEN, None)]


@pytest.mark.req("AUD-012")
def test_create_connection_raises_the_events_of_its_steps(net: ModuleType) -> None:
    setup = "server = socket.create_server(('127.0.0.1', 0)); port = server.getsockname()[1]"
    call = "socket.create_connection(('127.0.0.1', port))"
    found = recorded(net, call, setup=setup, teardown="result.close(); server.close()")
    steps = [(name, made) for name, _, made, *_ in found if name != "socket.getaddrinfo"]
    assert steps == [("socket.__new__", MADE), ("socket.connect", OPEN)]
    assert found[-1][3][:2] == ["tuple", "127.0.0.1"]


@pytest.mark.req("AUD-011", "AUD-012", "AUD-013", "AUD-014", "AUD-015")
@pytest.mark.parametrize(
    "call", ["bind({})", "connect({})", "connect_ex({})", "sendto(b'x', {})", "sendmsg([b'x'], [], 0, {})"]
)
@pytest.mark.parametrize("address", ["'127.0.0.1'", "('127.0.0.1',)", "('127.0.0.1', 70000)", "(5, 5)"])
def test_a_malformed_address_raises_no_event(net: ModuleType, call: str, address: str) -> None:
    code = f"""{RECORDER}
{TWO_SOCKETS}
recording = True
try:
    sock.{call.format(address)}
    failed = False
except (TypeError, OverflowError):
    failed = True
{CLOSE_BOTH}
report([failed, events])
"""
    assert fresh.run(net, code) == [True, []]


@pytest.mark.req("AUD-015")
def test_calls_without_an_event_of_their_own_raise_none(net: ModuleType) -> None:
    call = """[sock.send(b"x"), sock.sendall(b"x"), peer.recv(1), peer.recvfrom(1), sock.getsockname(),
               sock.getpeername(), sock.getsockopt(1, 3), sock.setblocking(True), sock.shutdown(2),
               socket.if_nameindex(), socket.getprotobyname("tcp"), socket.inet_aton("1.2.3.4"), socket.htons(1)]"""
    assert recorded(net, call, setup=f"{TWO_SOCKETS}\nsock.connect(address)", teardown=CLOSE_BOTH) == []


OBJECTING = """
import os
class Objection(Exception):
    pass
objecting = False
def hook(event, args):
    if objecting and event == {event!r}:
        raise Objection(event)
sys.addaudithook(hook)
def descriptors():
    return [fd for fd in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + fd)]
{setup}
before = descriptors()
objecting = True
try:
    {call}
    outcome = "went on"
except Objection as objection:
    outcome = str(objection)
objecting = False
unchanged = {unchanged}
leaked = len(descriptors()) - len(before)
{teardown}
report([outcome, unchanged, leaked])
"""


def objected(net: ModuleType, name: str, call: str, unchanged: str, wrapper: Any = (), **parts: str) -> None:
    parts = {"setup": TWO_SOCKETS, "teardown": CLOSE_BOTH, **parts}
    code = OBJECTING.format(event=f"socket.{name}", call=call, unchanged=unchanged, **parts)
    assert fresh.run(net, code, wrapper=wrapper) == [f"socket.{name}", True, 0]


NOT_BOUND = "sock.getsockname()[1] == 0"
NOTHING_ARRIVED = "not __import__('select').select([peer], [], [], 0.05)[0]"


@pytest.mark.parametrize(
    ("name", "call", "unchanged"),
    [
        pytest.param("bind", "sock.bind(('127.0.0.1', 0))", NOT_BOUND, marks=pytest.mark.req("AUD-011")),
        pytest.param("connect", "sock.connect(address)", NOT_BOUND, marks=pytest.mark.req("AUD-012")),
        pytest.param("connect", "sock.connect_ex(address)", NOT_BOUND, marks=pytest.mark.req("AUD-013")),
        pytest.param("sendto", "sock.sendto(b'x', address)", NOTHING_ARRIVED, marks=pytest.mark.req("AUD-014")),
        pytest.param("sendto", "sock.sendto(b'x', 0, address)", NOTHING_ARRIVED, marks=pytest.mark.req("AUD-014")),
        pytest.param(
            "sendmsg", "sock.sendmsg([b'x'], [], 0, address)", NOTHING_ARRIVED, marks=pytest.mark.req("AUD-015")
        ),
    ],
)
def test_a_hook_that_objects_prevents_the_call(net: ModuleType, name: str, call: str, unchanged: str) -> None:
    objected(net, name, call, unchanged)


@pytest.mark.req("AUD-001")
def test_a_hook_that_objects_prevents_the_socket(net: ModuleType) -> None:
    objected(net, "__new__", "socket.socket()", "True")


@pytest.mark.req("AUD-001")
@pytest.mark.berkeley_only("reliability: no descriptor is lost when an object cannot be made")
@pytest.mark.parametrize(
    "call", ["socket.socketpair()", "sock.dup()", "socket.fromfd(sock.fileno(), 2, 2)", "server.accept()"]
)
def test_a_hook_that_objects_leaves_no_descriptor_behind(net: ModuleType, call: str) -> None:
    listening = "server = socket.create_server(('', 0)); client = socket.create_connection(server.getsockname())"
    teardown = f"{CLOSE_BOTH}; server.close(); client.close()"
    objected(net, "__new__", call, "True", setup=f"{TWO_SOCKETS}\n{listening}", teardown=teardown)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        pytest.param(expected[0].removeprefix("socket."), call, marks=pytest.mark.req(identifier))
        for identifier, cases in LOOKUPS.items()
        for call, expected in cases
        if "getfqdn" not in call
    ],
)
def test_a_hook_that_objects_prevents_the_lookup(net: ModuleType, name: str, call: str) -> None:
    objected(net, name, call, "True", setup="", teardown="")


@pytest.mark.req("AUD-010")
def test_a_hook_that_objects_keeps_the_host_name(net: ModuleType) -> None:
    unchanged = "os.uname().nodename == name"
    setup = "name = os.uname().nodename"
    wrapper = fresh.namespace("--uts")
    objected(net, "sethostname", "socket.sethostname('changed')", unchanged, wrapper, setup=setup, teardown="")


SCENARIO = """(
    socket.gethostname(), socket.getservbyname("http", "tcp"), socket.getservbyport(53), socket.getnameinfo(address, 3),
    socket.gethostbyname("localhost"), socket.getaddrinfo("localhost", port, type=socket.SOCK_DGRAM),
    socket.gethostbyaddr("127.0.0.1"), socket.gethostbyname_ex("localhost"), sock.bind(("", 0)),
    sock.sendto(b"x", address), sock.connect_ex(address), sock.connect(address), sock.sendmsg([b"x"]),
    socket.create_server(("127.0.0.1", 0)).close(), [each.close() for each in socket.socketpair()],
    socket.socket(type=2 | 0o4000).close(), sock.dup().close(), socket.fromfd(sock.fileno(), 2, 2, 17).close(),
    socket.socket(fileno=os.dup(sock.fileno())).close(), socket.has_dualstack_ipv6(), socket.getfqdn("localhost"),
)"""


@pytest.mark.req(*[f"AUD-{number:03}" for number in range(1, 16) if number != 10])
@pytest.mark.berkeley_only("compares berkeley with the interpreter's own module in one test")
def test_a_whole_program_raises_the_same_events_on_both_modules(net: ModuleType) -> None:
    ours, theirs = (
        recorded(module, SCENARIO, setup=TWO_SOCKETS, teardown=CLOSE_BOTH) for module in (net, stdlib_socket)
    )
    assert len(theirs) > 20
    assert ours == theirs
