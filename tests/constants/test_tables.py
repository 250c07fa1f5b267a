"""The constant tables agree with each other and with the interpreter's own names."""

from __future__ import annotations

import errno
import importlib
import socket as interpreter
import subprocess
import sys
import types
from typing import Any

import pytest

import berkeley
from berkeley import constants
from berkeley.constants import every_system, linux_machines

req = pytest.mark.req
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="compares the table of Linux")


def public(module: types.ModuleType) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if not name.startswith("_")}


def constants_of(module: types.ModuleType, prefix: str = "") -> dict[str, Any]:
    """The names of a socket module that hold plain values or members, without what it imports from errno."""
    names = {name for name in dir(module) if name.startswith(prefix) and name[0] != "_"} - set(errno.errorcode.values())
    names.discard("EWOULDBLOCK")
    return {name: getattr(module, name) for name in sorted(names) if isinstance(getattr(module, name), (int, str))}


# (requirement if presence is all it asks, name, number; None: numbers differ among CPUs)
DOCUMENTED: list[tuple[str, str, Any]] = [
    ("CON-003", "AF_UNIX", 1),
    ("CON-004", "AF_INET", 2),
    ("CON-005", "AF_INET6", 10),
    ("CON-006", "AF_UNSPEC", 0),
    ("CON-008", "SOCK_STREAM", None),
    ("CON-009", "SOCK_DGRAM", None),
    ("CON-010", "SOCK_RAW", 3),
    ("CON-011", "SOCK_RDM", 4),
    ("CON-012", "SOCK_SEQPACKET", 5),
    ("CON-029", "SOMAXCONN", 4096),
    ("CON-032", "SO_PEERSEC", None),
    ("CON-033", "SO_PASSSEC", None),
    ("CON-036", "TCP_FASTOPEN", 23),
    ("CON-037", "TCP_KEEPCNT", 6),
    ("CON-038", "TCP_KEEPIDLE", 4),
    ("CON-039", "TCP_KEEPINTVL", 5),
    ("CON-040", "TCP_NOTSENT_LOWAT", 25),
    ("CON-049", "SO_REUSEADDR", None),
    ("", "AF_CAN", 29),
    ("CON-053", "PF_CAN", 29),
    ("CON-054", "SOL_CAN_BASE", 100),
    ("CON-054", "SOL_CAN_RAW", 101),
    ("CON-054", "SOL_CAN_ISOTP", 106),
    ("CON-054", "SOL_CAN_J1939", 107),
    ("", "CAN_RAW", 1),
    ("", "CAN_BCM", 2),
    ("CON-059", "CAN_BCM_CAN_FD_FRAME", 0x800),
    ("", "CAN_ISOTP", 6),
    ("", "CAN_ISOTP_OPTS", 1),
    ("", "CAN_ISOTP_WAIT_TX_DONE", 0x400),
    ("", "CAN_J1939", 7),
    ("CON-065", "AF_PACKET", 17),
    ("CON-066", "PF_PACKET", 17),
    ("CON-074", "AF_RDS", 21),
    ("CON-075", "PF_RDS", 21),
    ("CON-076", "SOL_RDS", 276),
    ("CON-084", "AF_TIPC", 30),
    ("CON-085", "SOL_TIPC", 271),
    ("CON-086", "TIPC_ADDR_NAMESEQ", 1),
    ("CON-087", "TIPC_ADDR_NAME", 2),
    ("CON-088", "TIPC_ADDR_ID", 3),
    ("CON-089", "TIPC_ZONE_SCOPE", 1),
    ("CON-090", "TIPC_CLUSTER_SCOPE", 2),
    ("CON-091", "TIPC_NODE_SCOPE", 3),
    ("CON-092", "AF_ALG", 38),
    ("CON-093", "SOL_ALG", 279),
    ("CON-095", "AF_VSOCK", 40),
    ("CON-097", "VMADDR_CID_ANY", 0xFFFFFFFF),
    ("CON-097", "VMADDR_CID_HOST", 2),
    ("CON-097", "VMADDR_PORT_ANY", 0xFFFFFFFF),
    ("CON-097", "VM_SOCKETS_INVALID_VERSION", 0xFFFFFFFF),
    ("CON-098", "SO_VM_SOCKETS_BUFFER_SIZE", 0),
    ("CON-098", "SO_VM_SOCKETS_BUFFER_MIN_SIZE", 1),
    ("CON-098", "SO_VM_SOCKETS_BUFFER_MAX_SIZE", 2),
    ("CON-101", "BDADDR_ANY", "00:00:00:00:00:00"),
    ("CON-102", "BDADDR_LOCAL", "00:00:00:FF:FF:FF"),
    ("CON-103", "AF_BLUETOOTH", 31),
    ("CON-104", "BTPROTO_L2CAP", 0),
    ("CON-105", "BTPROTO_RFCOMM", 3),
    ("CON-106", "BTPROTO_HCI", 1),
    ("CON-107", "BTPROTO_SCO", 2),
    ("CON-108", "HCI_FILTER", 2),
    ("CON-109", "HCI_TIME_STAMP", 3),
    ("CON-110", "HCI_DATA_DIR", 1),
    ("CON-111", "AF_QIPCRTR", 42),
    ("CON-128", "ETHERTYPE_ARP", 0x0806),
    ("CON-129", "ETHERTYPE_IP", 0x0800),
    ("CON-130", "ETHERTYPE_IPV6", 0x86DD),
    ("CON-131", "ETHERTYPE_VLAN", 0x8100),
    ("CON-132", "IPPROTO_UDPLITE", 136),
    ("CON-133", "UDPLITE_SEND_CSCOV", 10),
    ("CON-134", "UDPLITE_RECV_CSCOV", 11),
    ("CON-136", "IPPROTO_TCP", 6),
    ("CON-137", "IPPROTO_IP", 0),
    ("CON-138", "IP_HDRINCL", 3),
    ("CON-139", "AF_NETLINK", 16),
    ("CON-139", "NETLINK_ROUTE", 0),
    ("CON-142", "INADDR_ANY", 0),
    ("CON-143", "INADDR_BROADCAST", 0xFFFFFFFF),
    ("CON-144", "SOL_SOCKET", None),
    ("CON-145", "SCM_RIGHTS", 1),
    ("CON-147", "AI_CANONNAME", 2),
    ("CON-148", "AI_PASSIVE", 1),
    ("CON-149", "SHUT_RD", 0),
    ("CON-150", "SHUT_WR", 1),
    ("CON-151", "SHUT_RDWR", 2),
]

