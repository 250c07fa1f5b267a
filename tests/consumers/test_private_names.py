"""Star imports and private names: what programs take out of the module without asking whether it is documented."""

from __future__ import annotations

import ast
import errno
import io
import os
import re
import socket
from types import ModuleType
from typing import Any

import pytest
from two_runs import output_of

# Modules and base classes that the interpreter's file has imported for itself.
IMPORTED = {"IntEnum", "IntFlag", "array", "errno", "io", "os", "selectors", "sys", "_socket"}
LOADED = {"__builtins__", "__cached__", "__file__", "__loader__", "__spec__", "__path__"}
PRINT_NAMES = "import {0} as m; print([sorted(vars(m)), sorted(getattr(m, '__all__', []))])"


def names_of_the_interpreters_own(module: str) -> tuple[set[str], set[str]]:
    """(all its names, those of __all__), from a process that has it."""
    everything, public = ast.literal_eval(output_of("stdlib", "-c", PRINT_NAMES.format(module)))
    return set(everything), set(public)


@pytest.mark.berkeley_only("compares with the interpreter's module")
def test_no_name_of_the_interpreters_module_is_missing() -> None:
    everything, public = names_of_the_interpreters_own("socket")
    assert everything - set(vars(socket)) - LOADED <= IMPORTED
    assert public <= set(socket.__all__)


@pytest.mark.berkeley_only("compares with the interpreter's module")
def test_no_name_of_the_native_module_is_missing() -> None:
    import _socket

    assert names_of_the_interpreters_own("_socket")[0] - set(vars(_socket)) <= LOADED


def test_a_star_import_brings_in_what_old_programs_use(closing: Any) -> None:
    names: dict[str, Any] = {}
    exec("from socket import *", names)
    used = ["socket", "SocketType", "AF_INET", "SOCK_STREAM", "error", "timeout", "gaierror", "fromfd", "CAPI"]
    assert [name for name in used if names.get(name) is not getattr(socket, name)] == []
    assert closing(names["socket"](names["AF_INET"], names["SOCK_DGRAM"])).type == socket.SOCK_DGRAM
    assert "EBADF" not in names


def test_error_codes_are_names_of_the_module() -> None:
    assert (socket.EBADF, socket.EAGAIN, socket.EWOULDBLOCK) == (errno.EBADF, errno.EAGAIN, errno.EWOULDBLOCK)
    assert set(socket._blocking_errnos) == {errno.EAGAIN, errno.EWOULDBLOCK}


def test_a_number_is_converted_to_a_member_where_there_is_one() -> None:
    assert socket._intenum_converter(socket.AF_INET.value, socket.AddressFamily) is socket.AF_INET
    assert socket._intenum_converter(12345, socket.AddressFamily) == 12345


def test_the_raw_file_can_be_imported_by_name(tcp_pair: Any) -> None:
    from socket import SocketIO, SocketType

    assert issubclass(SocketIO, io.RawIOBase)
    assert isinstance(tcp_pair[0], SocketType)
    with tcp_pair[0].makefile("rb", buffering=0) as file:
        assert type(file) is SocketIO


def test_the_address_of_this_host_is_known_in_both_versions() -> None:
    assert (socket._LOCALHOST, socket._LOCALHOST_V6) == ("127.0.0.1", "::1")


def test_the_timeout_is_an_attribute_too(closing: Any) -> None:
    sock = closing(socket.socket())
    assert sock.timeout is None
    sock.settimeout(2.5)
    assert sock.timeout == 2.5


def test_the_exception_timeout_is_the_builtin() -> None:
    assert socket.timeout is TimeoutError
    assert socket.error is OSError


def test_dup_is_a_function_of_numbers_and_a_method(closing: Any) -> None:
    sock = closing(socket.socket())
    number = socket.dup(sock.fileno())
    assert number != sock.fileno()
    assert not os.get_inheritable(number)
    socket.close(number)
    assert type(closing(sock.dup())) is socket.socket


def test_the_capsule_is_a_name_of_the_module() -> None:
    assert re.search('"_socket.CAPI"', repr(socket.CAPI))


def test_module_attributes_can_be_assigned_and_count(net: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    class Derived(socket.socket):
        pass

    monkeypatch.setattr(net, "socket", Derived)
    left, right = net.socketpair()
    with left, right, net.create_server(("127.0.0.1", 0)) as server:
        assert type(left) is type(right) is type(server) is Derived
        with net.create_connection(server.getsockname()) as client, server.accept()[0] as conn:
            assert type(client) is type(conn) is Derived


def test_lookups_of_a_program_take_the_place_of_ours(net: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with net.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()

        def resolve(host: str, *args: Any) -> list[Any]:
            assert host == "anywhere.invalid"
            return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address)]

        monkeypatch.setattr(net, "getaddrinfo", resolve)
        with net.create_connection(("anywhere.invalid", 80)) as client:
            assert client.getpeername() == address
