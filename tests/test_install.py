"""install() and uninstall(): who is refused, what is exchanged, and that the way back leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

STDLIB_USERS = {
    "socket": ["__main__"],
    "http.client": ["http.client"],
    "ssl": ["ssl", "_ssl"],
    "multiprocessing.connection": ["multiprocessing.connection", "multiprocessing.reduction"],
}


def output(code: str, *options: str, **variables: str) -> str:
    """What a fresh interpreter prints that runs this code; anything on its standard error fails the test."""
    command = [sys.executable, "-W", "error", *options, "-c", code]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **variables}
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_later_imports_of_the_same_process_get_berkeley() -> None:
    assert (
        output("""
import berkeley
assert berkeley.install() == []
import socket, _socket, socketserver
assert socket is berkeley and socketserver.socket is berkeley
assert _socket.socket is berkeley.SocketType and type(_socket.AF_INET) is int
left, right = _socket.socketpair()
assert type(left) is _socket.socket
left.send(b"x")
print(right.recv(1))
left.close(), right.close()
""")
        == "b'x'\n"
    )


def test_a_second_install_changes_nothing() -> None:
    assert (
        output("""
import berkeley, sys
berkeley.install()
import http.client, ssl
stand_in, finders = sys.modules["_socket"], list(sys.meta_path)
print(berkeley.install(), sys.modules["_socket"] is stand_in, sys.meta_path == finders)
""")
        == "[] True True\n"
    )


@pytest.mark.parametrize(("early", "named"), STDLIB_USERS.items(), ids=STDLIB_USERS)
def test_too_late_is_an_error_that_names_who_came_first(early: str, named: list[str]) -> None:
    said = output(f"""
import {early}
import berkeley, sys
try:
    berkeley.install()
except RuntimeError as error:
    print(error, sys.modules["socket"] is berkeley)
""")
    assert said.startswith("install() comes too late: ")
    assert all(f"{name}" in said.partition(": ")[2].partition(" already")[0].replace(",", "").split() for name in named)
    assert said.endswith(" False\n")


def test_a_socket_module_that_nobody_uses_is_not_too_late() -> None:
    assert (
        output("""
import socket
del socket
import berkeley
berkeley.install()
import socket
print(socket is berkeley)
""")
        == "True\n"
    )


def test_best_effort_exchanges_what_modules_hold_and_tells_who_is_tied() -> None:
    assert (
        output("""
import http.client, ssl
from socket import create_connection, socket as Socket, AF_INET
import berkeley
print(berkeley.install(best_effort=True))
print(http.client.socket is berkeley, create_connection is berkeley.create_connection, Socket is berkeley.socket)
print(ssl.SSLSocket.__base__.__module__)
""")
        == "['_ssl', 'ssl']\nTrue True True\nsocket\n"
    )


def test_classes_derived_from_the_other_type_tie_their_module() -> None:
    assert (
        output("""
import socket, sys, types
module = types.ModuleType("guarding")
sys.modules["guarding"] = module
exec("import socket\\nclass Guarded(socket.socket): pass", module.__dict__)
import berkeley
print(berkeley.install(best_effort=True), module.socket is berkeley)
""")
        == "['guarding'] True\n"
    )


def test_modules_imported_before_use_the_default_timeout_of_theirs() -> None:
    # http.client has the mark for "no timeout given" as a default argument, from the time when it was defined.
    assert (
        output("""
import http.client
import berkeley
berkeley.install(best_effort=True)
with berkeley.create_server(("127.0.0.1", 0)) as server:
    client = http.client.HTTPConnection(*server.getsockname())
    client.connect()
    print(type(client.sock) is berkeley.socket, client.sock.gettimeout())
    client.close()
""")
        == "True None\n"
    )


def test_uninstall_gives_everything_back() -> None:
    assert (
        output("""
import http.client, socket, sys, os
import berkeley
theirs, function, finders, environment = socket, socket.create_connection, list(sys.meta_path), dict(os.environ)
berkeley.install(best_effort=True, children=True)
import multiprocessing.util
assert socket is berkeley
berkeley.uninstall()
print(sys.modules["socket"] is theirs is socket is http.client.socket, sys.modules["_socket"].__spec__ is not None)
print(function is socket.create_connection, sys.meta_path == finders, dict(os.environ) == environment)
print(type(multiprocessing.util.spawnv_passfds).__name__)
berkeley.uninstall()
""")
        == "True True\nTrue True True\nfunction\n"
    )


def test_uninstall_leaves_what_somebody_has_assigned_since() -> None:
    assert (
        output("""
