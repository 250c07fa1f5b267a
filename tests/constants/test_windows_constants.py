"""The table of Windows: the numbers of its headers, the names of the interpreter there, and what old builds lack."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import fresh
import pytest

from berkeley import _platform
from berkeley.constants import load

pytestmark = pytest.mark.simulated

TABLE = load("win32")

# (requirement, name, number): mstcpip.h, hvsocket.h, ws2bth.h and ws2def.h.
DOCUMENTED: list[tuple[str, str, Any]] = [
    ("CON-078", "SIO_RCVALL", 0x98000001),
    ("CON-079", "SIO_KEEPALIVE_VALS", 0x98000004),
    ("CON-080", "SIO_LOOPBACK_FAST_PATH", 0x98000010),
    ("CON-081", "RCVALL_OFF", 0),
    ("CON-081", "RCVALL_ON", 1),
    ("CON-081", "RCVALL_SOCKETLEVELONLY", 2),
    ("CON-081", "RCVALL_IPLEVEL", 3),
    ("CON-081", "RCVALL_MAX", 3),
    ("CON-082", "RCVALL_ON", 1),
    ("CON-083", "RCVALL_OFF", 0),
    ("CON-101", "BDADDR_ANY", "00:00:00:00:00:00"),
    ("CON-102", "BDADDR_LOCAL", "00:00:00:FF:FF:FF"),
    ("CON-103", "AF_BLUETOOTH", 32),
    ("CON-105", "BTPROTO_RFCOMM", 3),
    ("CON-116", "AF_HYPERV", 34),
    ("CON-117", "HV_PROTOCOL_RAW", 1),
    ("CON-118", "HVSOCKET_CONNECT_TIMEOUT", 0x01),
    ("CON-119", "HVSOCKET_CONNECT_TIMEOUT_MAX", 300_000),
    ("CON-120", "HVSOCKET_CONNECTED_SUSPEND", 0x04),
    ("CON-121", "HVSOCKET_ADDRESS_FLAG_PASSTHRU", 0x01),
    ("CON-122", "HV_GUID_ZERO", "00000000-0000-0000-0000-000000000000"),
    ("CON-123", "HV_GUID_WILDCARD", "00000000-0000-0000-0000-000000000000"),
    ("CON-124", "HV_GUID_BROADCAST", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"),
    ("CON-125", "HV_GUID_CHILDREN", "90DB8B89-0D35-4F79-8CE9-49EA0AC8B7CD"),
    ("CON-126", "HV_GUID_LOOPBACK", "E0E16197-DD56-4A10-9195-5EE7A155A838"),
    ("CON-127", "HV_GUID_PARENT", "A42E7CDA-D03F-480C-9CC2-A4DE20ABB878"),
]
ON_WINDOWS_ALONE = [pytest.param(name, id=name, marks=pytest.mark.req(row)) for row, name, _ in DOCUMENTED[:10]]
ON_WINDOWS_ALONE += [pytest.param(name, id=name, marks=pytest.mark.req(row)) for row, name, _ in DOCUMENTED[14:]]

# The wildcard groups of the document, with members by their numbers in the headers of Windows.
GROUPS: list[tuple[str, dict[str, int]]] = [
    ("CON-016", {"SO_REUSEADDR": 4, "SO_EXCLUSIVEADDRUSE": -5, "SO_BROADCAST": 0x20, "SO_RCVTIMEO": 0x1006}),
    ("CON-016", {"SO_TYPE": 0x1008, "SO_CONDITIONAL_ACCEPT": 0x3002, "SO_REUSE_UNICASTPORT": 0x3007}),
    ("CON-017", {"MSG_OOB": 1, "MSG_PEEK": 2, "MSG_WAITALL": 8, "MSG_TRUNC": 0x100, "MSG_ERRQUEUE": 0x1000}),
    ("CON-018", {"SOL_SOCKET": 0xFFFF, "SOL_IP": 0, "SOL_TCP": 6, "SOL_UDP": 17, "SOL_RFCOMM": 3}),
    ("CON-020", {"IPPROTO_IPV4": 4, "IPPROTO_TCP": 6, "IPPROTO_ND": 77, "IPPROTO_PGM": 113, "IPPROTO_L2TP": 115}),
    ("CON-021", {"IPPORT_RESERVED": 1024, "IPPORT_USERRESERVED": 5000, "IPPORT_HTTPS": 443, "IPPORT_ECHO": 7}),
    ("CON-022", {"INADDR_ANY": 0, "INADDR_BROADCAST": 0xFFFFFFFF, "INADDR_MAX_LOCAL_GROUP": 0xE00000FF}),
    ("CON-023", {"IP_HDRINCL": 2, "IP_TOS": 3, "IP_TTL": 4, "IP_ADD_MEMBERSHIP": 12, "IP_PKTINFO": 19}),
    ("CON-023", {"IP_RECVTTL": 21, "IP_RECVDSTADDR": 25, "IP_RECVTOS": 40, "IP_RECVERR": 75}),
    ("CON-024", {"IPV6_UNICAST_HOPS": 4, "IPV6_JOIN_GROUP": 12, "IPV6_V6ONLY": 27, "IPV6_RECVTCLASS": 40}),
    ("CON-025", {"EAI_AGAIN": 11002, "EAI_NONAME": 11001, "EAI_NODATA": 11001, "EAI_FAMILY": 10047}),
    ("CON-026", {"AI_PASSIVE": 1, "AI_NUMERICSERV": 8, "AI_ALL": 0x100, "AI_ADDRCONFIG": 0x400, "AI_V4MAPPED": 0x800}),
    ("CON-027", {"NI_NOFQDN": 1, "NI_NUMERICHOST": 2, "NI_NAMEREQD": 4, "NI_NUMERICSERV": 8, "NI_DGRAM": 16}),
    ("CON-028", {"TCP_NODELAY": 1, "TCP_KEEPIDLE": 3, "TCP_MAXSEG": 4, "TCP_FASTOPEN": 15, "TCP_KEEPINTVL": 17}),
    ("", {"AF_INET": 2, "AF_INET6": 23, "AF_IRDA": 26, "AF_LINK": 33, "SOMAXCONN": 0x7FFFFFFF, "SOCK_STREAM": 1}),
]

# What the interpreter's own module has there, by the stubs that type checkers use.
INTERPRETERS = """
    AF_APPLETALK AF_BLUETOOTH AF_DECnet AF_HYPERV AF_INET AF_INET6 AF_IPX AF_IRDA AF_LINK AF_SNA AF_UNSPEC AI_ADDRCONFIG
    AI_ALL AI_CANONNAME AI_NUMERICHOST AI_NUMERICSERV AI_PASSIVE AI_V4MAPPED BDADDR_ANY BDADDR_LOCAL BTPROTO_RFCOMM
    EAI_AGAIN EAI_BADFLAGS EAI_FAIL EAI_FAMILY EAI_MEMORY EAI_NODATA EAI_NONAME EAI_SERVICE EAI_SOCKTYPE
    HVSOCKET_ADDRESS_FLAG_PASSTHRU HVSOCKET_CONNECTED_SUSPEND HVSOCKET_CONNECT_TIMEOUT HVSOCKET_CONNECT_TIMEOUT_MAX
    HV_GUID_BROADCAST HV_GUID_CHILDREN HV_GUID_LOOPBACK HV_GUID_PARENT HV_GUID_WILDCARD HV_GUID_ZERO HV_PROTOCOL_RAW
    INADDR_ALLHOSTS_GROUP INADDR_ANY INADDR_BROADCAST INADDR_LOOPBACK INADDR_MAX_LOCAL_GROUP INADDR_NONE
    INADDR_UNSPEC_GROUP IPPORT_RESERVED IPPORT_USERRESERVED IPPROTO_AH IPPROTO_CBT IPPROTO_DSTOPTS IPPROTO_EGP
    IPPROTO_ESP IPPROTO_FRAGMENT IPPROTO_GGP IPPROTO_HOPOPTS IPPROTO_ICLFXBM IPPROTO_ICMP IPPROTO_ICMPV6 IPPROTO_IDP
    IPPROTO_IGMP IPPROTO_IGP IPPROTO_IP IPPROTO_IPV4 IPPROTO_IPV6 IPPROTO_L2TP IPPROTO_MAX IPPROTO_ND IPPROTO_NONE
    IPPROTO_PGM IPPROTO_PIM IPPROTO_PUP IPPROTO_RAW IPPROTO_RDP IPPROTO_ROUTING IPPROTO_SCTP IPPROTO_ST IPPROTO_TCP
    IPPROTO_UDP IPV6_CHECKSUM IPV6_DONTFRAG IPV6_HOPLIMIT IPV6_HOPOPTS IPV6_JOIN_GROUP IPV6_LEAVE_GROUP
    IPV6_MULTICAST_HOPS IPV6_MULTICAST_IF IPV6_MULTICAST_LOOP IPV6_PKTINFO IPV6_RECVERR IPV6_RECVRTHDR IPV6_RECVTCLASS
    IPV6_RTHDR IPV6_TCLASS IPV6_UNICAST_HOPS IPV6_V6ONLY IP_ADD_MEMBERSHIP IP_ADD_SOURCE_MEMBERSHIP IP_BLOCK_SOURCE
    IP_DROP_MEMBERSHIP IP_DROP_SOURCE_MEMBERSHIP IP_HDRINCL IP_MULTICAST_IF IP_MULTICAST_LOOP IP_MULTICAST_TTL
    IP_OPTIONS IP_PKTINFO IP_RECVDSTADDR IP_RECVERR IP_RECVTOS IP_RECVTTL IP_TOS IP_TTL IP_UNBLOCK_SOURCE MSG_BCAST
    MSG_CTRUNC MSG_DONTROUTE MSG_ERRQUEUE MSG_MCAST MSG_OOB MSG_PEEK MSG_TRUNC MSG_WAITALL NI_DGRAM NI_MAXHOST
    NI_MAXSERV NI_NAMEREQD NI_NOFQDN NI_NUMERICHOST NI_NUMERICSERV RCVALL_MAX RCVALL_OFF RCVALL_ON
    RCVALL_SOCKETLEVELONLY SHUT_RD SHUT_RDWR SHUT_WR SIO_KEEPALIVE_VALS SIO_LOOPBACK_FAST_PATH SIO_RCVALL SOCK_DGRAM
    SOCK_RAW SOCK_RDM SOCK_SEQPACKET SOCK_STREAM SOL_IP SOL_RFCOMM SOL_SOCKET SOL_TCP SOL_UDP SOMAXCONN SO_ACCEPTCONN
    SO_BROADCAST SO_BTH_ENCRYPT SO_BTH_MTU SO_BTH_MTU_MAX SO_BTH_MTU_MIN SO_DEBUG SO_DONTROUTE SO_ERROR
    SO_EXCLUSIVEADDRUSE SO_KEEPALIVE SO_LINGER SO_OOBINLINE SO_ORIGINAL_DST SO_RCVBUF SO_RCVLOWAT SO_RCVTIMEO
    SO_REUSEADDR SO_SNDBUF SO_SNDLOWAT SO_SNDTIMEO SO_TYPE SO_USELOOPBACK TCP_FASTOPEN TCP_KEEPCNT TCP_KEEPIDLE
    TCP_KEEPINTVL TCP_MAXSEG TCP_NODELAY TCP_QUICKACK has_ipv6
