"""What the package offers on other systems, shown by importing it in a process that claims to run on one."""

from __future__ import annotations

import functools
import importlib
import os
import struct
from types import ModuleType, SimpleNamespace
from typing import Any

import fresh
import pytest

from berkeley.constants import load

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
UNIXES = ["darwin", "freebsd14", "netbsd10", "openbsd7"]
WEBASSEMBLY = ["emscripten", "wasi"]
ELSEWHERE = [*UNIXES, "win32"]

# Exactly what a system has less, and more, than Linux.
INTERFACES = {"if_nameindex", "if_nametoindex", "if_indextoname"}
CONTROL_MESSAGES = {"CMSG_LEN", "CMSG_SPACE", "send_fds", "recv_fds"}
FUNCTIONS_LESS: dict[str, set[str]] = {
    "win32": {*CONTROL_MESSAGES, "sethostname"},
    "emscripten": {*CONTROL_MESSAGES, *INTERFACES, "sethostname"},
    "wasi": {*CONTROL_MESSAGES, *INTERFACES, "sethostname", *FUNCTIONS_NOT_ON_WASI},
}
FUNCTIONS_MORE = {"win32": {"fromshare"}}
METHODS_LESS: dict[str, set[str]] = {
    **{system: {"sendmsg_afalg"} for system in UNIXES},
    **{system: {*MESSAGE_METHODS, "sendmsg_afalg"} for system in ("win32", "emscripten")},
    "wasi": {*MESSAGE_METHODS, "sendmsg_afalg", *METHODS_NOT_ON_WASI},
}
# What __all__ has besides callables and constants of a table.
NO_CONSTANTS = {"CAPI"}
METHODS_MORE = {"win32": {"ioctl", "share"}}

EVERYWHERE = """
    AF_INET AF_INET6 AF_UNSPEC SOCK_STREAM SOCK_DGRAM SOCK_RAW SOL_SOCKET SO_REUSEADDR SO_BROADCAST SO_KEEPALIVE
    SOMAXCONN SHUT_RD SHUT_WR SHUT_RDWR MSG_OOB MSG_PEEK IPPROTO_TCP IPPROTO_UDP IPPROTO_IP IPPROTO_IPV6 IP_TTL IP_TOS
    IP_HDRINCL IPV6_V6ONLY TCP_NODELAY INADDR_ANY INADDR_LOOPBACK AI_PASSIVE AI_CANONNAME
    AI_NUMERICHOST EAI_NONAME EAI_FAMILY NI_NUMERICHOST NI_NUMERICSERV has_ipv6 socket SocketType error herror gaierror
    timeout socketpair create_connection create_server fromfd getaddrinfo inet_pton inet_ntop htons getdefaulttimeout
"""
LINUX_ALONE = """
    AF_ALG AF_PACKET AF_QIPCRTR AF_RDS AF_TIPC ALG_OP_ENCRYPT CAN_ISOTP CAN_J1939 IPPROTO_MPTCP PACKET_HOST
    RDS_CANCEL_SENT_TO SO_MARK SO_PEERSEC SOL_ALG TCP_USER_TIMEOUT TIPC_ADDR_ID HCI_TIME_STAMP
"""
UNIX_ALONE = """
    AF_UNIX SCM_RIGHTS SO_REUSEPORT MSG_DONTWAIT EAI_SYSTEM IP_DEFAULT_MULTICAST_TTL CMSG_LEN send_fds recv_fds
    sethostname
"""
# Names that the documents give to some systems alone, with these systems.
OWN_NAMES = {
    "AF_SYSTEM PF_SYSTEM SYSPROTO_CONTROL TCP_CONNECTION_INFO": ["darwin"],
    "TCP_KEEPALIVE": ["darwin", "win32"],
    "SO_USER_COOKIE SCM_CREDS2 LOCAL_CREDS_PERSISTENT UDPLITE_SEND_CSCOV UDPLITE_RECV_CSCOV": ["freebsd14"],
    "ETHERTYPE_ARP ETHERTYPE_IP ETHERTYPE_IPV6 ETHERTYPE_VLAN": ["darwin", "freebsd14"],
    "AF_CAN PF_CAN CAN_RAW SOL_CAN_RAW": ["netbsd10"],
    "BTPROTO_L2CAP BTPROTO_RFCOMM BDADDR_ANY": ["freebsd14", "netbsd10", "win32"],
    "BTPROTO_HCI": ["freebsd14", "netbsd10"],
    "HCI_FILTER": ["freebsd14"],
    "SO_RTABLE": ["openbsd7"],
    "HV_GUID_ZERO HV_PROTOCOL_RAW SIO_RCVALL RCVALL_ON SO_EXCLUSIVEADDRUSE fromshare": ["win32"],
}

