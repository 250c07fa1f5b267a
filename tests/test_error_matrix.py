"""Errors of every method on closed, unconnected and wrong-family sockets: class, errno and args as in CPython."""

from __future__ import annotations

import io
import socket as stdlib_socket
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Call = Callable[[Any, Any], Any]

BOTH = pytest.mark.berkeley_only("runs the same call on both modules and compares")
ADDITION = pytest.mark.berkeley_only("decisions: the address, host or path that was given is in filename")

HERE = ("127.0.0.1", 9)

CALLS: dict[str, Call] = {
    "accept": lambda net, sock: sock.accept(),
    "bind": lambda net, sock: sock.bind(("127.0.0.1", 0)),
    "bind to a foreign address": lambda net, sock: sock.bind(("192.0.2.77", 0)),
    "connect": lambda net, sock: sock.connect(HERE),
    "connect_ex": lambda net, sock: sock.connect_ex(HERE),
    "dup": lambda net, sock: sock.dup().close(),
    "fileno": lambda net, sock: sock.fileno() >= 0,
    "get_inheritable": lambda net, sock: sock.get_inheritable(),
    "getblocking": lambda net, sock: sock.getblocking(),
    "getpeername": lambda net, sock: sock.getpeername(),
    "getsockname": lambda net, sock: sock.getsockname(),
    "getsockopt": lambda net, sock: sock.getsockopt(net.SOL_SOCKET, net.SO_TYPE),
    "getsockopt of an unknown option": lambda net, sock: sock.getsockopt(net.SOL_SOCKET, 9999),
    "getsockopt with a huge length": lambda net, sock: sock.getsockopt(net.SOL_SOCKET, net.SO_TYPE, 1025),
    "getsockopt with a negative length": lambda net, sock: sock.getsockopt(net.SOL_SOCKET, net.SO_TYPE, -1),
    "gettimeout": lambda net, sock: sock.gettimeout(),
    "listen": lambda net, sock: sock.listen(),
    "recv": lambda net, sock: sock.recv(10, net.MSG_DONTWAIT),
    "recv of nothing": lambda net, sock: sock.recv(0, net.MSG_DONTWAIT),
    "recv_into": lambda net, sock: sock.recv_into(bytearray(10), 0, net.MSG_DONTWAIT),
    "recv_into an empty buffer": lambda net, sock: sock.recv_into(bytearray(), 0, net.MSG_DONTWAIT),
    "recvfrom": lambda net, sock: sock.recvfrom(10, net.MSG_DONTWAIT),
    "recvfrom_into": lambda net, sock: sock.recvfrom_into(bytearray(10), 0, net.MSG_DONTWAIT),
    "recvmsg": lambda net, sock: sock.recvmsg(10, 0, net.MSG_DONTWAIT),
    "recvmsg_into": lambda net, sock: sock.recvmsg_into([bytearray(10)], 0, net.MSG_DONTWAIT),
    "recv with wrong flags": lambda net, sock: sock.recv(10, net.MSG_OOB | net.MSG_DONTWAIT),
    "recv from the error queue": lambda net, sock: sock.recv(10, net.MSG_ERRQUEUE | net.MSG_DONTWAIT),
    "send": lambda net, sock: sock.send(b"x"),
    "send of nothing": lambda net, sock: sock.send(b""),
    "sendall": lambda net, sock: sock.sendall(b"x"),
    "sendall of nothing": lambda net, sock: sock.sendall(b""),
    "sendfile": lambda net, sock: sock.sendfile(io.BytesIO(b"x")),
    "sendmsg": lambda net, sock: sock.sendmsg([b"x"]),
    "sendmsg of nothing": lambda net, sock: sock.sendmsg([]),
    "sendmsg with a wrong control message": lambda net, sock: sock.sendmsg([b"x"], [(net.SOL_SOCKET, 99, b"")]),
    "sendmsg_afalg": lambda net, sock: sock.sendmsg_afalg(op=1),
    "sendto": lambda net, sock: sock.sendto(b"x", HERE),
    "sendto with wrong flags": lambda net, sock: sock.sendto(b"x", net.MSG_OOB, HERE),
    "sendto of too much": lambda net, sock: sock.sendto(bytes(70_000), HERE),
    "sendto a broadcast": lambda net, sock: sock.sendto(b"x", ("127.255.255.255", 9)),
    "set_inheritable": lambda net, sock: sock.set_inheritable(False),
    "setblocking": lambda net, sock: sock.setblocking(True),
    "setsockopt": lambda net, sock: sock.setsockopt(net.SOL_SOCKET, net.SO_REUSEADDR, 1),
    "setsockopt of an unknown option": lambda net, sock: sock.setsockopt(net.SOL_SOCKET, 9999, 1),
    "setsockopt of another protocol": lambda net, sock: sock.setsockopt(net.IPPROTO_IPV6, net.IPV6_V6ONLY, 1),
    "setsockopt with too short a value": lambda net, sock: sock.setsockopt(net.SOL_SOCKET, net.SO_LINGER, b"x"),
    "setsockopt without a value": lambda net, sock: sock.setsockopt(net.SOL_SOCKET, net.SO_LINGER, None, 8),
    "settimeout": lambda net, sock: sock.settimeout(1),
    "settimeout to a negative number": lambda net, sock: sock.settimeout(-1),
    "shutdown": lambda net, sock: sock.shutdown(2),
    "shutdown in a wrong way": lambda net, sock: sock.shutdown(7),
    "close": lambda net, sock: sock.close(),
    "detach": lambda net, sock: sock.close() or sock.detach(),
    "module close": lambda net, sock: net.close(1_000_000),
    "fromfd": lambda net, sock: net.fromfd(1_000_000, 2, 1),
    "socket of a bad descriptor": lambda net, sock: net.socket(fileno=1_000_000),
    "socket of a negative descriptor": lambda net, sock: net.socket(fileno=-1),
    "socket of an unknown family": lambda net, sock: net.socket(9999),
    "socket of an unknown type": lambda net, sock: net.socket(net.AF_INET, 77),
    "socket of an unknown protocol": lambda net, sock: net.socket(net.AF_INET, net.SOCK_STREAM, 99),
    "socketpair of a family without pairs": lambda net, sock: net.socketpair(net.AF_INET),
}


