"""The same operation on both modules, on arguments that nobody chose: same result, or same exception and errno."""

from __future__ import annotations

import os
import socket as stdlib_socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.berkeley_only("runs each operation on both modules and compares")

sampled = settings(
    max_examples=80,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

C_INT = st.integers(-(2**31), 2**31 - 1)
ANY_INT = st.one_of(
    st.integers(-3, 300), st.sampled_from(range(-(2**31) - 2, -(2**31) + 2)), st.integers(-(2**66), 2**66)
)
NOT_INT = st.sampled_from([None, 1.5, "1", b"1", (), [1]])


def outcome(call: Callable[[], Any]) -> tuple[Any, ...]:
    """("returned", result), or ("raised", class, errno)."""
    try:
        return "returned", call()
    except Exception as error:
        return "raised", class_name(error), getattr(error, "errno", None)


def class_name(error: Exception) -> str:
    """The name of the documented class: berkeley has subclasses of gaierror of its own."""
    names = [base.__name__ for base in type(error).__mro__]
    return "gaierror" if "gaierror" in names else names[0]


def same(net: ModuleType, call: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The outcome of `call(module)`, which must be one for both modules."""
    ours = outcome(lambda: call(net))
    assert ours == outcome(lambda: call(stdlib_socket))
    return ours


def same_but_for_idna(net: ModuleType, call: Callable[[Any], Any]) -> None:
    """decisions: an IDNA failure is a gaierror that is also a UnicodeError."""
    ours, theirs = outcome(lambda: call(net)), outcome(lambda: call(stdlib_socket))
    if theirs[0] == "raised" and "Unicode" in theirs[1]:
        assert ours[:2] == ("raised", "gaierror")
    else:
        assert ours == theirs


def with_socket(
    call: Callable[[Any, Any], Any], family: str = "AF_INET", kind: str = "SOCK_DGRAM"
) -> Callable[[Any], Any]:
    """Turns call(module, socket) into call(module)."""

    def run(net: Any) -> Any:
        with net.socket(getattr(net, family), getattr(net, kind)) as sock:
            return call(net, sock)

    return run


ADDRESS_TEXT = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(str),
    st.text("0123456789abcdefABCDEFx.:% ", max_size=30),
    st.text(max_size=12),
    st.sampled_from(
        ["", "0", "127.1", "0x7f.1", "017.0.0.1", "1.2.3.4 x", "::", "::ffff:1.2.3.4", "fe80::1%lo", "1.2.3.256"]
    ),
)


@sampled
@given(text=ADDRESS_TEXT)
def test_inet_aton(net: ModuleType, text: str) -> None:
    same(net, lambda module: module.inet_aton(text))


@sampled
@given(text=ADDRESS_TEXT, family=st.sampled_from([2, 10, 0, 1, -1, 99]))
def test_inet_pton(net: ModuleType, text: str, family: int) -> None:
    same(net, lambda module: module.inet_pton(family, text))


@sampled
@given(packed=st.binary(max_size=20), family=st.sampled_from([2, 10, 0, 1, -1, 99]))
def test_inet_ntop(net: ModuleType, packed: bytes, family: int) -> None:
    same(net, lambda module: module.inet_ntop(family, packed))


@sampled
@given(packed=st.one_of(st.binary(min_size=16, max_size=16), st.sampled_from([bytes(16), bytes(15) + b"\1"])))
def test_inet_ntop_of_ipv6_and_back(net: ModuleType, packed: bytes) -> None:
    _, text = same(net, lambda module: module.inet_ntop(module.AF_INET6, packed))
    assert net.inet_pton(net.AF_INET6, text) == packed


@sampled
@given(packed=st.one_of(st.binary(max_size=6), st.sampled_from(["text", None, 5, bytearray(4), memoryview(b"1234")])))
def test_inet_ntoa(net: ModuleType, packed: Any) -> None:
    same(net, lambda module: module.inet_ntoa(packed))


@sampled
@given(value=st.one_of(st.integers(0, 2**16 + 2), st.integers(0, 2**33), ANY_INT, NOT_INT))
@pytest.mark.parametrize("function", ["htons", "ntohs", "htonl", "ntohl"])
def test_byte_order(net: ModuleType, function: str, value: Any) -> None:
    same(net, lambda module: getattr(module, function)(value))


@sampled
@given(value=st.one_of(st.integers(0, 200), st.integers(2**31 - 64, 2**31 + 2), ANY_INT, NOT_INT))
@pytest.mark.parametrize("function", ["CMSG_LEN", "CMSG_SPACE"])
def test_control_message_sizes(net: ModuleType, function: str, value: Any) -> None:
    same(net, lambda module: getattr(module, function)(value))


LOOPBACK_HOSTS = st.one_of(
    st.integers(0x7F000001, 0x7FFFFFFE).map(lambda number: str(ip_address(number))),
    st.sampled_from(["", "localhost", "127.1", b"127.0.0.1", bytearray(b"127.0.0.2"), "0.0.0.0", "<broadcast>", "::1"]),
    st.sampled_from([None, 5, 1.5, (), "127.0.0.1 "]),
)
PORTS = st.one_of(
    st.integers(1, 65535), st.sampled_from([0, -1, 65536, 2**31, 2**32 + 1, 2**70, True, None, "80", 80.0])
)


GOOD_PORTS = st.integers(1, 65535)


def ipv4_addresses() -> st.SearchStrategy[Any]:
    """Addresses with at most one mistake: which of two is found first is nobody's business."""
    wrong = ["127.0.0.1", b"127.0.0.1", 5, None, (), ("127.0.0.1",), ["127.0.0.1", 1], ("127.0.0.1", 1, 0)]
    return st.one_of(
        st.tuples(LOOPBACK_HOSTS, GOOD_PORTS), st.tuples(st.just("127.0.0.1"), PORTS), st.sampled_from(wrong)
    )


@sampled
@given(address=ipv4_addresses())
@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_an_ipv4_address_reaches_the_kernel_and_comes_back(net: ModuleType, method: str, address: Any) -> None:
    def connected(module: Any, sock: Any) -> Any:
        return getattr(sock, method)(address), outcome(sock.getpeername)

    same_but_for_idna(net, with_socket(connected))


@sampled
@given(host=LOOPBACK_HOSTS)
def test_binding_an_ipv4_host(net: ModuleType, host: Any) -> None:
    def bound(module: Any, sock: Any) -> Any:
        sock.bind((host, 0))
        return sock.getsockname()[0]

    same_but_for_idna(net, with_socket(bound))


@sampled
@given(
    address=st.one_of(
        st.tuples(st.sampled_from(["::1", "", "::ffff:127.0.0.1", b"::1", "::1%lo", "127.0.0.1"]), GOOD_PORTS),
        st.tuples(st.just("::1"), PORTS),
        st.tuples(st.just("::1"), GOOD_PORTS, st.integers(-1, 2**20 + 1)),
        st.tuples(st.just("::1"), GOOD_PORTS, st.integers(0, 5), st.one_of(st.integers(0, 2**31 - 1), NOT_INT)),
        st.sampled_from([("::1",), ("::1", 1, 0, 0, 0), "::1", ["::1", 1], ("::1", 1, "0")]),
    )
)
def test_an_ipv6_address_reaches_the_kernel_and_comes_back(net: ModuleType, address: Any) -> None:
    """decisions: flow and scope outside 32 bits are OverflowError in berkeley, cut by the other; so none is here."""

    def connected(module: Any, sock: Any) -> Any:
        sock.connect(address)
        return sock.getpeername()

    same(net, with_socket(connected, "AF_INET6"))


@sampled
@given(name=st.binary(max_size=112))
def test_abstract_unix_names(net: ModuleType, name: bytes) -> None:
    unique = f"\0{os.getpid()}.".encode()

    def bound(module: Any, sock: Any) -> Any:
        sock.bind(unique + name)
        return sock.getsockname()

    same(net, with_socket(bound, "AF_UNIX"))


PATH_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0/")


@sampled
@given(name=st.text(PATH_CHARACTERS, min_size=1, max_size=100), as_bytes=st.booleans())
def test_unix_paths(net: ModuleType, tmp_path: Path, name: str, as_bytes: bool) -> None:
    """decisions: an embedded NUL is ValueError in berkeley alone, so none is in these names."""
    here = os.getcwd()
    os.chdir(tmp_path)
    path: Any = os.fsencode(name) if as_bytes else name

    def bound(module: Any, sock: Any) -> Any:
        try:
            sock.bind(path)
            return sock.getsockname()
        finally:
            with suppress(OSError):
                os.unlink(path)

    try:
        same(net, with_socket(bound, "AF_UNIX"))
    finally:
        os.chdir(here)


@sampled
@given(
    address=st.one_of(
        st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)),
        st.sampled_from([5, (1,), (1, 2, 3), ("1", 2), None]),
    )
)
def test_netlink_addresses(net: ModuleType, address: Any) -> None:
    """decisions: integers outside 32 bits are OverflowError in berkeley, cut by the other; so none is here."""

    def connected(module: Any, sock: Any) -> Any:
        sock.connect(address)
        return sock.getpeername()

    same(net, with_socket(connected, "AF_NETLINK", "SOCK_RAW"))