ON_SYSTEM = "real, sys.platform = sys.platform, {system!r}"

NAMES = """
def names(owner):
    return [name for name in dir(owner) if hasattr(owner, name)]

report({
    "module": names(socket),
    "socket": names(socket.socket),
    "all": list(socket.__all__),
    "callable": [name for name in socket.__all__ if callable(getattr(socket, name))],
})
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
@pytest.mark.req("MOD-002", "MET-040", "MET-121", "FUN-046")
@pytest.mark.parametrize("system", [*ELSEWHERE, *WEBASSEMBLY])
def test_functions_and_methods_are_those_of_the_system(net: ModuleType, system: str) -> None:
    here, there = names_on(net, "linux"), names_on(net, system)
    assert here["callable"] - there["callable"] == FUNCTIONS_LESS.get(system, set())
    assert there["callable"] - here["callable"] == FUNCTIONS_MORE.get(system, set())
    assert here["socket"] - there["socket"] == METHODS_LESS[system]
    assert there["socket"] - here["socket"] == METHODS_MORE.get(system, set())


@pytest.mark.simulated
@pytest.mark.req("MOD-002")
@pytest.mark.parametrize("system", ["linux", *ELSEWHERE])
def test_constants_are_those_of_the_table_of_the_system(net: ModuleType, system: str) -> None:
    names = names_on(net, system)
    assert names["all"] - names["callable"] - NO_CONSTANTS == load(system).keys()


@pytest.mark.simulated
@pytest.mark.req("MOD-002")
@pytest.mark.parametrize("system", ELSEWHERE)
def test_import_succeeds_and_common_names_are_present(net: ModuleType, system: str) -> None:
    assert not set(EVERYWHERE.split()) - names_on(net, system)["module"]


@pytest.mark.simulated
@pytest.mark.req("MOD-002")
@pytest.mark.parametrize("names", OWN_NAMES, ids=lambda names: names.split()[0])
def test_names_of_some_systems_are_absent_on_the_others(net: ModuleType, names: str) -> None:
    for name in names.split():
        assert [system for system in ELSEWHERE if name in names_on(net, system)["all"]] == OWN_NAMES[names], name


@pytest.mark.simulated
@pytest.mark.req("MOD-002", "MOD-010")
@pytest.mark.parametrize("system", ELSEWHERE)
def test_names_of_linux_alone_are_absent(net: ModuleType, system: str) -> None:
    assert not set(LINUX_ALONE.split()) & names_on(net, system)["module"]
    assert set(LINUX_ALONE.split()) <= names_on(net, "linux")["module"]


@pytest.mark.simulated
@pytest.mark.req("MOD-002")
def test_names_of_unix_alone_are_absent_on_windows(net: ModuleType) -> None:
    assert not set(UNIX_ALONE.split()) & names_on(net, "win32")["module"]
    for system in UNIXES:
        assert not set(UNIX_ALONE.split()) - names_on(net, system)["module"]


@pytest.mark.simulated
@pytest.mark.req("MOD-002")
@pytest.mark.parametrize("system", [*ELSEWHERE, *WEBASSEMBLY])
def test_star_import_works_with_the_names_that_are_left(net: ModuleType, system: str) -> None:
    names = names_on(net, system)
    assert "socket" in names["all"]
    assert names["all"] <= names["module"]


@pytest.mark.simulated
@pytest.mark.req("MOD-004")
@pytest.mark.parametrize("system", WEBASSEMBLY)
def test_webassembly_offers_less_and_nothing_of_other_systems(net: ModuleType, system: str) -> None:
    names = names_on(net, system)
    assert {"socket", "create_connection", "getaddrinfo", "AF_INET", "SOCK_STREAM"} <= names["module"]
    assert not names["module"] & (FUNCTIONS_LESS[system] | {"fromshare"})
    assert not names["socket"] & (METHODS_LESS[system] | {"ioctl", "share"})
    assert not names["all"] & {*LINUX_ALONE.split(), *" ".join(OWN_NAMES).split()}
    assert names["all"] < names_on(net, "linux")["all"]


CLEANLY = """
try:
    socket.socket.connect
