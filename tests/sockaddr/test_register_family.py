"""register_family(): a program gives an address family a format of its own. Each test has a process of its own."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import fresh
import pytest

pytestmark = pytest.mark.berkeley_only("addition: register_family()")

SPARE = 200  # no system has a family of this number

# "host:port" for AF_INET, a pair of numbers for the spare family.
FORMATS = """
import errno, os, struct

def to_bytes(text, proto):
    host, _, port = text.rpartition(":")
    return struct.pack(">H4s8x", int(port), socket.inet_aton(host))

def from_bytes(body, proto):
    port, host = struct.unpack(">H4s8x", body)
    return f"{socket.inet_ntoa(host)}:{port}"

def pack_pair(pair, proto):
    return struct.pack(">HH", *pair)

def unpack_pair(body, proto):
    return struct.unpack(">HH", body)

def outcome(call):
    try:
        return ["returned", call()]
    except Exception as error:
        return ["raised", type(error).__name__, str(error)]

def fail(address, proto):
    raise LookupError("not today")

def text_for_inet(encode=to_bytes, decode=from_bytes):
    socket.register_family(socket.AF_INET, encode=encode, decode=decode, replace=True)
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh.compile_shim("any_family", tmp_path_factory.mktemp("shim"))


def test_a_family_without_a_format_has_the_one_given(net: ModuleType, shim: Path) -> None:
    code = f"""
    socket.register_family({SPARE}, encode=pack_pair, decode=unpack_pair)
    with socket.socket({SPARE}, socket.SOCK_DGRAM) as sock:
        sock.connect((1, 515))
        report(sock.getpeername())
    """
    assert fresh.run(net, code, before=FORMATS, preload=shim) == [1, 515]


def test_sockets_that_exist_already_speak_the_new_format(net: ModuleType, shim: Path) -> None:
    code = f"""
    with socket.socket({SPARE}, socket.SOCK_DGRAM) as sock:
        sock.connect(({SPARE}, b"abcd"))
        raw = sock.getpeername()[0], sock.getpeername()[1].decode()
        socket.register_family({SPARE}, encode=pack_pair, decode=unpack_pair)
        report([raw, sock.getpeername()])
    """
    assert fresh.run(net, code, before=FORMATS, preload=shim) == [[SPARE, "abcd"], [0x6162, 0x6364]]


def test_the_header_is_not_the_business_of_the_functions(net: ModuleType) -> None:
    code = f"""
    from berkeley.sockaddr import codec
    seen = []
    def encode(address, proto):
        seen.append([address, proto])
        return b"body"
    def decode(body, proto):
        seen.append([body.decode(), proto, type(body).__name__])
        return "address"
    socket.register_family({SPARE}, encode=encode, decode=decode)
    raw = codec({SPARE}).encode("given", proto=7)
    assert codec({SPARE}).decode(raw, proto=8) == "address"
    report([raw == struct.pack("=H", {SPARE}) + b"body", seen])
    """
    assert fresh.run(net, code, before=FORMATS) == [True, [["given", 7], ["body", 8, "bytes"]]]


def test_the_kernel_takes_and_reports_addresses_in_a_new_form(net: ModuleType) -> None:
    code = """
    text_for_inet()
    one, two = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    with one, two:
        one.bind("127.0.0.1:0")
        two.sendto(b"data", one.getsockname())
        data, sender = one.recvfrom(10)
        assert sender == f"127.0.0.1:{two.getsockname().rpartition(':')[2]}"
        report([data.decode(), one.getsockname().rpartition(":")[0]])
    """
    assert fresh.run(net, code, before=FORMATS) == ["data", "127.0.0.1"]


def test_accept_reports_the_peer_in_the_new_form(net: ModuleType) -> None:
    code = """
    text_for_inet()
    with socket.socket() as server, socket.socket() as client:
        server.bind("127.0.0.1:0")
        server.listen()
        client.connect(server.getsockname())
        conn, address = server.accept()
        conn.close()
        report(address == client.getsockname())
    """
    assert fresh.run(net, code, before=FORMATS) is True


