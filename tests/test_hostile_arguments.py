"""Arguments that change while they are read, or do not fit: never a crash, a stale buffer or a wrong object."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import fresh
import pytest

Pair = tuple[Any, Any]
Closing = Callable[[Any], Any]

BEYOND_INT = [2**31, -(2**31) - 1, 2**32, 2**32 + 1, 2**63, 2**64, -(2**80)]
FIXED = "reliability: the interpreter's own module crashes, or acts on another object, here"
NEEDS_PYTHON_BUFFERS = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="needs __buffer__ of Python classes, which came with Python 3.12"
)

EVIL = """
from array import array
class Evil:
    '''An integer, or a buffer, that acts when it is looked at.'''
    def __init__(self, act, value):
        self.act, self.value = act, value
    def __index__(self):
        self.act()
        return self.value
    def __buffer__(self, flags):
        self.act()
        return memoryview(self.value)
def tried(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__
left, right = socket.socketpair()
"""


def tried(net: ModuleType, code: str) -> Any:
    return fresh.run(net, f"{EVIL}\n{code}\nleft.close()\nright.close()\n")


@pytest.mark.req("MET-080")
@pytest.mark.parametrize(
    ("call", "refused"),
    [
        ("left.recv_into(buffer, Evil(buffer.clear, 2))", ["BufferError", "ValueError"]),
        ("left.recv_into(buffer, 2, Evil(buffer.clear, 0))", ["BufferError", "ValueError"]),
        ("left.recvfrom_into(buffer, Evil(buffer.clear, 2))", ["BufferError", "ValueError"]),
        ("left.recvmsg_into([buffer], Evil(buffer.clear, 0))[0]", ["BufferError", 0]),
        ("left.recvmsg_into([buffer], 0, Evil(buffer.clear, 0))[0]", ["BufferError", 0]),
        ("right.send(buffer, Evil(buffer.clear, 0))", ["BufferError", 0]),
        ("right.sendto(buffer, Evil(buffer.clear, 0), 'nowhere')", ["BufferError", "OSError", "FileNotFoundError"]),
        ("right.sendmsg([buffer], [], Evil(buffer.clear, 0))", ["BufferError", 0]),
        ("right.sendmsg([b'x'], [(1, Evil(buffer.clear, 2), buffer)])", ["BufferError", "OSError"]),
    ],
)
def test_a_buffer_emptied_by_another_argument_is_never_touched(net: ModuleType, call: str, refused: list[Any]) -> None:
    code = f"buffer = bytearray(b'12345678')\nright.send(b'abcd')\nreport(tried(lambda: {call}))"
    assert tried(net, code) in refused


@pytest.mark.parametrize(
    "call",
    [
        "left.recv(Evil(left.close, 10))",
        "left.recv(10, Evil(left.close, 0))",
        "left.recvfrom(10, Evil(left.close, 0))",
        "left.recv_into(bytearray(10), 0, Evil(left.close, 0))",
        "left.recvfrom_into(bytearray(10), Evil(left.close, 5))",
        "left.recvmsg(10, Evil(left.close, 0))",
        "left.recvmsg_into((each for each in [left.close(), bytearray(10)] if each))",
        "left.send(b'x', Evil(left.close, 0))",
        "left.sendall(b'x', Evil(left.close, 0))",
        "left.sendmsg((each for each in [left.close(), b'x'] if each))",
        "left.sendmsg([b'x'], [(1, Evil(left.close, 2), bytes(12))])",
        "left.sendto(b'x', Evil(left.close, 0), 'nowhere')",
        "left.listen(Evil(left.close, 1))",
        "left.shutdown(Evil(left.close, 2))",
        "left.setsockopt(1, Evil(left.close, 2), 1)",
        "left.getsockopt(1, Evil(left.close, 2))",
    ],
)
def test_a_socket_closed_by_its_argument_is_a_bad_descriptor(net: ModuleType, call: str) -> None:
    code = f"""
keep = [os.open(os.devnull, os.O_RDONLY) for _ in range(3)]
try:
    {call}
    outcome = "went on"
except OSError as error:
    outcome = error.errno
report(outcome)
"""
    assert tried(net, f"import os\n{code}") == 9


@pytest.mark.parametrize("call", ["bind", "connect", "connect_ex"])
def test_a_socket_closed_by_its_address_is_a_bad_descriptor(net: ModuleType, call: str) -> None:
    code = f"""
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    outcome = sock.{call}(("127.0.0.1", Evil(sock.close, 9)))
except OSError as error:
    outcome = error.errno
report(outcome)
"""
    assert tried(net, code) == 9


@pytest.mark.req("MET-093")
@pytest.mark.berkeley_only(FIXED)
@pytest.mark.parametrize(
    "ancdata",
    [
        "item[:] = [Evil(item.clear, 1), 2, credentials]; ancdata = [item]",
        "item[:] = [1, Evil(item.clear, 2), credentials]; ancdata = [item]",
        "ancdata = []; ancdata += [(Evil(ancdata.clear, 1), 2, credentials)] * 1",
        "ancdata = []; ancdata += [(1, Evil(lambda: ancdata.extend([5] * 100), 2), credentials)]",
        "item[:] = [1, Evil(credentials.clear, 2), credentials]; ancdata = [item]",
    ],
)
def test_control_messages_that_change_while_they_are_read(net: ModuleType, ancdata: str) -> None:
    code = f"""
import os
credentials = array("i", [os.getpid(), os.getuid(), os.getgid()])
credentials = bytearray(credentials.tobytes())
right.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
item = []
{ancdata}
report(tried(lambda: left.sendmsg([b"x"], ancdata)))
"""
    assert tried(net, code) in (1, "TypeError", "BufferError", "OSError")


@pytest.mark.req("MET-092", "MET-093")
@pytest.mark.berkeley_only(FIXED)
@NEEDS_PYTHON_BUFFERS
@pytest.mark.parametrize(
    "code",
    [
        "buffers = [Evil(lambda: buffers.clear(), b'ab'), bytearray(b'cd')]; call = lambda: left.sendmsg(buffers)",
        "buffers = [Evil(lambda: buffers.extend([b'x'] * 3000), b'abcd')]; call = lambda: left.sendmsg(buffers)",
        "ancdata = [[1, 2, Evil(lambda: ancdata[0].clear(), b'x')]]; call = lambda: left.sendmsg([b'abcd'], ancdata)",
        "ancdata = [(1, 2, Evil(lambda: ancdata.clear(), b'x'))]; call = lambda: left.sendmsg([b'abcd'], ancdata)",
        "data = bytearray(b'abcd'); ancdata = [(1, 2, Evil(data.clear, b'x'))]; "
        "call = lambda: left.sendmsg([data], ancdata)",
    ],
)
def test_lists_that_change_while_sendmsg_reads_them(net: ModuleType, code: str) -> None:
    assert tried(net, f"{code}\nreport(tried(call))") in (2, 4, "TypeError", "BufferError", "OSError")


@pytest.mark.req("MET-076")
@pytest.mark.berkeley_only(FIXED)
@NEEDS_PYTHON_BUFFERS
@pytest.mark.parametrize(
    "act", ["buffers.clear()", "buffers.extend([bytearray(1)] * 3000)", "buffers.pop()", "storage.extend(b'x' * 9999)"]
)
def test_lists_that_change_while_recvmsg_into_reads_them(net: ModuleType, act: str) -> None:
    code = f"""
storage, other = bytearray(4), bytearray(4)
buffers = [Evil(lambda: {act}, storage), other]
right.send(b"abcdefgh")
report([tried(lambda: left.recvmsg_into(buffers)[0]), (storage + other)[:8].decode()])
"""
    count, received = tried(net, code)
    if isinstance(count, int):
        assert count in (4, 8)
        assert received[:count] == "abcdefgh"[:count]
    else:
        assert count in ("TypeError", "BufferError")


@pytest.mark.parametrize("method", ["recv_into", "recvfrom_into", "recvmsg_into"])
def test_a_buffer_cannot_be_resized_while_a_receive_waits_for_it(
    net: ModuleType, unix_pair: Pair, in_thread: Callable[..., Any], method: str
) -> None:
    sock, peer = unix_pair
    buffer = bytearray(4)
    waiting = in_thread(getattr(sock, method), [buffer] if method == "recvmsg_into" else buffer)
    deadline = time.monotonic() + 10
    while True:
        try:
            buffer.append(0)
            del buffer[4:]
        except BufferError:
            break
        assert time.monotonic() < deadline
    peer.send(b"abcd")
    waiting.join(10)
    assert buffer == b"abcd"
    buffer.append(0)


def test_a_buffer_cannot_be_resized_while_a_send_waits(
    net: ModuleType, unix_pair: Pair, in_thread: Callable[..., Any]
) -> None:
    sock, peer = unix_pair
    buffer = bytearray(5_000_000)
    waiting = in_thread(sock.sendall, buffer)
    assert peer.recv(1) == b"\0"
    with pytest.raises(BufferError):
        buffer.append(0)
    rest = len(buffer) - 1
    while rest:
        rest -= len(peer.recv(1 << 20))
    waiting.join(10)
    buffer.append(0)


@pytest.mark.req("MET-058", "MET-061")
@pytest.mark.berkeley_only("decisions: a receive never returns more bytes than were written into its buffer")
@pytest.mark.parametrize("bufsize", [1, 4, 5000])
def test_a_truncated_datagram_is_no_longer_than_its_buffer(net: ModuleType, udp_pair: Pair, bufsize: int) -> None:
    sock, peer = udp_pair
    message = b"abcdef" * 2000
    for receive in (sock.recv, lambda *arguments: sock.recvfrom(*arguments)[0]):
        peer.sendto(message, sock.getsockname())
        assert receive(bufsize, net.MSG_TRUNC) == message[:bufsize]


@pytest.mark.req("MET-064")
@pytest.mark.parametrize("bufsize", [1, 4, 5000])
def test_a_truncated_message_is_no_longer_than_its_buffer(net: ModuleType, udp_pair: Pair, bufsize: int) -> None:
    sock, peer = udp_pair
    peer.sendto(b"abcdef" * 2000, sock.getsockname())
    data, _, flags, _ = sock.recvmsg(bufsize, 0, net.MSG_TRUNC)
    assert data == (b"abcdef" * 2000)[:bufsize]
    assert flags & net.MSG_TRUNC


@pytest.mark.req("MET-058", "MET-061")
@pytest.mark.berkeley_only("decisions: a receive never returns more bytes than were written into its buffer")
@pytest.mark.parametrize("method", ["recv", "recvfrom", "recvmsg"])
def test_discarded_stream_data_does_not_uncover_old_memory(net: ModuleType, tcp_pair: Pair, method: str) -> None:
    sock, peer = tcp_pair
    secrets = [b"\xa5" * size for size in (64, 500, 5000)]
    peer.sendall(b"x" * 6000 + b"rest")
    received = 0
    for size in (64, 500, 5000):
        del secrets[0]
        arguments = (size, 0, net.MSG_TRUNC) if method == "recvmsg" else (size, net.MSG_TRUNC)
        data = getattr(sock, method)(*arguments)
        received += size
        assert not (data[0] if isinstance(data, tuple) else data).strip(b"\0")
    assert sock.recv(6000 - received, net.MSG_WAITALL) == b"x" * (6000 - received)
    assert sock.recv(10) == b"rest"


INTEGER_CALLS: dict[str, Callable[[Any, Any, int], Any]] = {
    "recv flags": lambda net, sock, value: sock.recv(1, value),
    "recvfrom flags": lambda net, sock, value: sock.recvfrom(1, value),
    "recv_into flags": lambda net, sock, value: sock.recv_into(bytearray(1), 0, value),
    "recvfrom_into flags": lambda net, sock, value: sock.recvfrom_into(bytearray(1), 0, value),
    "recvmsg flags": lambda net, sock, value: sock.recvmsg(1, 0, value),
    "recvmsg_into flags": lambda net, sock, value: sock.recvmsg_into([bytearray(1)], 0, value),
    "send flags": lambda net, sock, value: sock.send(b"x", value),
    "sendall flags": lambda net, sock, value: sock.sendall(b"x", value),
    "sendto flags": lambda net, sock, value: sock.sendto(b"x", value, "nowhere"),
    "sendmsg flags": lambda net, sock, value: sock.sendmsg([b"x"], [], value),
    "listen backlog": lambda net, sock, value: sock.listen(value),
    "shutdown how": lambda net, sock, value: sock.shutdown(value),
    "getsockopt level": lambda net, sock, value: sock.getsockopt(value, 3),
    "getsockopt option": lambda net, sock, value: sock.getsockopt(1, value),
    "getsockopt length": lambda net, sock, value: sock.getsockopt(1, 3, value),
    "setsockopt level": lambda net, sock, value: sock.setsockopt(value, 2, 1),
    "setsockopt option": lambda net, sock, value: sock.setsockopt(1, value, 1),
    "socket family": lambda net, sock, value: net.socket(value),
    "socket type": lambda net, sock, value: net.socket(1, value),
    "socket protocol": lambda net, sock, value: net.socket(1, 1, value),
    "socketpair family": lambda net, sock, value: net.socketpair(value),
    "getaddrinfo family": lambda net, sock, value: net.getaddrinfo("127.0.0.1", 1, value),
    "getnameinfo flags": lambda net, sock, value: net.getnameinfo(("127.0.0.1", 1), value),
    "inet_ntop family": lambda net, sock, value: net.inet_ntop(value, b"1234"),
    "inet_pton family": lambda net, sock, value: net.inet_pton(value, "1.2.3.4"),
}


@pytest.mark.req("EXC-002")
@pytest.mark.parametrize("value", BEYOND_INT)
@pytest.mark.parametrize("name", INTEGER_CALLS)
def test_an_integer_beyond_a_c_int_overflows(net: ModuleType, unix_pair: Pair, name: str, value: int) -> None:
    with pytest.raises(OverflowError):
        INTEGER_CALLS[name](net, unix_pair[0], value)


@pytest.mark.req("EXC-002")
@pytest.mark.berkeley_only(FIXED)
@pytest.mark.parametrize("beyond", [2**32, 2**33, -(2**32), 2**64])
def test_a_descriptor_number_beyond_a_c_int_is_not_another_descriptor(
    net: ModuleType, unix_pair: Pair, beyond: int
) -> None:
    with pytest.raises(OverflowError):
        net.socket(net.AF_UNIX, net.SOCK_STREAM, 0, fileno=beyond + unix_pair[0].fileno())


@pytest.mark.req("EXC-002")
@pytest.mark.berkeley_only(FIXED)
@pytest.mark.parametrize("function", ["fromfd", "dup", "close"])
def test_module_functions_refuse_a_descriptor_number_beyond_a_c_int(
    net: ModuleType, unix_pair: Pair, function: str
) -> None:
    number = 2**32 + unix_pair[0].fileno()
    with pytest.raises(OverflowError):
        getattr(net, function)(*((number, net.AF_UNIX, net.SOCK_STREAM) if function == "fromfd" else (number,)))
    assert os.fstat(unix_pair[0].fileno())


@pytest.mark.req("EXC-002")
@pytest.mark.berkeley_only(FIXED)
@pytest.mark.parametrize("index", [2**32 + 1, 2**33 + 1, 2**64 + 1, -1])
def test_an_interface_index_beyond_its_type_is_not_another_interface(net: ModuleType, index: int) -> None:
    with pytest.raises((OverflowError, ValueError) if index < 0 else OverflowError):
        net.if_indextoname(index)


@pytest.mark.req("EXC-002")
@pytest.mark.parametrize("port", [65536, -1, 2**16 + 80, 2**31, 2**32 + 80, 2**64 + 80])
@pytest.mark.parametrize("method", ["bind", "connect", "connect_ex"])
@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
def test_a_port_beyond_16_bits_overflows(
    net: ModuleType, closing: Closing, family: str, method: str, port: int
) -> None:
    sock = closing(net.socket(getattr(net, family), net.SOCK_DGRAM))
    with pytest.raises(OverflowError):
        getattr(sock, method)(("::1" if family == "AF_INET6" else "127.0.0.1", port))


@pytest.mark.req("EXC-002")
@pytest.mark.berkeley_only("decisions: an embedded NUL in a path is ValueError, never a path cut short")
@pytest.mark.parametrize("form", [str, os.fsencode, Path], ids=["str", "bytes", "Path"])
@pytest.mark.parametrize("method", ["bind", "connect", "connect_ex", "sendto", "sendmsg"])
def test_a_nul_in_a_path_is_refused(
    net: ModuleType, closing: Closing, tmp_path: Path, method: str, form: Callable[[str], Any]
) -> None:
    path = form(f"{tmp_path}/before\0after")
    sock = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
    listening = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
    if method != "bind":
        listening.bind(f"{tmp_path}/before")
    arguments = {"sendto": (b"x", path), "sendmsg": ([b"x"], [], 0, path)}.get(method, (path,))
    with pytest.raises(ValueError, match=r"(?i)nul"):
        getattr(sock, method)(*arguments)
    assert (tmp_path / "before").exists() == (method != "bind")


def test_a_nul_in_an_abstract_name_is_part_of_the_name(net: ModuleType, closing: Closing) -> None:
    name = b"\0berkeley test\0" + os.urandom(8) + b"\0\0end"
    sock = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
    sock.bind(name)
    assert sock.getsockname() == name


@pytest.mark.req("EXC-002")
@pytest.mark.berkeley_only("decisions: a NUL in a host or service is ValueError, never a lookup of the part before it")
@pytest.mark.parametrize(
    "call",
    [
        lambda net, sock: net.getaddrinfo("127.0.0.1\0x", 80),
        lambda net, sock: net.getaddrinfo(b"127.0.0.1\0x", 80),
        lambda net, sock: net.getaddrinfo("127.0.0.1", "80\0x"),
        lambda net, sock: net.getaddrinfo("127.0.0.1", b"80\0x"),
        lambda net, sock: net.gethostbyname("127.0.0.1\0x"),
        lambda net, sock: net.gethostbyname(b"127.0.0.1\0x"),
        lambda net, sock: net.gethostbyname_ex("127.0.0.1\0x"),
        lambda net, sock: net.gethostbyaddr("127.0.0.1\0x"),
        lambda net, sock: net.getnameinfo(("127.0.0.1\0x", 80), net.NI_NUMERICHOST),
        lambda net, sock: net.getservbyname("http\0x"),
        lambda net, sock: net.getservbyname("http", "tcp\0x"),
        lambda net, sock: net.getservbyport(80, "tcp\0x"),
        lambda net, sock: net.getprotobyname("tcp\0x"),
        lambda net, sock: net.if_nametoindex("lo\0x"),
        lambda net, sock: net.inet_aton("127.0.0.1\0x"),
        lambda net, sock: net.inet_pton(net.AF_INET, "127.0.0.1\0x"),
        lambda net, sock: net.create_connection(("127.0.0.1\0x", 9)),
        lambda net, sock: sock.bind(("127.0.0.1\0x", 0)),
        lambda net, sock: sock.bind((b"127.0.0.1\0x", 0)),
        lambda net, sock: sock.connect(("127.0.0.1\0x", 9)),
        lambda net, sock: sock.connect_ex(("127.0.0.1\0x", 9)),
        lambda net, sock: sock.sendto(b"x", ("127.0.0.1\0x", 9)),
        lambda net, sock: sock.sendmsg([b"x"], [], 0, ("127.0.0.1\0x", 9)),
    ],
)
def test_a_nul_in_a_host_or_service_is_refused(
    net: ModuleType, closing: Closing, call: Callable[[Any, Any], Any]
) -> None:
    with pytest.raises(ValueError, match=r"(?i)nul"):
        call(net, closing(net.socket(net.AF_INET, net.SOCK_DGRAM)))


class Refusing:
    """Raises from everything that conversion of an argument may call."""

    def __index__(self) -> int:
        raise LookupError("from the argument")

    def __iter__(self) -> Any:
        raise LookupError("from the argument")


@pytest.mark.parametrize(
    "call",
    [
        lambda sock: sock.recv(Refusing()),
        lambda sock: sock.recv(1, Refusing()),
        lambda sock: sock.recv_into(bytearray(1), Refusing()),
        lambda sock: sock.recvmsg(1, Refusing()),
        lambda sock: sock.recvmsg_into(Refusing()),
        lambda sock: sock.send(b"x", Refusing()),
        lambda sock: sock.sendmsg([b"x"], [(1, Refusing(), b"x")]),
        lambda sock: sock.setsockopt(1, Refusing(), 1),
        lambda sock: sock.listen(Refusing()),
        lambda sock: sock.shutdown(Refusing()),
    ],
)
def test_an_exception_of_an_argument_goes_through(unix_pair: Pair, call: Callable[[Any], Any]) -> None:
    with pytest.raises(LookupError, match="from the argument"):
        call(unix_pair[0])
