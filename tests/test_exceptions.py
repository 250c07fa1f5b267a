"""Which exception tells what: the classes, their relation, and the values they carry."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import fresh
import pytest

Pair = tuple[Any, Any]
Closing = Callable[[Any], Any]


@pytest.fixture
def refused_port(net: ModuleType, closing: Closing) -> int:
    """A port that is taken on 127.0.0.1 and ::1, where nobody listens."""
    four = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    four.bind(("127.0.0.1", 0))
    port = four.getsockname()[1]
    six = closing(net.socket(net.AF_INET6, net.SOCK_STREAM))
    six.bind(("::1", port))
    return int(port)


@pytest.mark.req("EXC-001")
def test_only_connect_ex_and_fileno_return_a_failure(net: ModuleType) -> None:
    sock = net.socket(net.AF_INET, net.SOCK_STREAM)
    sock.close()
    assert sock.fileno() == -1
    assert sock.connect_ex(("127.0.0.1", 1)) == errno.EBADF


@pytest.mark.req("EXC-002")
def test_wrong_arguments_raise_the_ordinary_exceptions(net: ModuleType, unix_pair: Pair, closing: Closing) -> None:
    with pytest.raises(TypeError):
        unix_pair[0].send("text")
    with pytest.raises(ValueError):
        unix_pair[0].recv(-1)
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    with pytest.raises(OverflowError, match=r"bind\(\): port must be 0-65535"):
        sock.bind(("127.0.0.1", 70000))


@pytest.mark.req("EXC-002")
def test_want_of_memory_raises_memory_error(unix_pair: Pair) -> None:
    with pytest.raises(MemoryError):
        unix_pair[0].recv(2**62)


@pytest.mark.req("EXC-003")
def test_a_refused_connection_is_a_kind_of_os_error(net: ModuleType, closing: Closing, refused_port: int) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    with pytest.raises(ConnectionRefusedError) as caught:
        sock.connect(("127.0.0.1", refused_port))
    assert isinstance(caught.value, OSError)
    assert caught.value.errno == errno.ECONNREFUSED


@pytest.mark.req("EXC-003")
def test_each_system_error_has_its_subclass(net: ModuleType, unix_pair: Pair, closing: Closing, tmp_path: Path) -> None:
    sock, peer = unix_pair
    with pytest.raises(BlockingIOError):
        sock.recv(1, net.MSG_DONTWAIT)
    peer.close()
    with pytest.raises(BrokenPipeError):
        sock.send(b"x")
    with pytest.raises(FileNotFoundError):
        closing(net.socket(net.AF_UNIX)).connect(str(tmp_path / "nobody"))


@pytest.mark.req("EXC-004")
def test_error_is_os_error(net: ModuleType) -> None:
    assert net.error is OSError


@pytest.mark.req("EXC-005")
def test_a_failed_system_call_carries_number_and_text(net: ModuleType) -> None:
    sock = net.socket()
    sock.close()
    with pytest.raises(OSError) as caught:
        sock.recv(1)
    assert caught.value.args == (9, "Bad file descriptor")
    assert errno.errorcode[caught.value.args[0]] == "EBADF"
    number, text = caught.value.args
    assert (caught.value.errno, caught.value.strerror) == (number, text)


@pytest.mark.req("EXC-005")
def test_a_failure_without_system_call_carries_one_text(net: ModuleType, closing: Closing) -> None:
    with pytest.raises(OSError) as caught:
        net.inet_aton("x")
    assert caught.value.args == ("illegal IP address string passed to inet_aton",)
    assert caught.value.errno is None
    with pytest.raises(OSError) as caught:
        closing(net.socket(net.AF_UNIX)).bind("x" * 200)
    assert caught.value.args == ("AF_UNIX path too long",)


@pytest.mark.req("EXC-006", "EXC-008")
def test_the_two_address_errors_are_kinds_of_os_error(net: ModuleType) -> None:
    for exception in (net.herror, net.gaierror):
        assert issubclass(exception, OSError)
        assert exception is not OSError
    assert not issubclass(net.herror, net.gaierror)
    assert not issubclass(net.gaierror, net.herror)
    assert (net.herror.__name__, net.gaierror.__name__) == ("herror", "gaierror")


NAMELESS = """
import os, signal, socket as wire
answering = wire.socket(wire.AF_INET, wire.SOCK_DGRAM)
answering.bind(("127.0.0.1", 53))
child = os.fork()
if not child:
    signal.alarm(30)
    while True:
        query, client = answering.recvfrom(512)
        answering.sendto(query[:2] + b"\\x81\\x83" + query[4:6] + bytes(6) + query[12:], client)