def test_other_families_stay_as_they_are(net: ModuleType) -> None:
    code = """
    text_for_inet()
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind("\\0" + str(os.getpid()))
        report(sock.getsockname()[0])
    """
    assert fresh.run(net, code, before=FORMATS) == 0


@pytest.mark.parametrize("family", ["socket.AF_INET", "socket.AF_CAN", "socket.AF_VSOCK"])
def test_a_format_of_berkeley_is_only_replaced_on_demand(net: ModuleType, family: str) -> None:
    code = f"""
    refused = outcome(lambda: socket.register_family({family}, encode=pack_pair, decode=unpack_pair))
    socket.register_family({family}, encode=pack_pair, decode=unpack_pair, replace=True)
    report(refused[:2])
    """
    assert fresh.run(net, code, before=FORMATS) == ["raised", "ValueError"]


def test_a_format_of_the_program_is_only_replaced_on_demand(net: ModuleType) -> None:
    code = f"""
    from berkeley.sockaddr import codec
    socket.register_family({SPARE}, encode=pack_pair, decode=unpack_pair)
    refused = outcome(lambda: socket.register_family({SPARE}, encode=to_bytes, decode=from_bytes))
    first = codec({SPARE}).encode((1, 2)).hex()
    socket.register_family({SPARE}, encode=lambda address, proto: b"new", decode=from_bytes, replace=True)
    report([refused[:2], first[4:], codec({SPARE}).encode(None)[2:].decode()])
    """
    assert fresh.run(net, code, before=FORMATS) == [["raised", "ValueError"], "00010002", "new"]


@pytest.mark.parametrize("family", [-1, 256, 1 << 30])
def test_a_family_outside_0_to_255_is_a_value_error(net: ModuleType, family: int) -> None:
    with pytest.raises(ValueError, match="0-255"):
        net.register_family(family, encode=len, decode=len)


@pytest.mark.parametrize("family", ["200", 200.0, None])
def test_a_family_that_is_no_integer_is_a_type_error(net: ModuleType, family: object) -> None:
    with pytest.raises(TypeError):
        net.register_family(family, encode=len, decode=len)


@pytest.mark.parametrize(("encode", "decode"), [(None, len), (len, "text"), (5, 5)])
def test_functions_that_cannot_be_called_are_a_type_error(net: ModuleType, encode: object, decode: object) -> None:
    with pytest.raises(TypeError, match="callable"):
        net.register_family(SPARE, encode=encode, decode=decode)


def test_the_functions_are_given_by_name(net: ModuleType) -> None:
    with pytest.raises(TypeError):
        net.register_family(SPARE, len, len)
    with pytest.raises(TypeError):
        net.register_family(SPARE, encode=len)


@pytest.mark.parametrize(
    "call", ["bind('x')", "connect('x')", "connect_ex('x')", "sendto(b'', 'x')", "sendmsg([], [], 0, 'x')"]
)
def test_what_encode_raises_reaches_the_caller(net: ModuleType, call: str) -> None:
    code = f"""
    text_for_inet(encode=fail)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        report(outcome(lambda: sock.{call}))
    """
    assert fresh.run(net, code, before=FORMATS) == ["raised", "LookupError", "not today"]


def test_what_decode_raises_reaches_the_caller(net: ModuleType) -> None:
    code = """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.connect(sock.getsockname())
        sock.send(b"one")
        sock.send(b"two")
        text_for_inet(decode=fail)
        calls = sock.getsockname, sock.getpeername, lambda: sock.recvfrom(10), lambda: sock.recvmsg(10)
        report([outcome(call)[1:] for call in calls])
    """
    assert fresh.run(net, code, before=FORMATS) == [["LookupError", "not today"]] * 4


def test_an_accepted_descriptor_is_closed_when_decode_raises(net: ModuleType) -> None:
    code = """
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
        text_for_inet(decode=fail)
        before = os.listdir("/proc/self/fd")
        refused = outcome(server.accept)
        client.settimeout(10)
        report([refused[1], os.listdir("/proc/self/fd") == before, client.recv(1).decode()])
    """
    assert fresh.run(net, code, before=FORMATS) == ["LookupError", True, ""]