# (requirement, prefix, names of the headers that no interpreter exports, with their numbers)
WILDCARDS: list[tuple[str, str, dict[str, int]]] = [
    ("CON-007", "AF_", {"AF_XDP": 44, "AF_MCTP": 45, "AF_NFC": 39}),
    ("CON-013", "SOCK_", {"SOCK_DCCP": 6, "SOCK_PACKET": 10}),
    ("CON-016", "SO_", {"SO_TIMESTAMPNS_OLD": 35, "SO_PEEK_OFF": 42, "SO_COOKIE": 57, "SO_PEERPIDFD": 77}),
    ("CON-017", "MSG_", {"MSG_ZEROCOPY": 0x4000000, "MSG_WAITFORONE": 0x10000}),
    ("CON-018", "SOL_", {"SOL_MPTCP": 284, "SOL_XDP": 283, "SOL_NETLINK": 270, "SOL_BLUETOOTH": 274}),
    ("CON-019", "SCM_", {"SCM_SECURITY": 3, "SCM_TXTIME": 61, "SCM_PIDFD": 4}),
    ("CON-020", "IPPROTO_", {"IPPROTO_DCCP": 33, "IPPROTO_ETHERNET": 143}),
    ("CON-021", "IPPORT_", {"IPPORT_TELNET": 23, "IPPORT_ECHO": 7}),
    ("CON-022", "INADDR_", {"INADDR_ALLRTRS_GROUP": 0xE0000002}),
    ("CON-023", "IP_", {"IP_FREEBIND": 15, "IP_RECVERR": 11, "IP_RECVTTL": 12, "IP_MTU": 14}),
    ("CON-024", "IPV6_", {"IPV6_RECVERR": 25, "IPV6_HDRINCL": 36, "IPV6_MTU": 24}),
    ("CON-025", "EAI_", {"EAI_INPROGRESS": -100, "EAI_IDN_ENCODE": -105}),
    ("CON-026", "AI_", {"AI_IDN": 64, "AI_CANONIDN": 128}),
    ("CON-027", "NI_", {"NI_IDN": 32}),
    ("CON-028", "TCP_", {"TCP_IS_MPTCP": 43, "TCP_ESTABLISHED": 1, "TCP_AO_INFO": 40}),
    ("CON-055", "CAN_", {"CAN_RAW_ERR_FILTER": 2, "CAN_MTU": 16, "CAN_ERR_ACK": 0x20, "CAN_RAW_XL_FRAMES": 7}),
    ("CON-058", "CAN_BCM_", {}),
    ("CON-064", "J1939_", {"J1939_EE_INFO_RX_ABORT": 4}),
    ("CON-064", "SCM_J1939_", {}),
    ("CON-064", "SO_J1939_", {}),
    ("CON-067", "PACKET_", {"PACKET_ADD_MEMBERSHIP": 1, "PACKET_FANOUT": 18, "PACKET_AUXDATA": 8}),
    ("CON-085", "TIPC_", {"TIPC_GROUP_JOIN": 135, "TIPC_ERRINFO": 1}),
    ("CON-094", "ALG_", {"ALG_SET_DRBG_ENTROPY": 6}),
    ("CON-097", "VMADDR_", {"VMADDR_CID_LOCAL": 1}),
    ("CON-139", "NETLINK_", {"NETLINK_GENERIC": 16, "NETLINK_KOBJECT_UEVENT": 15}),
]

