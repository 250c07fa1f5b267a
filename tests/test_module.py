"""The module as a whole: its names, its star import, and what the two documents say of it in general."""

from __future__ import annotations

import json
import socket as stdlib_socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from isolation import evaluate, run_python

DOCUMENTED: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("documented_names.json").read_text("ascii"),
)


def absent(owner: Any, names: list[str]) -> list[str]:
    return [name for name in names if not hasattr(owner, name)]


@pytest.mark.req("MOD-001")
@pytest.mark.parametrize("kind", ["functions", "types", "exceptions", "undocumented"])
def test_every_documented_callable_and_class_is_there(net: ModuleType, kind: str) -> None:
    assert absent(net, DOCUMENTED[kind]) == []


@pytest.mark.req("MOD-001")
@pytest.mark.stdlib_since("3.12")
def test_every_documented_linux_constant_is_there(net: ModuleType) -> None:
    assert absent(net, DOCUMENTED["constants"]) == []


@pytest.mark.req("MOD-001")
@pytest.mark.berkeley_only("whether the interpreter has these depends on the headers of the machine that built it")
def test_bluetooth_constants_do_not_depend_on_the_build_machine(net: ModuleType) -> None:
    assert absent(net, DOCUMENTED["bluetooth"]) == []


@pytest.mark.req("MOD-001")
def test_names_of_other_systems_are_absent(net: ModuleType) -> None:
    assert [name for name in DOCUMENTED["elsewhere"] if hasattr(net, name)] == []


@pytest.mark.req("MOD-001", "MOD-005")
@pytest.mark.parametrize("kind", ["methods", "attributes"])
def test_socket_objects_have_every_documented_method_and_attribute(net: ModuleType, kind: str, closing: Any) -> None:
    assert absent(closing(net.socket()), DOCUMENTED[kind]) == []


@pytest.mark.req("MOD-001")
def test_socket_objects_lack_the_methods_of_windows(net: ModuleType) -> None:
    assert absent(net.socket, DOCUMENTED["methods_elsewhere"]) == DOCUMENTED["methods_elsewhere"]


def outcome(call: Callable[[ModuleType], Any], module: ModuleType) -> tuple[type, tuple[Any, ...], Any, Any]:
    with pytest.raises(OSError) as caught:
        call(module)
    return type(caught.value), caught.value.args, caught.value.errno, caught.value.strerror


def refused(module: ModuleType) -> None:
    with module.socket() as unheard, module.socket() as client:
        unheard.bind(("127.0.0.1", 0))
        client.connect(unheard.getsockname())


def in_use(module: ModuleType) -> None:
    with module.socket() as owner, module.socket() as second:
        owner.bind(("127.0.0.1", 0))
        second.bind(owner.getsockname())


def unsupported(module: ModuleType) -> None:
    module.socket(63, module.SOCK_STREAM)


@pytest.mark.req("MOD-003")
@pytest.mark.parametrize("provoke", [refused, in_use, unsupported])
def test_errors_of_the_system_come_through_unchanged(net: ModuleType, provoke: Callable[[ModuleType], Any]) -> None:
    assert outcome(provoke, net) == outcome(provoke, stdlib_socket)


@pytest.mark.req("MOD-005")
def test_system_calls_are_methods_of_what_socket_returns(net: ModuleType, closing: Any) -> None:
    server, client = closing(net.socket()), closing(net.socket())
    server.bind(("127.0.0.1", 0))
    server.listen(1)
    client.connect(server.getsockname())
    accepted, address = server.accept()
    closing(accepted)
    assert address == client.getsockname()


@pytest.mark.req("MOD-006")
def test_receive_takes_a_size_and_returns_only_what_came(net: ModuleType, unix_pair: Any) -> None:
    left, right = unix_pair
    left.send(b"abc")
    assert right.recv(1024) == b"abc"


@pytest.mark.req("MOD-006")
def test_send_takes_the_length_from_its_data(net: ModuleType, unix_pair: Any) -> None:
    assert unix_pair[0].send(b"abc") == 3


@pytest.mark.req("MOD-007")
@pytest.mark.parametrize("method", ["read", "write"])
def test_sockets_are_not_files(net: ModuleType, method: str) -> None:
    assert not hasattr(net.socket, method)


def star_import(net: ModuleType) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(f"from {net.__name__} import *", names)
    return names


@pytest.mark.req("MOD-008")
@pytest.mark.parametrize("kind", ["functions", "types", "exceptions"])
def test_star_import_brings_in_callables_and_classes(net: ModuleType, kind: str) -> None:
    assert sorted(set(DOCUMENTED[kind]) - set(star_import(net))) == []