@pytest.fixture(scope="module")
def raw_packets() -> None:
    try:
        stdlib_socket.socket(stdlib_socket.AF_PACKET, stdlib_socket.SOCK_RAW).close()
    except PermissionError:
        pytest.skip("needs the right to open AF_PACKET sockets (CAP_NET_RAW)")


@settings(sampled, max_examples=30)
@given(
    address=st.one_of(
        st.tuples(st.sampled_from(["lo", "", "no-such-name", "x" * 20]), st.one_of(st.integers(-1, 65536), NOT_INT)),
        st.tuples(
            st.just("lo"), st.integers(0, 65535), st.integers(0, 7), st.integers(0, 65535), st.binary(max_size=9)
        ),
        st.sampled_from(["lo", ("lo",), (1, 2), ("lo", 1, "x"), ("lo", 1, 0, 0, b"", 0)]),
    )
)
@pytest.mark.usefixtures("raw_packets")
def test_packet_addresses(net: ModuleType, address: Any) -> None:
    def bound(module: Any, sock: Any) -> Any:
        sock.bind(address)
        return sock.getsockname()

    same(net, with_socket(bound, "AF_PACKET", "SOCK_RAW"))


@sampled
@given(
    address=st.one_of(
        st.tuples(st.sampled_from([0xFFFFFFFF, 0, 1, 2, 3]), st.integers(1, 2**32 - 1)),
        st.tuples(st.sampled_from([-1, 0xFFFFFFFF]), st.integers(0x70000000, 0x70001000)),
        st.sampled_from([5, (1,), (1, 2, 3), ("1", 2), (1, None), None, [1, 2]]),
    )
)
def test_vsock_addresses(net: ModuleType, address: Any) -> None:
    """decisions: integers outside 32 bits are OverflowError in berkeley, cut by the other; so -1 alone is here."""
    if outcome(lambda: stdlib_socket.socket(stdlib_socket.AF_VSOCK, 1).close())[0] == "raised":
        pytest.skip("needs a kernel with AF_VSOCK")

    def bound(module: Any, sock: Any) -> Any:
        sock.bind(address)
        return sock.getsockname()

    same(net, with_socket(bound, "AF_VSOCK", "SOCK_STREAM"))