@pytest.mark.parametrize(("size", "result"), [(0, "returned"), (126, "returned"), (127, "raised"), (100000, "raised")])
def test_the_bytes_fit_a_sockaddr_storage(net: ModuleType, size: int, result: str) -> None:
    code = f"""
    from berkeley.sockaddr import codec
    socket.register_family({SPARE}, encode=lambda size, proto: bytes(size), decode=lambda body, proto: len(body))
    there_and_back = lambda: codec({SPARE}).decode(codec({SPARE}).encode({size}))
    report(outcome(there_and_back)[:2])
    """
    assert fresh.run(net, code, before=FORMATS) == [result, size if result == "returned" else "ValueError"]


@pytest.mark.parametrize("kind", ["bytearray", "memoryview"])
def test_encode_may_return_any_bytes_like_object(net: ModuleType, kind: str) -> None:
    code = f"""
    text_for_inet(encode=lambda text, proto: {kind}(to_bytes(text, proto)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind("127.0.0.9:0")
        report(sock.getsockname().rpartition(":")[0])
    """
    assert fresh.run(net, code, before=FORMATS) == "127.0.0.9"


@pytest.mark.parametrize("result", ["'text'", "5", "None", "[1, 2]"])
def test_anything_else_from_encode_is_a_type_error(net: ModuleType, result: str) -> None:
    code = f"""
    text_for_inet(encode=lambda text, proto: {result})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        report(outcome(lambda: sock.bind("127.0.0.1:0"))[:2])
    """
    assert fresh.run(net, code, before=FORMATS) == ["raised", "TypeError"]


def test_a_function_may_use_sockets_and_register_families_itself(net: ModuleType) -> None:
    code = f"""
    def encode(address, proto):
        with socket.socket(socket.AF_UNIX) as other:
            other.bind("\\0" + str(os.getpid()))
            other.getsockname()
        socket.register_family({SPARE}, encode=pack_pair, decode=unpack_pair, replace=True)
        return to_bytes(address, proto)
    text_for_inet(encode=encode)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind("127.0.0.1:0")
        report(sock.getsockname().rpartition(":")[0])
    """
    assert fresh.run(net, code, before=FORMATS) == "127.0.0.1"


def test_repr_survives_a_format_that_fails(net: ModuleType) -> None:
    code = """
    text_for_inet(decode=fail)
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind("127.0.0.1:0")
        report(repr(sock))
    """
    assert "laddr" not in fresh.run(net, code, before=FORMATS)


def test_a_number_beyond_a_c_int_is_a_value_error_too(net: ModuleType) -> None:
    code = "report(outcome(lambda: socket.register_family(1 << 40, encode=pack_pair, decode=unpack_pair)))"
    assert fresh.run(net, code, before=FORMATS)[:2] == ["raised", "ValueError"]


def test_a_format_registered_while_another_thread_imports_the_own_one_stays(net: ModuleType, shim: Path) -> None:
    code = """
    import threading
    importing, registered = threading.Event(), threading.Event()

    class Slow:
        def find_spec(self, name, path=None, target=None):
            if name == "berkeley.sockaddr.tipc":
                importing.set()
                registered.wait(10)

    sys.meta_path.insert(0, Slow())
    first = threading.Thread(target=lambda: socket.socket(socket.AF_TIPC, socket.SOCK_DGRAM).close())
    first.start()
    importing.wait(10)
    socket.register_family(socket.AF_TIPC, encode=pack_pair, decode=unpack_pair, replace=True)
    registered.set()
    first.join()
    with socket.socket(socket.AF_TIPC, socket.SOCK_DGRAM) as sock:
        sock.connect((1, 515))
        report(sock.getpeername())
    """
    assert fresh.run(net, code, before=FORMATS, preload=shim) == [1, 515]