@pytest.mark.req("MOD-008")
@pytest.mark.stdlib_since("3.12")
def test_star_import_brings_in_the_constants(net: ModuleType) -> None:
    assert sorted(set(DOCUMENTED["constants"]) - set(star_import(net))) == []


@pytest.mark.req("MOD-008")
def test_bare_names_of_a_star_import_make_a_socket(net: ModuleType, closing: Any) -> None:
    names = star_import(net)
    assert isinstance(closing(eval("socket(AF_INET, SOCK_STREAM)", names)), net.socket)


@pytest.mark.req("MOD-008")
def test_every_name_of_all_exists_once(net: ModuleType) -> None:
    assert absent(net, net.__all__) == []
    assert len(net.__all__) == len(set(net.__all__))


@pytest.mark.req("MOD-008")
def test_every_upper_case_name_is_in_all(net: ModuleType) -> None:
    errno_names = {"EBADF", "EAGAIN", "EWOULDBLOCK"}
    upper = {name for name in dir(net) if name.isupper() and not name.startswith("_")}
    assert sorted(upper - errno_names - set(net.__all__)) == []


OLD_EXAMPLES = """
def serve(listening):
    conn, addr = listening.accept()
    while 1:
        data = conn.recv(1024)
        if not data: break
        conn.send(data)
    conn.close()

s = socket(AF_INET, SOCK_STREAM)
s.bind(('', 0))
s.listen(1)
import threading
server = threading.Thread(target=serve, args=(s,))
server.start()
c = socket(AF_INET, SOCK_STREAM)
c.connect(('localhost', s.getsockname()[1]))
c.send(b'Hello, world')
data = c.recv(1024)
c.close()
server.join()
s.close()
"""


@pytest.mark.req("MOD-008")
def test_old_echo_programs_run_with_bare_names(net: ModuleType) -> None:
    names = star_import(net)
    exec(OLD_EXAMPLES, names)
    assert names["data"] == b"Hello, world"


@pytest.mark.req("MOD-011")
def test_sockets_switch_between_blocking_nonblocking_and_timeout_mode(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_DGRAM))
    sock.bind(("127.0.0.1", 0))
    sock.setblocking(False)
    with pytest.raises(BlockingIOError):
        sock.recv(1)
    sock.settimeout(0.05)
    with pytest.raises(TimeoutError):
        sock.recv(1)
    sock.setblocking(True)
    assert sock.gettimeout() is None


@pytest.mark.req("MOD-012")
@pytest.mark.parametrize("family", ["AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET"])
def test_sockets_of_old_and_newer_families_can_be_made(net: ModuleType, family: str, closing: Any) -> None:
    number = getattr(net, family)
    try:
        sock = closing(net.socket(number, net.SOCK_DGRAM))
    except PermissionError:
        pytest.skip(f"{family} sockets need CAP_NET_RAW")
    assert sock.family == number


WITHOUT_STDLIB = """
import sys, threading
sys.modules["socket"] = sys.modules["_socket"] = None
import berkeley as net

def echo(server):
    conn, _ = server.accept()
    with conn:
        conn.sendall(conn.recv(100))

(family, kind, proto, _, address), = net.getaddrinfo("127.0.0.1", 0, type=net.SOCK_STREAM)
with net.create_server(address, family=family) as server:
    thread = threading.Thread(target=echo, args=(server,))
    thread.start()
    with net.create_connection(server.getsockname(), timeout=10) as client:
        client.sendall(b"alone")
        print(client.recv(100).decode())
    thread.join()
assert sys.modules["socket"] is None and sys.modules["_socket"] is None
"""


@pytest.mark.req("MOD-001")
@pytest.mark.berkeley_only("shows that nothing of the interpreter's own module is used")
def test_the_package_works_where_the_interpreter_has_no_socket_module(net: ModuleType) -> None:
    assert run_python(WITHOUT_STDLIB) == "alone\n"


@pytest.mark.berkeley_only("a property of the package")
def test_import_leaves_the_standard_modules_alone(net: ModuleType) -> None:
    code = "import sys\nimport berkeley\nprint('socket' in sys.modules, '_socket' in sys.modules)"
    assert run_python(code) == "False False\n"


def test_the_module_can_be_imported_a_second_time(net: ModuleType) -> None:
    before = "import sys\nfirst = net.AF_INET\ndel sys.modules[net.__name__]\nagain = __import__(net.__name__)"
    assert evaluate(net, "again is not net and again.AF_INET == first", before=before)


@pytest.mark.skipif(sys.flags.optimize > 1, reason="python -OO drops docstrings")
def test_documented_functions_have_docstrings(net: ModuleType) -> None:
    assert [name for name in DOCUMENTED["functions"] if not getattr(net, name).__doc__] == []