# What the table of one system has instead of the value that holds everywhere else.
EXCEPTIONS = {("openbsd", "IPPORT_USERRESERVED"): 49151, ("win32", "AF_UNIX"): None}

OTHER_SYSTEMS = ["AF_LINK", "AF_SYSTEM", "AF_HYPERV", "PF_SYSTEM", "SYSPROTO_CONTROL", "SIO_RCVALL", "RCVALL_ON"]
OTHER_SYSTEMS += ["SCM_CREDS2", "LOCAL_CREDS", "SO_RTABLE", "SO_USER_COOKIE", "TCP_KEEPALIVE", "TCP_CONNECTION_INFO"]


@pytest.mark.parametrize(
    ("name", "number"),
    [pytest.param(name, number, marks=[req(row)] if row else [], id=name) for row, name, number in DOCUMENTED],
)
def test_a_documented_name_has_the_interpreters_value(name: str, number: Any) -> None:
    expected = getattr(interpreter, name, number)
    assert getattr(berkeley, name) == expected
    assert number is None or number == expected


@pytest.mark.parametrize(
    ("prefix", "more"), [pytest.param(prefix, more, marks=req(row), id=prefix) for row, prefix, more in WILDCARDS]
)
def test_a_documented_group_holds_the_interpreters_names_and_the_headers_further_ones(prefix: str, more: Any) -> None:
    expected = constants_of(interpreter, prefix)
    assert expected
    here = constants_of(berkeley, prefix)
    assert {name: here.get(name) for name in expected} == expected
    assert {name: here.get(name) for name in more} == more


@req("CON-077")
def test_rds_names_are_those_of_the_kernels_header() -> None:
    first = ["RDS_CANCEL_SENT_TO", "RDS_GET_MR", "RDS_FREE_MR"]
    assert [getattr(berkeley, name) for name in first] == [1, 2, 3]
    assert (berkeley.RDS_RECVERR, berkeley.RDS_CONG_MONITOR, berkeley.RDS_GET_MR_FOR_DEST) == (5, 6, 7)
    assert (berkeley.RDS_CMSG_RDMA_ARGS, berkeley.RDS_CMSG_RDMA_STATUS, berkeley.RDS_RDMA_NOTIFY_ME) == (1, 4, 32)