OPTIONS = [(1, number) for number in (2, 5, 6, 7, 8, 9, 12, 13, 15, 20)] + [
    (0, 1),
    (0, 2),
    (6, 1),
    (6, 4),
    (41, 26),
    (9, 9),
]
OPTION_VALUES = st.one_of(C_INT, ANY_INT, NOT_INT, st.binary(max_size=20), st.integers(0, 64).map(bytearray))


@sampled
@given(option=st.sampled_from(OPTIONS), value=OPTION_VALUES)
@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM"])
def test_options_are_set_and_read_back(net: ModuleType, kind: str, option: tuple[int, int], value: Any) -> None:
    def set_and_read(module: Any, sock: Any) -> Any:
        return outcome(lambda: sock.setsockopt(*option, value)), outcome(lambda: sock.getsockopt(*option))

    same(net, with_socket(set_and_read, kind=kind))


@sampled
@given(option=st.sampled_from(OPTIONS), length=st.one_of(st.integers(-3, 40), st.integers(1020, 1030), C_INT, NOT_INT))
def test_options_are_read_as_bytes(net: ModuleType, option: tuple[int, int], length: Any) -> None:
    same(net, with_socket(lambda module, sock: sock.getsockopt(*option, length), kind="SOCK_STREAM"))


@sampled
@given(arguments=st.tuples(st.sampled_from([None, 1, b"x"]), st.one_of(st.integers(-1, 9), NOT_INT)))
def test_options_with_a_length_of_their_own(net: ModuleType, arguments: tuple[Any, Any]) -> None:
    same(net, with_socket(lambda module, sock: sock.setsockopt(1, 2, *arguments)))


def both_ways(net: Any) -> Iterator[Any]:
    left, right = net.socketpair(net.AF_UNIX, net.SOCK_DGRAM)
    with left, right:
        right.setblocking(False)
        yield left
        yield right


PARTS = st.one_of(
    st.binary(max_size=40),
    st.binary(max_size=40).map(bytearray),
    st.binary(max_size=40).map(lambda data: memoryview(data)),
)
WRONG_PARTS = st.sampled_from(["text", None, 5, [b"x"]])


