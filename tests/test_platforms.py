"""What the package offers on other systems, shown by importing it in a process that claims to run on one."""

from __future__ import annotations

import functools
import importlib
import os
import struct
from types import ModuleType
from typing import Any

import fresh
import pytest

pytestmark = pytest.mark.berkeley_only("the names of the interpreter's own module were settled when it was built")

METHODS_NOT_ON_WASI = {
    "bind": "MET-008",
    "connect": "MET-019",
    "connect_ex": "MET-023",
    "dup": "MET-027",
    "getsockopt": "MET-037",
    "listen": "MET-046",
    "sendmsg": "MET-074",
    "setsockopt": "MET-117",
    "shutdown": "MET-120",
}
FUNCTIONS_NOT_ON_WASI = [
    "gethostbyname",
    "gethostbyname_ex",
    "gethostname",
    "gethostbyaddr",
    "getnameinfo",
    "getprotobyname",
    "getservbyname",
    "getservbyport",
]
MESSAGE_METHODS = ["recvmsg", "recvmsg_into", "sendmsg"]
MESSAGE_FUNCTIONS = ["CMSG_LEN", "CMSG_SPACE"]
EVERYWHERE = """
    AF_INET AF_UNSPEC SOCK_STREAM SOCK_DGRAM SOCK_RAW SHUT_RD SHUT_WR SHUT_RDWR IPPROTO_TCP IPPROTO_IP INADDR_ANY
    has_ipv6 socket SocketType error herror gaierror timeout socketpair create_connection create_server fromfd
    getaddrinfo inet_pton inet_ntop htons getdefaulttimeout
"""
LINUX_ALONE = """
    AF_ALG AF_PACKET AF_QIPCRTR AF_RDS AF_TIPC ALG_OP_ENCRYPT CAN_ISOTP CAN_J1939 IPPROTO_MPTCP PACKET_HOST
    RDS_CANCEL_SENT_TO SO_MARK SO_PEERSEC TCP_USER_TIMEOUT TIPC_ADDR_ID
"""
UNIX_ALONE = ["CMSG_LEN", "send_fds", "recv_fds", "sethostname"]
UNIXES = ["darwin", "freebsd14", "openbsd7", "netbsd10"]
ELSEWHERE = [*UNIXES, "win32"]

ON_SYSTEM = "real, sys.platform = sys.platform, {system!r}"

NAMES = """
def names(owner):
    return [name for name in dir(owner) if hasattr(owner, name)]

report({"module": names(socket), "socket": names(socket.socket), "all": list(socket.__all__)})
"""
HAS_METHOD = """
with socket.socket() as sock:
    report([hasattr(socket.socket, {method!r}), hasattr(sock, {method!r})])
"""


def on_system(net: ModuleType, system: str, code: str) -> Any:
    """What the code reports after an import on that system; only the import itself sees the claim."""
    return fresh.run(net, "sys.platform = real\n" + code, before=ON_SYSTEM.format(system=system))


@functools.cache
def names_on(net: ModuleType, system: str) -> dict[str, set[str]]:
    """The names of the module and of its socket class on a system."""
    return {part: set(names) for part, names in on_system(net, system, NAMES).items()}


@pytest.mark.simulated
@pytest.mark.parametrize(
    "method", [pytest.param(name, marks=pytest.mark.req(row)) for name, row in METHODS_NOT_ON_WASI.items()]
)
def test_method_is_absent_on_wasi(net: ModuleType, method: str) -> None:
    assert on_system(net, "wasi", HAS_METHOD.format(method=method)) == [False, False]


@pytest.mark.simulated
@pytest.mark.req("MET-008", "MET-019", "MET-023", "MET-027", "MET-037", "MET-046", "MET-117", "MET-120")
def test_remaining_methods_are_present_on_wasi(net: ModuleType) -> None:
    present = {"accept", "close", "detach", "fileno", "getpeername", "getsockname", "makefile", "recv", "send"}
    assert present <= names_on(net, "wasi")["socket"]


@pytest.mark.simulated
@pytest.mark.req("FUN-123")
@pytest.mark.parametrize("function", FUNCTIONS_NOT_ON_WASI)
def test_function_is_absent_on_wasi(net: ModuleType, function: str) -> None:
    names = names_on(net, "wasi")
    assert function not in names["module"]
    assert function not in names["all"]


@pytest.mark.simulated
@pytest.mark.req("FUN-123")
@pytest.mark.parametrize("function", FUNCTIONS_NOT_ON_WASI)
def test_function_is_present_on_the_other_systems(net: ModuleType, function: str) -> None:
    for system in ("linux", "darwin", "win32"):
        assert function in names_on(net, system)["module"]


@pytest.mark.simulated
@pytest.mark.req("MET-074", "FUN-109")
@pytest.mark.parametrize("method", MESSAGE_METHODS)
def test_message_method_is_absent_on_windows(net: ModuleType, method: str) -> None:
    assert method not in names_on(net, "win32")["socket"]