failures = []
for lookup in (lambda: socket.gethostbyaddr("192.0.2.1"), lambda: socket.gethostbyaddr("2001:db8::1"),
               lambda: socket.gethostbyname_ex("no.such.host.invalid"),
               lambda: socket.gethostbyname("no.such.host.invalid"),
               lambda: socket.getaddrinfo("no.such.host.invalid", 80),
               lambda: socket.create_connection(("no.such.host.invalid", 80)),
               lambda: socket.getnameinfo(("192.0.2.1", 80), socket.NI_NAMEREQD)):
    try:
        lookup()
    except OSError as error:
        kinds = [kind for kind in ("herror", "gaierror") if isinstance(error, getattr(socket, kind))]
        failures.append([*kinds, *error.args])
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
answering.close()
report([failures, socket.EAI_NONAME])
"""

OWN_RESOLVER = (
    'ip link set lo up && mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/nsswitch.conf && shift 2 && "$@"'
)


@pytest.mark.req("EXC-006", "EXC-007", "EXC-008", "EXC-009")
def test_names_and_addresses_that_do_not_exist(net: ModuleType, tmp_path: Path) -> None:
    if not shutil.which("ip"):
        pytest.skip("needs ip of iproute2 to bring loopback up in a namespace")
    for needed in ("/etc/resolv.conf", "/etc/nsswitch.conf"):
        if not Path(needed).exists():
            pytest.skip(f"needs {needed} to put another file in its place")
    resolver, order = tmp_path / "resolv.conf", tmp_path / "nsswitch.conf"
    resolver.write_text("nameserver 127.0.0.1\n")
    order.write_text("hosts: files dns\n")
    wrapper = [*fresh.namespace("--net", "--mount"), "sh", "-c", OWN_RESOLVER, "sh", str(resolver), str(order)]
    failures, noname = fresh.run(net, NAMELESS, wrapper=wrapper)
    assert noname == -2
    assert failures[:2] == [["herror", 1, "Unknown host"]] * 2
    assert failures[2:] == [["gaierror", noname, "Name or service not known"]] * 5


@pytest.mark.req("EXC-008", "EXC-009")
@pytest.mark.parametrize(
    ("host", "port", "family", "flags", "name", "text"),
    [
        ("no-address", 80, 0, "AI_NUMERICHOST", "EAI_NONAME", "Name or service not known"),
        ("127.0.0.1", "no-service", 0, "AI_NUMERICHOST", "EAI_SERVICE", "Servname not supported for ai_socktype"),
        ("127.0.0.1", 80, 9999, "AI_NUMERICHOST", "EAI_FAMILY", "ai_family not supported"),
        ("127.0.0.1", 80, 0, "", "EAI_BADFLAGS", "Bad value for ai_flags"),
    ],
)
def test_a_failed_getaddrinfo_carries_its_number_and_the_text_of_gai_strerror(
    net: ModuleType, host: str, port: Any, family: int, flags: str, name: str, text: str
) -> None:
    with pytest.raises(net.gaierror) as caught:
        net.getaddrinfo(host, port, family, net.SOCK_STREAM, 0, getattr(net, flags) if flags else 1 << 20)
    assert caught.value.args == (getattr(net, name), text)
    assert caught.value.errno == getattr(net, name)


@pytest.mark.req("EXC-008")
def test_a_host_inside_an_address_fails_in_the_same_way(net: ModuleType, closing: Closing) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_DGRAM))
    with pytest.raises(net.gaierror) as caught:
        sock.connect(("::1", 80))
    assert caught.value.errno in (net.EAI_ADDRFAMILY, net.EAI_NONAME)


@pytest.mark.req("EXC-010")
def test_timeout_is_timeout_error(net: ModuleType) -> None:
    assert net.timeout is TimeoutError
    assert issubclass(net.timeout, OSError)


@pytest.mark.req("EXC-011")
@pytest.mark.parametrize("by_default", [False, True])
def test_a_timeout_carries_its_text_alone(net: ModuleType, closing: Closing, by_default: bool) -> None:
    net.setdefaulttimeout(0.01 if by_default else None)
    left, right = (closing(each) for each in net.socketpair())
    if not by_default:
        left.settimeout(0.01)
    with pytest.raises(TimeoutError) as caught:
        left.recv(1)
    assert type(caught.value) is TimeoutError
    assert caught.value.args == ("timed out",)
    assert caught.value.errno is None
    right.send(b"x")
    assert left.recv(1) == b"x"


@pytest.mark.req("EXC-011")
def test_a_connect_that_takes_too_long_times_out(
    net: ModuleType, closing: Closing, full_backlog: tuple[str, int]
) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    sock.settimeout(0.01)
    with pytest.raises(TimeoutError) as caught:
        sock.connect(full_backlog)
    assert caught.value.args == ("timed out",)


INTERRUPTED = """
import signal
class Raised(Exception):
    pass
def handler(*_):
    raise Raised