@sampled
@given(buffers=st.one_of(st.lists(PARTS, max_size=6), st.lists(st.one_of(PARTS, WRONG_PARTS), max_size=4), WRONG_PARTS))
def test_gathered_buffers(net: ModuleType, buffers: Any) -> None:
    def sent(module: Any) -> Any:
        left, right = both_ways(module)
        return outcome(lambda: left.sendmsg(buffers)), outcome(lambda: right.recvmsg(1000))

    same(net, sent)


NUMBERS = st.one_of(st.integers(-1, 3), C_INT, NOT_INT, st.sampled_from([2**31, -(2**31) - 1, 2**64]))
ITEMS = st.one_of(
    st.tuples(st.sampled_from([1, 2, 41]), st.sampled_from([2, 3, 99]), st.binary(max_size=16)),
    st.tuples(NUMBERS, NUMBERS, st.one_of(st.binary(max_size=16), WRONG_PARTS)),
    st.lists(st.integers(0, 3), max_size=4),
    st.sampled_from([None, 5, "abc", b"abc"]),
)


@sampled
@given(ancdata=st.one_of(st.lists(ITEMS, max_size=3), st.sampled_from([None, 5, (), {}])))
def test_control_messages(net: ModuleType, ancdata: Any) -> None:
    def sent(module: Any) -> Any:
        left, right = both_ways(module)
        return outcome(lambda: left.sendmsg([b"x"], ancdata)), outcome(lambda: right.recvmsg(10, 200))

    same(net, sent)


FLAGS = [0, 1, 2, 0x20, 0x40, 0x100, 0x4000, 0x8000, 0x10000]


@sampled
@given(
    message=st.binary(max_size=60),
    size=st.one_of(st.integers(-1, 70), st.sampled_from([4096, 262144, 2**63, None, "1"])),
    flags=st.one_of(st.lists(st.sampled_from(FLAGS), max_size=3).map(sum), ANY_INT, NOT_INT),
)
@pytest.mark.parametrize("method", ["recv", "recvfrom", "recvmsg"])
def test_receive_flags(net: ModuleType, method: str, message: bytes, size: Any, flags: Any) -> None:
    def received(module: Any) -> Any:
        left, right = both_ways(module)
        left.send(message)
        arguments = (size, 0, flags) if method == "recvmsg" else (size, flags)
        first = outcome(lambda: getattr(right, method)(*arguments))
        return within(size, first), outcome(lambda: right.recv(100))

    same(net, received)


def within(size: Any, result: tuple[Any, ...]) -> tuple[Any, ...]:
    """decisions: with MSG_TRUNC berkeley returns what was written into the buffer, and no byte more."""
    if result[0] == "returned" and isinstance(result[1], bytes):
        return "returned", result[1][:size]
    if result[0] == "returned":
        return "returned", (result[1][0][:size], *result[1][1:])
    return result


@sampled
@given(
    message=st.binary(max_size=60),
    room=st.integers(0, 70),
    size=st.one_of(st.integers(-1, 70), NOT_INT),
    flags=st.lists(st.sampled_from(FLAGS), max_size=2).map(sum),
)
@pytest.mark.parametrize("method", ["recv_into", "recvfrom_into"])
def test_receiving_into_buffers(net: ModuleType, method: str, message: bytes, room: int, size: Any, flags: int) -> None:
    def received(module: Any) -> Any:
        left, right = both_ways(module)
        left.send(message)
        buffer = bytearray(room)
        return outcome(lambda: getattr(right, method)(buffer, size, flags)), bytes(buffer)

    same(net, received)


@sampled
@given(message=st.binary(max_size=60), rooms=st.lists(st.integers(0, 20), max_size=5))
def test_scattering_into_buffers(net: ModuleType, message: bytes, rooms: list[int]) -> None:
    def received(module: Any) -> Any:
        left, right = both_ways(module)
        left.send(message)
        buffers = [bytearray(room) for room in rooms]
        return outcome(lambda: right.recvmsg_into(buffers)), buffers

    same(net, received)


@sampled
@given(
    value=st.one_of(
        st.floats(-1, 1e9),
        st.sampled_from([float("nan"), float("inf"), 1e-10, 1e300, 9e9, 2**63]),
        ANY_INT.filter(lambda value: value > -(2**31)),
        NOT_INT,
    )
)
def test_timeouts(net: ModuleType, value: Any) -> None:
    """A number both negative and out of range may be refused for either, so none is here."""

    def set_and_read(module: Any, sock: Any) -> Any:
        return (
            outcome(lambda: sock.settimeout(value)),
            sock.gettimeout(),
            sock.getblocking(),
            os.get_blocking(sock.fileno()),
        )

    same(net, with_socket(set_and_read))