@pytest.mark.simulated
@pytest.mark.req("MET-074")
@pytest.mark.parametrize("system", UNIXES)
def test_message_methods_are_present_on_unix(net: ModuleType, system: str) -> None:
    assert set(MESSAGE_METHODS) <= names_on(net, system)["socket"]


@pytest.mark.simulated
@pytest.mark.req("FUN-108", "FUN-109")
@pytest.mark.parametrize("function", MESSAGE_FUNCTIONS)
def test_control_message_size_function_is_absent_without_control_messages(net: ModuleType, function: str) -> None:
    names = names_on(net, "win32")
    assert function not in names["module"]
    assert function not in names["all"]


@pytest.mark.req("FUN-108")
def test_space_for_one_descriptor_admits_two(net: ModuleType, unix_pair: tuple[Any, Any]) -> None:
    left, right = unix_pair
    fds = struct.pack("2i", left.fileno(), right.fileno())
    right.sendmsg([b"x"], [(net.SOL_SOCKET, net.SCM_RIGHTS, fds)])
    _, ((_, _, data),), flags, _ = left.recvmsg(1, net.CMSG_SPACE(4))
    received = struct.unpack("2i", data)
    for fd in received:
        os.close(fd)
    assert len(set(received)) == 2
    assert not flags & net.MSG_CTRUNC


@pytest.mark.simulated
@pytest.mark.req("MET-094")
def test_only_one_control_message_can_be_sent_where_its_space_is_not_known(net: ModuleType) -> None:
    items = [(1, 1, b"abcd"), (1, 2, b"efgh")]
    cmsg = importlib.import_module("berkeley._cmsg")
    with pytest.raises(OSError, match="multiple control messages"):
        cmsg.build(items, several=False)
    assert len(cmsg.build(items[:1], several=False)) == net.CMSG_SPACE(4)


@pytest.mark.simulated
@pytest.mark.req("FUN-122")
@pytest.mark.parametrize("system", ["win32", "wasi", "emscripten"])
@pytest.mark.parametrize("function", ["send_fds", "recv_fds"])
def test_descriptor_passing_is_absent_without_control_messages(net: ModuleType, system: str, function: str) -> None:
    names = names_on(net, system)
    assert function not in names["module"]
    assert function not in names["all"]


@pytest.mark.simulated
@pytest.mark.req("FUN-122")
@pytest.mark.parametrize("system", UNIXES)
def test_descriptor_passing_is_present_on_unix(net: ModuleType, system: str) -> None:
    assert {"send_fds", "recv_fds"} <= names_on(net, system)["module"]


@pytest.mark.simulated
@pytest.mark.req("MOD-002")
@pytest.mark.parametrize("system", ELSEWHERE)
def test_import_succeeds_and_common_names_are_present(net: ModuleType, system: str) -> None:
    assert not set(EVERYWHERE.split()) - names_on(net, system)["module"]


@pytest.mark.simulated
@pytest.mark.req("MOD-002", "MOD-010")
@pytest.mark.parametrize("system", ELSEWHERE)
def test_names_of_linux_alone_are_absent(net: ModuleType, system: str) -> None:
    assert not set(LINUX_ALONE.split()) & names_on(net, system)["module"]
    assert set(LINUX_ALONE.split()) <= names_on(net, "linux")["module"]


@pytest.mark.simulated
@pytest.mark.req("MOD-002")
def test_names_of_unix_alone_are_absent_on_windows(net: ModuleType) -> None:
    assert not set(UNIX_ALONE) & names_on(net, "win32")["module"]
    for system in UNIXES:
        assert not set(UNIX_ALONE) - names_on(net, system)["module"]


@pytest.mark.simulated
@pytest.mark.req("MOD-002")
@pytest.mark.parametrize("system", [*ELSEWHERE, "wasi"])
def test_star_import_works_with_the_names_that_are_left(net: ModuleType, system: str) -> None:
    names = names_on(net, system)
    assert "socket" in names["all"]
    assert names["all"] <= names["module"]


ECHO = """
with socket.socket() as server, socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
    server.bind(("127.0.0.1", 0))
    server.listen()
    client.connect(server.getsockname())
    conn, address = server.accept()
    with conn:
        conn.sendall(b"over loopback")
        report([hasattr(socket, "AF_CAN"), hasattr(socket, "AF_PACKET"), client.recv(32).decode()])
"""


@pytest.mark.simulated
@pytest.mark.req("MOD-010")
@pytest.mark.parametrize("system", ["darwin", "freebsd14"])
def test_module_works_without_the_families_that_a_system_lacks(net: ModuleType, system: str) -> None:
    assert on_system(net, system, ECHO) == [False, False, "over loopback"]