def test_every_constant_of_the_interpreter_is_here_with_equal_value_and_text() -> None:
    wanted = constants_of(interpreter)
    assert len(wanted) > 300
    here = {name: getattr(berkeley, name, None) for name in wanted}
    assert here == wanted
    assert {name: repr(value) for name, value in here.items()} == {name: repr(value) for name, value in wanted.items()}
    assert {name: str(value) for name, value in here.items()} == {name: str(value) for name, value in wanted.items()}


@pytest.mark.parametrize("name", OTHER_SYSTEMS)
def test_a_name_of_another_system_is_absent_on_linux(name: str) -> None:
    assert not hasattr(berkeley, name)


@req("CON-100")
def test_has_ipv6_is_a_true_bool() -> None:
    assert berkeley.has_ipv6 is True


@pytest.mark.parametrize("system", sorted(constants._TABLES))
def test_names_of_the_standard_have_one_value_on_all_tables(system: str) -> None:
    shared = {name: value for name, value in public(every_system).items() if (system, name) not in EXCEPTIONS}
    values = constants.load(system, "x86_64")
    assert {name: values.get(name) for name in shared} == shared
    assert all(values.get(name) == value for (other, name), value in EXCEPTIONS.items() if other == system)


@pytest.mark.parametrize("system", ["plan9", "cygwin", "dragonfly6", "sunos5", "emscripten", "wasi"])
def test_a_system_without_a_table_gets_the_names_of_every_system(system: str) -> None:
    values = constants.load(system)
    assert values == public(every_system)
    assert values["AF_INET"] == 2
    assert "AF_NETLINK" not in values


@pytest.mark.parametrize(
    ("system", "table"),
    [
        ("linux", "linux"),
        ("android", "linux"),
        ("darwin", "darwin"),
        ("ios", "darwin"),
        ("freebsd14", "freebsd"),
        ("netbsd10", "netbsd"),
        ("openbsd7", "openbsd"),
        ("win32", "win32"),
    ],
)
def test_a_system_is_served_by_its_table(system: str, table: str) -> None:
    assert constants.load(system, "x86_64") == public(importlib.import_module(f"berkeley.constants.{table}"))


def test_load_gives_a_dictionary_of_the_callers_own() -> None:
    constants.load("linux")["AF_INET"] = 99
    assert constants.load("linux")["AF_INET"] == 2


@pytest.mark.parametrize("system", sorted(constants._TABLES))
def test_a_table_holds_plain_values_only(system: str) -> None:
    values = constants.load(system, "x86_64")
    assert {type(value) for value in values.values()} <= {int, str, bool}
    assert len(values) > 250


@pytest.mark.parametrize(
    ("machine", "passcred", "datagram"),
    [
        ("x86_64", 16, 2),
        ("aarch64", 16, 2),
        ("armv7l", 16, 2),
        ("riscv64", 16, 2),
        ("s390x", 16, 2),
        ("loongarch64", 16, 2),
        ("i686", 16, 2),
        ("ppc64le", 20, 2),
        ("mips64", 17, 1),
        ("sparc64", 2, 2),
    ],
)
def test_a_cpu_with_its_own_numbers_gets_them(machine: str, passcred: int, datagram: int) -> None:
    values = constants.load("linux", machine)
    assert (values["SO_PASSCRED"], values["SOCK_DGRAM"]) == (passcred, datagram)
    assert values.keys() == constants.load("linux", "x86_64").keys()


@pytest.mark.parametrize("system", sorted(constants._TABLES - constants._OWN_NUMBERS.keys()))
def test_other_systems_have_the_same_numbers_on_every_cpu(system: str) -> None:
    assert constants.load(system, "mips64") == constants.load(system, "x86_64") == constants.load(system, "sparc64")
    with pytest.raises(ImportError):
        importlib.import_module(f"berkeley.constants.{system}_machines")


def test_every_cpu_with_its_own_numbers_is_looked_for() -> None:
    assert set(constants._OWN_NUMBERS["linux"]) == set(linux_machines.DIFFERENCES)


@pytest.mark.simulated
def test_only_the_table_of_the_system_is_imported() -> None:
    code = (
        "import sys; system, sys.platform = sys.platform, 'plan9'\n"
        "import berkeley._exported; sys.platform = system\n"
        "print(*(name for name in sys.modules if name.startswith('berkeley.constants.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["berkeley.constants.every_system"]