import socket
import berkeley
berkeley.install(best_effort=True)
socket = "mine"
berkeley.uninstall()
print(socket)
""")
        == "mine\n"
    )


def test_a_module_not_imported_before_is_imported_anew_after_uninstall() -> None:
    assert (
        output("""
import berkeley, sys
berkeley.install()
berkeley.uninstall()
assert "socket" not in sys.modules
import socket
left, right = socket.socketpair()
print(socket.__name__, isinstance(left, berkeley.SocketType))
left.close(), right.close()
""")
        == "socket False\n"
    )


def test_install_works_again_after_uninstall() -> None:
    assert (
        output("""
import berkeley
for _ in range(3):
    berkeley.install()
    import socket
    assert socket is berkeley
    del socket
    berkeley.uninstall()
print("three times")
""")
        == "three times\n"
    )


def test_who_takes_the_modules_out_of_sys_modules_imports_others_of_ours() -> None:
    # What eventlet does: it changes one copy and keeps the other as it was.
    assert (
        output("""
import berkeley, sys
berkeley.install()
import socket as first, _socket as native
del sys.modules["socket"], sys.modules["_socket"]
import socket as second, _socket
print(second is first, second.__name__, second.__spec__.name, second.socket is first.socket, len(second.__all__) > 1000)
print(_socket is native, _socket.socket is native.socket, second.SocketType is _socket.socket)
second.socket = "changed"
print(first.socket is berkeley.socket)
berkeley.uninstall()
import socket
print(socket.__name__, socket is second)
""")
        == "False socket socket True True\nFalse True True\nTrue\nsocket False\n"
    )


def test_the_native_module_gives_plain_numbers() -> None:
    assert (
        output("""
import berkeley
berkeley.install()
import _socket
print(_socket.getaddrinfo("127.0.0.1", 80, 0, 1)[0][:2], type(_socket.AF_INET).__name__)
""")
        == "(2, 1) int\n"
    )


def test_no_descriptor_stays_open() -> None:
    assert (
        output("""
import os, berkeley
before = os.listdir("/proc/self/fd")
berkeley.install()
print(os.listdir("/proc/self/fd") == before)
""")
        == "True\n"
    )


def test_an_interpreter_whose_sockets_have_another_layout_is_refused() -> None:
    assert output("""
import berkeley, sys, types
class Other:
    __slots__ = [f"field{number}" for number in range(20)]
    def __init__(self, family, type, proto, fileno): self.field0 = fileno
    def settimeout(self, timeout): self.field9 = timeout
    def detach(self): return self.field0
sys.modules["_socket"] = types.ModuleType("_socket")
sys.modules["_socket"].socket = Other
try:
    berkeley.install()
except RuntimeError as error:
    print(error)
print("socket" in sys.modules, sys.modules["_socket"].socket is Other)
""") == (
        "berkeley cannot stand in for the socket type of this interpreter: its descriptor lies elsewhere\nFalse True\n"
    )


def test_an_interpreter_without_sockets_gets_berkeleys() -> None:
    assert (
        output("""
import berkeley, sys
sys.modules["_socket"] = None  # how an interpreter that was built without it answers an import
berkeley.install()
import socket
print(socket is berkeley)
""")
        == "True\n"
    )


def test_no_module_of_the_standard_library_is_imported_by_the_way() -> None:
    assert (
        output("""
import berkeley, sys
before = set(sys.modules)
berkeley.install()
print(sorted(set(sys.modules) - before))
""")
        == "['_socket', 'socket']\n"
    )


def test_a_module_of_the_program_may_be_anything() -> None:
    assert (
        output("""
import sys
class Odd:
    __slots__ = ()
sys.modules["odd"], sys.modules["none"] = Odd(), None
import socketserver, berkeley
print(berkeley.install(best_effort=True), socketserver.socket is berkeley)
""")
        == "[] True\n"
    )