"""
UNIX_ALONE = "AF_UNIX SCM_RIGHTS SO_REUSEPORT SO_PEERCRED MSG_NOSIGNAL MSG_DONTWAIT EAI_SYSTEM SOCK_CLOEXEC AF_NETLINK"

# (requirement, name, the build of Windows 10 that it appeared with)
FIRST_BUILDS = [
    ("CON-036", "TCP_FASTOPEN", 14393),
    ("CON-037", "TCP_KEEPCNT", 15063),
    ("CON-038", "TCP_KEEPIDLE", 16299),
    ("CON-039", "TCP_KEEPINTVL", 16299),
]


@pytest.mark.parametrize(
    ("name", "value"),
    [pytest.param(name, value, id=name, marks=pytest.mark.req(row)) for row, name, value in DOCUMENTED],
)
def test_documented_constant_of_windows_has_its_value(name: str, value: Any) -> None:
    assert TABLE[name] == value
    assert type(TABLE[name]) is type(value)


@pytest.mark.parametrize("name", ON_WINDOWS_ALONE)
def test_constant_of_windows_alone_is_absent_on_linux(name: str) -> None:
    assert name not in load("linux")


@pytest.mark.parametrize(
    "values", [pytest.param(values, marks=[pytest.mark.req(row)] if row else []) for row, values in GROUPS]
)
def test_members_of_the_documented_groups_have_the_numbers_of_the_headers(values: dict[str, int]) -> None:
    assert {name: TABLE[name] for name in values} == values


@pytest.mark.req("MOD-002")
def test_every_name_of_the_interpreter_there_is_in_the_table() -> None:
    assert set(INTERPRETERS.split()) - TABLE.keys() == set()


@pytest.mark.req("MOD-002")
def test_names_that_unix_alone_has_are_not_in_the_table() -> None:
    assert set(UNIX_ALONE.split()) & TABLE.keys() == set()


@pytest.mark.req("CON-019")
def test_windows_defines_no_control_message_types() -> None:
    assert [name for name in TABLE if name.startswith("SCM_")] == []


def test_every_option_fits_the_int_that_setsockopt_takes() -> None:
    options = {name: value for name, value in TABLE.items() if name.startswith(("SO_", "IP_", "IPV6_", "TCP_"))}
    assert {name: value for name, value in options.items() if not -(2**31) <= int(value) < 2**31} == {}


NAMES = """
sys.platform = real
report({"all": socket.__all__, "enumerated": {name: getattr(socket, name).name for name in ENUMERATED}})
"""
ENUMERATED = {"AF_INET6": "AF_INET6", "AF_BTH": "AF_BLUETOOTH", "MSG_TRUNC": "MSG_TRUNC", "AI_ALL": "AI_ALL"}


@pytest.mark.req("MOD-002")
@pytest.mark.berkeley_only("the names of the interpreter's own module were settled when it was built")
def test_the_package_exports_the_table_on_windows(net: ModuleType) -> None:
    code = f"ENUMERATED = {list(ENUMERATED)}\n{NAMES}"
    seen = fresh.run(net, code, before="real, sys.platform = sys.platform, 'win32'")
    assert TABLE.keys() <= set(seen["all"])
    assert seen["enumerated"] == ENUMERATED


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Any:
    """build(14393) makes this the Windows of that build."""

    def become(number: int) -> None:
        monkeypatch.setattr(sys, "getwindowsversion", lambda: SimpleNamespace(build=number), raising=False)

    return become


@pytest.mark.parametrize(
    ("name", "first"),
    [pytest.param(name, first, id=name, marks=pytest.mark.req(row)) for row, name, first in FIRST_BUILDS],
)
def test_constant_appears_with_the_build_that_supports_it(name: str, first: int, build: Any) -> None:
    build(first - 1)
    assert name not in load("win32")
    build(first)
    assert name in load("win32")


def test_builds_take_nothing_from_other_systems(build: Any) -> None:
    build(9600)
    assert _platform.too_new_constants("linux") == set()
    assert "TCP_FASTOPEN" in load("linux")