signal.signal(signal.SIGUSR1, handler)
outcomes = []
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.setblocking(False)
    for _ in range(2):
        try:
            outcomes.append(sock.{method}(("127.0.0.1", 9)))
        except (InterruptedError, Raised) as error:
            outcomes.append([type(error).__name__, *error.args])
report(outcomes)
"""


@pytest.mark.req("EXC-012", "MET-018")
@pytest.mark.simulated
@pytest.mark.parametrize(
    ("method", "outcomes"),
    [("connect", [["InterruptedError", 4, "Interrupted system call"], None]), ("connect_ex", [4, 0])],
)
def test_an_interrupted_connect_without_waiting_raises_interrupted_error(
    net: ModuleType, tmp_path: Path, method: str, outcomes: list[Any]
) -> None:
    shim = fresh.compile_shim("interrupted_connect", tmp_path)
    assert fresh.run(net, INTERRUPTED.format(method=method), preload=shim) == outcomes


@pytest.mark.req("EXC-012", "MET-018")
@pytest.mark.simulated
@pytest.mark.parametrize(("method", "afterwards"), [("connect", None), ("connect_ex", 0)])
def test_the_exception_of_the_handler_comes_instead_of_interrupted_error(
    net: ModuleType, tmp_path: Path, method: str, afterwards: Any
) -> None:
    shim = fresh.compile_shim("interrupted_connect", tmp_path)
    outcomes = fresh.run(net, INTERRUPTED.format(method=method), preload=shim, INTERRUPTED_CONNECT="with its signal")
    assert outcomes == [["Raised"], afterwards]


TWO_ADDRESSES = """
import subprocess
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
with socket.socket(socket.AF_INET) as four, socket.socket(socket.AF_INET6) as six:
    four.bind(("127.0.0.1", 0))
    port = four.getsockname()[1]
    six.bind(("::1", port))
    try:
        socket.create_connection(("two-addresses", port), timeout=5, all_errors=True)
    except Exception as group:
        report([type(group).__name__, group.message, [type(error).__name__ for error in group.exceptions]])
"""


@pytest.mark.req("EXC-013")
@pytest.mark.stdlib_since("3.11")
def test_all_failed_attempts_come_in_a_group(net: ModuleType, tmp_path: Path) -> None:
    if not shutil.which("ip"):
        pytest.skip("needs ip of iproute2 to bring loopback up in a namespace")
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 two-addresses\n::1 two-addresses\n")
    mounted = ["sh", "-c", 'mount --bind "$1" /etc/hosts && shift && "$@"', "sh", str(hosts)]
    wrapper = [*fresh.namespace("--net", "--mount"), *mounted]
    outcome = fresh.run(net, TWO_ADDRESSES, wrapper=wrapper)
    assert outcome == ["ExceptionGroup", "create_connection failed", ["ConnectionRefusedError"] * 2]


@pytest.mark.req("EXC-013")
def test_without_all_errors_the_last_failure_is_raised(net: ModuleType, refused_port: int) -> None:
    with pytest.raises(ConnectionRefusedError):
        net.create_connection(("localhost", refused_port), timeout=5)


@pytest.mark.req("EXC-014")
@pytest.mark.parametrize("value", [65536, -1, 2**80])
@pytest.mark.parametrize("function", ["htons", "ntohs"])
def test_numbers_beyond_16_bits_overflow(net: ModuleType, function: str, value: int) -> None:
    with pytest.raises(OverflowError):
        getattr(net, function)(value)


@pytest.mark.req("EXC-014")
@pytest.mark.parametrize("value", [-1, 2**31, 2**63 - 1, 2**80])
@pytest.mark.parametrize("function", ["CMSG_LEN", "CMSG_SPACE"])
def test_sizes_beyond_socklen_overflow(net: ModuleType, function: str, value: int) -> None:
    with pytest.raises(OverflowError):
        getattr(net, function)(value)


@pytest.mark.req("EXC-015")
@pytest.mark.parametrize(("family", "packed"), [("AF_INET", b"123"), ("AF_INET", b"12345"), ("AF_INET6", b"1" * 15)])
def test_a_packed_address_of_the_wrong_length_is_a_value_error(net: ModuleType, family: str, packed: bytes) -> None:
    with pytest.raises(ValueError, match="invalid length of packed IP address string"):
        net.inet_ntop(getattr(net, family), packed)


@pytest.mark.req("EXC-015")
def test_dual_stack_for_another_family_is_a_value_error(net: ModuleType) -> None:
    with pytest.raises(ValueError, match="dualstack_ipv6 requires AF_INET6 family"):
        net.create_server(("", 0), dualstack_ipv6=True)


@pytest.mark.req("EXC-015")
@pytest.mark.simulated
def test_dual_stack_where_no_such_socket_can_be_made_is_a_value_error(net: ModuleType) -> None:
    code = """
    import resource
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    except ValueError as error:
        report(str(error))
    """
    assert fresh.run(net, code) == "dualstack_ipv6 not supported on this platform"