except AttributeError as error:
    report([str(error), hasattr(socket, "gethostbyname"), socket.inet_ntoa(b"abcd")])
"""


@pytest.mark.simulated
@pytest.mark.req("MOD-004")
def test_what_wasi_lacks_is_an_attribute_error(net: ModuleType) -> None:
    text, lookup, address = on_system(net, "wasi", CLEANLY)
    assert "'connect'" in text
    assert not lookup
    assert address == "97.98.99.100"


# Addresses of these systems mean nothing to this kernel: a pair needs none.
TALK = """
left, right = socket.socketpair()
with left, right, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
    left.sendall(b"between two ends")
    kinds = [left.family.name, left.type.name, datagrams.family.name, datagrams.type.name]
    report([hasattr(socket, "AF_ALG"), hasattr(socket, "AF_PACKET"), right.recv(32).decode(), kinds])
"""


@pytest.mark.simulated
@pytest.mark.req("MOD-010")
@pytest.mark.parametrize("system", UNIXES)
def test_module_works_without_the_families_that_a_system_lacks(net: ModuleType, system: str) -> None:
    kinds = ["AF_UNIX", "SOCK_STREAM", "AF_INET", "SOCK_DGRAM"]
    assert on_system(net, system, TALK) == [False, False, "between two ends", kinds]


# Those of Windows look like those of Linux.
ECHO = """
with socket.socket() as server, socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
    server.bind(("127.0.0.1", 0))
    server.listen()
    client.connect(server.getsockname())
    conn, address = server.accept()
    with conn:
        conn.sendall(b"over loopback")
        report([hasattr(socket, "AF_ALG"), hasattr(socket, "AF_UNIX"), client.recv(32).decode()])
"""


@pytest.mark.simulated
@pytest.mark.req("MOD-010")
def test_module_works_with_the_families_of_windows(net: ModuleType) -> None:
    assert on_system(net, "win32", ECHO) == [False, False, "over loopback"]


PAIR = """
left, right = socket.socketpair()
with left, right:
    left.sendall(b"x")
    report([left.family.name, right.recv(1).decode(), left.getpeername() == right.getsockname()])
"""


@pytest.mark.simulated
@pytest.mark.req("FUN-018")
def test_a_pair_is_one_of_internet_sockets_on_windows(net: ModuleType) -> None:
    assert on_system(net, "win32", PAIR) == ["AF_INET", "x", True]


@pytest.mark.simulated
@pytest.mark.req("FUN-038")
def test_a_server_does_not_reuse_addresses_on_windows(
    net: ModuleType, monkeypatch: pytest.MonkeyPatch, closing: Any
) -> None:
    servers = importlib.import_module("berkeley._tcp")
    monkeypatch.setattr(servers, "os", SimpleNamespace(name="nt"))
    server = closing(net.create_server(("127.0.0.1", 0)))
    assert server.getsockopt(net.SOL_SOCKET, net.SO_REUSEADDR) == 0