def closed(net: Any) -> Any:
    sock = net.socket(net.AF_INET, net.SOCK_STREAM)
    sock.close()
    return sock


def shut_down(net: Any) -> Any:
    sock, peer = net.socketpair()
    peer.close()
    sock.shutdown(net.SHUT_RDWR)
    return sock


def tcp_listener(net: Any) -> Any:
    sock = net.create_server(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock


STATES: dict[str, Callable[[Any], Any]] = {
    "closed": closed,
    "unconnected TCP": lambda net: net.socket(net.AF_INET, net.SOCK_STREAM),
    "unconnected TCP over IPv6": lambda net: net.socket(net.AF_INET6, net.SOCK_STREAM),
    "unconnected UDP": lambda net: net.socket(net.AF_INET, net.SOCK_DGRAM),
    "unconnected UDP over IPv6": lambda net: net.socket(net.AF_INET6, net.SOCK_DGRAM),
    "unconnected AF_UNIX": lambda net: net.socket(net.AF_UNIX, net.SOCK_STREAM),
    "unconnected AF_UNIX datagram": lambda net: net.socket(net.AF_UNIX, net.SOCK_DGRAM),
    "AF_NETLINK": lambda net: net.socket(net.AF_NETLINK, net.SOCK_RAW),
    "shut down": shut_down,
    "TCP listener": tcp_listener,
}

# Their results hold a port that the system chose.
CHANCE = {("TCP listener", "getsockname"), ("AF_NETLINK", "getsockname")}


def comparable(result: Any) -> Any:
    return result if isinstance(result, (int, str, bytes, float, tuple, type(None))) else type(result).__name__


def outcome(call: Callable[[], Any]) -> list[Any]:
    """What came of a call: its result, or class, errno and args of its exception."""
    try:
        return ["returned", comparable(call())]
    except Exception as error:
        return [type(error).__name__, getattr(error, "errno", None), *(error.args if says_more(error) else [])]


def says_more(error: Exception) -> bool:
    """Whether the text is the module's: that of TypeError and most OverflowErrors is the interpreter's and varies."""
    return not isinstance(error, TypeError) and (not isinstance(error, OverflowError) or "()" in str(error))


def outcome_in(net: Any, state: str, call: Call) -> list[Any]:
    sock = STATES[state](net)
    try:
        return outcome(lambda: call(net, sock))
    finally:
        sock.close()


@pytest.mark.req("EXC-001", "EXC-003", "EXC-005")
@BOTH
@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("state", STATES)
def test_a_call_ends_as_with_the_interpreters_own_module(net: ModuleType, state: str, name: str) -> None:
    ours = outcome_in(net, state, CALLS[name])
    theirs = outcome_in(stdlib_socket, state, CALLS[name])
    if (state, name) in CHANCE:
        ours, theirs = ours[:1], theirs[:1]
    assert ours == theirs


WITHOUT_DESCRIPTOR = ("fileno", "getblocking", "gettimeout", "close", "detach", "connect_ex")
NEEDS_A_DESCRIPTOR = [name for name in CALLS if name.split()[0] not in WITHOUT_DESCRIPTOR]


@pytest.mark.req("EXC-001")
@pytest.mark.parametrize("name", [name for name in NEEDS_A_DESCRIPTOR if "nothing" not in name and "empty" not in name])
def test_every_method_of_a_closed_socket_raises(net: ModuleType, name: str) -> None:
    error, number, *_ = outcome_in(net, "closed", CALLS[name])
    assert error in ("OSError", "ValueError", "PermissionError")
    assert number in (9, 22, 93, 94, 95, 97, None)


BAD_ARGUMENTS: dict[str, Call] = {
    "bind to text": lambda net, sock: sock.bind("127.0.0.1"),
    "bind to a list": lambda net, sock: sock.bind(["127.0.0.1", 0]),
    "bind to one item": lambda net, sock: sock.bind(("127.0.0.1",)),
    "bind to three items": lambda net, sock: sock.bind(("127.0.0.1", 0, 0)),
    "bind to a port above 65535": lambda net, sock: sock.bind(("127.0.0.1", 65536)),
    "bind to a negative port": lambda net, sock: sock.bind(("127.0.0.1", -1)),
    "bind to a huge port": lambda net, sock: sock.bind(("127.0.0.1", 2**80)),
    "bind to a port in text": lambda net, sock: sock.bind(("127.0.0.1", "80")),
    "bind to a fraction": lambda net, sock: sock.bind(("127.0.0.1", 80.0)),
    "bind to a host that is none": lambda net, sock: sock.bind((None, 80)),
    "bind to two arguments": lambda net, sock: sock.bind("127.0.0.1", 80),
    "connect to a port above 65535": lambda net, sock: sock.connect(("127.0.0.1", 65536)),
    "connect_ex to a port above 65535": lambda net, sock: sock.connect_ex(("127.0.0.1", 65536)),
    "connect to an IPv6 host": lambda net, sock: sock.connect(("::1", 80)),
    "connect_ex to an IPv6 host": lambda net, sock: sock.connect_ex(("::1", 80)),
    "sendto a port above 65535": lambda net, sock: sock.sendto(b"x", ("127.0.0.1", 65536)),
    "sendmsg to a port above 65535": lambda net, sock: sock.sendmsg([b"x"], [], 0, ("127.0.0.1", 65536)),
    "recv of a negative size": lambda net, sock: sock.recv(-1),
    "recvfrom of a negative size": lambda net, sock: sock.recvfrom(-1),
    "recvmsg of a negative size": lambda net, sock: sock.recvmsg(-1),
    "recvmsg of a negative ancillary size": lambda net, sock: sock.recvmsg(1, -1),
    "recvmsg_into of a negative ancillary size": lambda net, sock: sock.recvmsg_into([bytearray(1)], -1),
    "recv_into of a negative size": lambda net, sock: sock.recv_into(bytearray(1), -1),
    "recv_into above the buffer": lambda net, sock: sock.recv_into(bytearray(1), 2),
    "recvfrom_into of a negative size": lambda net, sock: sock.recvfrom_into(bytearray(1), -1),
    "recvfrom_into above the buffer": lambda net, sock: sock.recvfrom_into(bytearray(1), 2),
    "recv with flags beyond an int": lambda net, sock: sock.recv(1, 2**31),
    "recv with flags far beyond an int": lambda net, sock: sock.recv(1, 2**80),
    "recv of a size beyond ssize_t": lambda net, sock: sock.recv(2**63),
    "send with flags below an int": lambda net, sock: sock.send(b"x", -(2**31) - 1),
    "listen beyond an int": lambda net, sock: sock.listen(2**31),
    "shutdown beyond an int": lambda net, sock: sock.shutdown(2**31),
    "getsockopt beyond an int": lambda net, sock: sock.getsockopt(2**31, 1),
    "setsockopt beyond an int": lambda net, sock: sock.setsockopt(1, 2**31, 1),
    "settimeout to text": lambda net, sock: sock.settimeout("1"),
    "settimeout to nan": lambda net, sock: sock.settimeout(float("nan")),
    "settimeout to infinity": lambda net, sock: sock.settimeout(float("inf")),
    "settimeout to too much": lambda net, sock: sock.settimeout(1e300),
    "setdefaulttimeout to a negative number": lambda net, sock: net.setdefaulttimeout(-1),
    "makefile in a wrong mode": lambda net, sock: sock.makefile("x"),
    "makefile of text without buffer": lambda net, sock: sock.makefile("r", buffering=0),
    "sendfile of a wrong count": lambda net, sock: sock.sendfile(io.BytesIO(b"x"), 0, 0),
    "inet_aton of nonsense": lambda net, sock: net.inet_aton("x"),
    "inet_ntoa of nonsense": lambda net, sock: net.inet_ntoa(b"x"),
    "inet_pton of nonsense": lambda net, sock: net.inet_pton(net.AF_INET, "x"),
    "inet_pton of an unknown family": lambda net, sock: net.inet_pton(99, "x"),
    "inet_ntop of nonsense": lambda net, sock: net.inet_ntop(net.AF_INET, b"x"),
    "inet_ntop of an unknown family": lambda net, sock: net.inet_ntop(99, b"x"),
    "htons of too much": lambda net, sock: net.htons(65536),
    "ntohs of a negative number": lambda net, sock: net.ntohs(-1),
    "htonl of too much": lambda net, sock: net.htonl(2**32),
    "CMSG_LEN of a negative number": lambda net, sock: net.CMSG_LEN(-1),
    "CMSG_SPACE of too much": lambda net, sock: net.CMSG_SPACE(2**31),
    "if_nametoindex of nothing": lambda net, sock: net.if_nametoindex("no-such-interface"),
    "if_indextoname of nothing": lambda net, sock: net.if_indextoname(9_999_999),
    "getservbyname of nothing": lambda net, sock: net.getservbyname("no-such-service"),
    "getservbyport of nothing": lambda net, sock: net.getservbyport(65_535),
    "getservbyport of too much": lambda net, sock: net.getservbyport(65_536),
    "getprotobyname of nothing": lambda net, sock: net.getprotobyname("no-such-protocol"),
    "getnameinfo of a list": lambda net, sock: net.getnameinfo(["127.0.0.1", 80], 0),
    "getnameinfo of a name": lambda net, sock: net.getnameinfo(("localhost", 80), 0),
    "getnameinfo of four items": lambda net, sock: net.getnameinfo(("127.0.0.1", 80, 0, 0), 0),
    "getnameinfo of a wide flow": lambda net, sock: net.getnameinfo(("::1", 80, 0x100000), 0),
    "getaddrinfo of a fraction": lambda net, sock: net.getaddrinfo("127.0.0.1", 1.5),
    "getaddrinfo of a number": lambda net, sock: net.getaddrinfo(1, 1),
    "getaddrinfo of an unknown family": lambda net, sock: net.getaddrinfo("127.0.0.1", 1, 9999),
    "getaddrinfo of no service": lambda net, sock: net.getaddrinfo("127.0.0.1", "no-such-service"),
    "getaddrinfo of no number": lambda net, sock: net.getaddrinfo("x", 1, 0, 0, 0, net.AI_NUMERICHOST),
    "gethostbyname of a number": lambda net, sock: net.gethostbyname(1),
    "create_server with dual stack": lambda net, sock: net.create_server(("", 0), dualstack_ipv6=True),
    "send_fds without buffers": lambda net, sock: net.send_fds(sock, b"", [0]),
    "SO_LINGER of text": lambda net, sock: sock.setsockopt(1, 13, "x"),
    "setsockopt of too big an int": lambda net, sock: sock.setsockopt(1, 13, 2**31),
    "setsockopt of none without length": lambda net, sock: sock.setsockopt(1, 13, None),
    "setsockopt of an int with a length": lambda net, sock: sock.setsockopt(1, 13, 1, 4),
}


@pytest.mark.req("EXC-002", "EXC-005")
@BOTH
@pytest.mark.parametrize("name", BAD_ARGUMENTS)
def test_a_wrong_argument_is_refused_as_by_the_interpreters_own_module(net: ModuleType, name: str) -> None:
    call = BAD_ARGUMENTS[name]
    ours = outcome_in(net, "unconnected UDP", call)
    theirs = outcome_in(stdlib_socket, "unconnected UDP", call)
    assert ours == theirs
    assert ours[0] != "returned"


UNIX_ARGUMENTS: dict[str, Call] = {
    "connect to nobody": lambda net, sock: sock.connect("/no/such/path"),
    "connect_ex to nobody": lambda net, sock: sock.connect_ex("/no/such/path"),
    "bind in no folder": lambda net, sock: sock.bind("/no/such/path"),
    "sendto nobody": lambda net, sock: sock.sendto(b"x", "/no/such/path"),
    "bind to a long path": lambda net, sock: sock.bind("x" * 109),
    "bind to a long abstract name": lambda net, sock: sock.bind(b"\0" + b"x" * 108),
    "bind to a tuple": lambda net, sock: sock.bind(("path", 0)),
    "bind to a number": lambda net, sock: sock.bind(5),
    "connect to a closed abstract name": lambda net, sock: sock.connect("\0no such name"),
}


@pytest.mark.req("EXC-003", "EXC-005")
@BOTH
@pytest.mark.parametrize("state", ["unconnected AF_UNIX", "unconnected AF_UNIX datagram"])
@pytest.mark.parametrize("name", UNIX_ARGUMENTS)
def test_a_path_is_refused_as_by_the_interpreters_own_module(net: ModuleType, state: str, name: str) -> None:
    call = UNIX_ARGUMENTS[name]
    assert outcome_in(net, state, call) == outcome_in(stdlib_socket, state, call)


def failure(call: Callable[[], Any]) -> OSError:
    with pytest.raises(OSError) as caught:
        call()
    return caught.value


@pytest.fixture
def nobody(net: ModuleType, closing: Callable[[Any], Any]) -> tuple[str, int]:
    """An address of this machine where nobody listens."""
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    sock.bind(("127.0.0.1", 0))
    return sock.getsockname()  # type: ignore[no-any-return]


@pytest.mark.req("EXC-005")
@ADDITION
@pytest.mark.parametrize("timeout", [None, 5])
def test_a_refused_connection_names_the_address(
    net: ModuleType, closing: Callable[[Any], Any], nobody: tuple[str, int], timeout: float | None
) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    sock.settimeout(timeout)
    error = failure(lambda: sock.connect(nobody))
    assert error.args == (111, "Connection refused")
    assert error.filename == nobody
    assert str(nobody[1]) in str(error)
    assert (error.errno, error.strerror) == (111, "Connection refused")


@ADDITION
@pytest.mark.parametrize(
    ("call", "number"),
    [
        (lambda sock, address: sock.bind(address), 99),
        (lambda sock, address: sock.sendto(b"x", address), 13),
        (lambda sock, address: sock.sendto(b"x", 0, address), 13),
        (lambda sock, address: sock.sendmsg([b"x"], [], 0, address), 13),
        (lambda sock, address: sock.connect(address), 13),
    ],
)
def test_a_refused_address_is_in_the_error(
    net: ModuleType, closing: Callable[[Any], Any], call: Callable[[Any, Any], Any], number: int
) -> None:
    address = ("192.0.2.77", 0) if number == 99 else ("127.255.255.255", 9)
    sock = closing(net.socket(net.AF_INET, net.SOCK_DGRAM))
    error = failure(lambda: call(sock, address))
    assert error.errno == number
    assert error.filename == address
    assert len(error.args) == 2
    assert address[0] in str(error)


@ADDITION
@pytest.mark.parametrize("method", ["bind", "connect"])
def test_a_refused_path_is_in_the_error(
    net: ModuleType, closing: Callable[[Any], Any], tmp_path: Path, method: str
) -> None:
    path = str(tmp_path / "missing" / "path")
    error = failure(lambda: getattr(closing(net.socket(net.AF_UNIX)), method)(path))
    assert error.args == (2, "No such file or directory")
    assert error.filename == path
    assert path in str(error)


@ADDITION
def test_a_failed_lookup_names_the_host(net: ModuleType) -> None:
    error = failure(lambda: net.getaddrinfo("no-address", 80, flags=net.AI_NUMERICHOST))
    assert error.args == (net.EAI_NONAME, "Name or service not known")
    assert error.filename == "no-address"
    assert "no-address" in str(error)


@ADDITION
def test_an_error_without_an_address_has_no_filename(net: ModuleType, closing: Callable[[Any], Any]) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    for call in (lambda: sock.getpeername(), lambda: sock.send(b"x"), lambda: sock.recv(1), lambda: sock.shutdown(2)):
        error = failure(call)
        assert error.filename is None
        assert str(error) == "[Errno 107] Transport endpoint is not connected" or error.errno == 32