@sampled
@given(
    family=st.sampled_from([2, 10, 1, 0, -1, 9999]),
    kind=st.integers(-1, 6),
    bits=st.sampled_from([0, 0o4000, 0o2000000, 0o2004000, 1 << 20]),
    protocol=st.sampled_from([0, -1, 6, 17, 255, 9999]),
)
def test_what_a_new_socket_says_of_itself(net: ModuleType, family: int, kind: int, bits: int, protocol: int) -> None:
    def made(module: Any) -> Any:
        with module.socket(family, kind | bits if kind >= 0 else kind, protocol) as sock:
            said = (int(sock.family), int(sock.type), sock.proto, sock.gettimeout(), sock.get_inheritable())
            with module.socket(fileno=os.dup(sock.fileno())) as found:
                return said, (int(found.family), int(found.type), found.proto, found.gettimeout())

    same(net, made)


@sampled
@given(
    host=st.one_of(
        ADDRESS_TEXT.filter(lambda text: text.isascii() and "\0" not in text), st.none(), st.just(b"127.0.0.1")
    ),
    port=st.one_of(st.integers(0, 65535), st.sampled_from(["80", "http", b"80", None, "x", 1.5, -1, "-1"])),
    family=st.sampled_from([0, 2, 10]),
    kind=st.sampled_from([0, 1, 2]),
)
def test_lookups_of_numeric_hosts(net: ModuleType, host: Any, port: Any, family: int, kind: int) -> None:
    same_but_for_idna(net, lambda module: module.getaddrinfo(host, port, family, kind, 0, module.AI_NUMERICHOST))


@sampled
@given(family=st.sampled_from([1, 3, 9999, -1]), kind=st.sampled_from([0, 1, 3, 77, -1]), flags=st.integers(0, 2**12))
def test_lookups_of_other_families_and_flags(net: ModuleType, family: int, kind: int, flags: int) -> None:
    same(net, lambda module: module.getaddrinfo("127.0.0.1", 80, family, 0, 0, 4))
    same(net, lambda module: module.getaddrinfo("127.0.0.1", 80, 2, kind, 0, 4))
    same(net, lambda module: module.getaddrinfo("127.0.0.1", 80, 2, 1, 0, flags | 4))


@sampled
@given(
    sockaddr=st.one_of(
        st.tuples(st.ip_addresses(v=4).map(str), st.integers(0, 65535)),
        st.tuples(st.ip_addresses(v=6).map(str), st.integers(0, 65535), st.integers(0, 2**20 + 1)),
        st.tuples(
            st.sampled_from(["fe80::1", "ff02::1", "::1"]), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)
        ),
        st.sampled_from(
            [("x", 80), ("1.2.3.4", "80"), ("1.2.3.4",), (), ["1.2.3.4", 80], "1.2.3.4", ("1.2.3.4", 1, 0, 0)]
        ),
    ),
    flags=st.sampled_from([1 | 2, 1 | 2 | 16, 1 | 2 | 1 << 20]),
)
def test_names_of_numeric_addresses(net: ModuleType, sockaddr: Any, flags: int) -> None:
    """decisions: a port outside 16 bits is OverflowError in berkeley, cut by the other; so none is here."""
    same(net, lambda module: module.getnameinfo(sockaddr, flags))


@sampled
@given(
    name=st.one_of(st.sampled_from(["http", "domain", "tcp", "udp", "ipv6"]), st.text("abctpu-", max_size=6), NOT_INT),
    protocol=st.sampled_from(["tcp", "udp", "x", "", 5]),
)
def test_services_and_protocols(net: ModuleType, name: Any, protocol: Any) -> None:
    same(net, lambda module: module.getservbyname(name, protocol))
    same(net, lambda module: module.getprotobyname(name))


@sampled
@given(port=st.one_of(st.integers(0, 1024), st.integers(65530, 65540), ANY_INT, NOT_INT))
def test_services_of_ports(net: ModuleType, port: Any) -> None:
    same(net, lambda module: module.getservbyport(port, "tcp"))


@sampled
@given(name=st.one_of(st.sampled_from(["lo", b"lo", "eth0", "x" * 40]), st.text("lo0é ", max_size=5), NOT_INT))
def test_interface_names(net: ModuleType, name: Any) -> None:
    same(net, lambda module: module.if_nametoindex(name))


@sampled
@given(index=st.one_of(st.integers(0, 20), st.integers(0, 2**31 - 1), NOT_INT))
def test_interface_indices(net: ModuleType, index: Any) -> None:
    """decisions: an index beyond its type is OverflowError in berkeley, cut by the other; so none is here."""
    same(net, lambda module: module.if_indextoname(index))
