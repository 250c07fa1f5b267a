"""macOS, FreeBSD, NetBSD and OpenBSD have the documented names of each, with the numbers of their kernels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from other_systems import UNIXES, constants_on, group, report

req = pytest.mark.req
pytestmark = pytest.mark.simulated

DOCUMENTED = json.loads(Path(__file__).parents[1].joinpath("documented_names.json").read_text("ascii"))
EVERYWHERE = tuple(UNIXES)


def on(systems: tuple[str, ...], names: dict[str, int | str]) -> dict[str, dict[str, int | str]]:
    """The same names with the same numbers on several systems."""
    return dict.fromkeys(systems, names)


# requirement: system: names with their numbers, which come from the systems' manuals and the requirements.
PRESENT: dict[str, dict[str, dict[str, int | str]]] = {
    "CON-003": on(EVERYWHERE, {"AF_UNIX": 1}),
    "CON-004": on(EVERYWHERE, {"AF_INET": 2}),
    "CON-005": {
        "macOS": {"AF_INET6": 30},
        "FreeBSD": {"AF_INET6": 28},
        "NetBSD": {"AF_INET6": 24},
        "OpenBSD": {"AF_INET6": 24},
    },
    "CON-006": on(EVERYWHERE, {"AF_UNSPEC": 0}),
    "CON-008": on(EVERYWHERE, {"SOCK_STREAM": 1}),
    "CON-009": on(EVERYWHERE, {"SOCK_DGRAM": 2}),
    "CON-010": on(EVERYWHERE, {"SOCK_RAW": 3}),
    "CON-011": on(EVERYWHERE, {"SOCK_RDM": 4}),
    "CON-012": on(EVERYWHERE, {"SOCK_SEQPACKET": 5}),
    "CON-029": on(EVERYWHERE, {"SOMAXCONN": 128}),
    "CON-036": {"macOS": {"TCP_FASTOPEN": 0x105}, "FreeBSD": {"TCP_FASTOPEN": 1025}},
    "CON-037": {"macOS": {"TCP_KEEPCNT": 0x102}, "FreeBSD": {"TCP_KEEPCNT": 1024}, "NetBSD": {"TCP_KEEPCNT": 6}},
    "CON-038": {"FreeBSD": {"TCP_KEEPIDLE": 256}, "NetBSD": {"TCP_KEEPIDLE": 3}},
    "CON-039": {"macOS": {"TCP_KEEPINTVL": 0x101}, "FreeBSD": {"TCP_KEEPINTVL": 512}, "NetBSD": {"TCP_KEEPINTVL": 5}},
    "CON-040": {"macOS": {"TCP_NOTSENT_LOWAT": 0x201}},
    "CON-041": {"macOS": {"IP_RECVTOS": 27}, "FreeBSD": {"IP_RECVTOS": 68}},
    "CON-042": {"macOS": {"TCP_KEEPALIVE": 0x10}},
    "CON-044": {"macOS": {"TCP_CONNECTION_INFO": 0x106}},
    "CON-045": {"FreeBSD": {"TCP_INFO": 32}, "NetBSD": {"TCP_INFO": 9}, "OpenBSD": {"TCP_INFO": 9}},
    "CON-046": {"OpenBSD": {"SO_RTABLE": 0x1021}},
    "CON-047": {"FreeBSD": {"SO_USER_COOKIE": 0x1015}},
    "CON-049": on(EVERYWHERE, {"SO_REUSEADDR": 4}),
    "CON-050": on(EVERYWHERE, {"SO_REUSEPORT": 0x200}),
    "CON-053": {"NetBSD": {"AF_CAN": 35, "PF_CAN": 35}},
    "CON-054": {"NetBSD": {"SOL_CAN_RAW": 1}},
    "CON-055": {
        "NetBSD": {
            "CAN_EFF_FLAG": 0x80000000,
            "CAN_RTR_FLAG": 0x40000000,
            "CAN_ERR_FLAG": 0x20000000,
            "CAN_SFF_MASK": 0x7FF,
            "CAN_EFF_MASK": 0x1FFFFFFF,
            "CAN_ERR_MASK": 0x1FFFFFFF,
            "CAN_RAW": 1,
            "CAN_RAW_FILTER": 1,
            "CAN_RAW_LOOPBACK": 4,
            "CAN_RAW_RECV_OWN_MSGS": 5,
        }
    },
    "CON-099": on(EVERYWHERE, {"AF_LINK": 18}),
    "CON-100": on(EVERYWHERE, {"has_ipv6": True}),
    "CON-101": on(("FreeBSD", "NetBSD"), {"BDADDR_ANY": "00:00:00:00:00:00"}),
    "CON-102": on(("FreeBSD", "NetBSD"), {"BDADDR_LOCAL": "00:00:00:FF:FF:FF"}),
    "CON-103": {"FreeBSD": {"AF_BLUETOOTH": 36}, "NetBSD": {"AF_BLUETOOTH": 31}},
    "CON-104": {"FreeBSD": {"BTPROTO_L2CAP": 135}, "NetBSD": {"BTPROTO_L2CAP": 2}},
    "CON-105": {"FreeBSD": {"BTPROTO_RFCOMM": 136}, "NetBSD": {"BTPROTO_RFCOMM": 3}},
    "CON-106": {"FreeBSD": {"BTPROTO_HCI": 134}, "NetBSD": {"BTPROTO_HCI": 1}},
    "CON-107": {"NetBSD": {"BTPROTO_SCO": 4}},
    "CON-108": {"FreeBSD": {"HCI_FILTER": 1}},
    "CON-112": {"FreeBSD": {"SCM_CREDS2": 8}},
    "CON-113": {"FreeBSD": {"LOCAL_CREDS": 2}},
    "CON-114": {"FreeBSD": {"LOCAL_CREDS_PERSISTENT": 3}},
    "CON-128": on(("macOS", "FreeBSD"), {"ETHERTYPE_ARP": 0x0806}),
    "CON-129": on(("macOS", "FreeBSD"), {"ETHERTYPE_IP": 0x0800}),
    "CON-130": on(("macOS", "FreeBSD"), {"ETHERTYPE_IPV6": 0x86DD}),
    "CON-131": on(("macOS", "FreeBSD"), {"ETHERTYPE_VLAN": 0x8100}),
    "CON-132": {"FreeBSD": {"IPPROTO_UDPLITE": 136}},
    "CON-133": {"FreeBSD": {"UDPLITE_SEND_CSCOV": 2}},
    "CON-134": {"FreeBSD": {"UDPLITE_RECV_CSCOV": 4}},
    "CON-136": on(EVERYWHERE, {"IPPROTO_TCP": 6}),
    "CON-137": on(EVERYWHERE, {"IPPROTO_IP": 0}),
    "CON-138": on(EVERYWHERE, {"IP_HDRINCL": 2}),
    "CON-140": {"macOS": {"PF_SYSTEM": 32}},
    "CON-141": {"macOS": {"SYSPROTO_CONTROL": 2}},
    "CON-142": on(EVERYWHERE, {"INADDR_ANY": 0}),
    "CON-143": on(EVERYWHERE, {"INADDR_BROADCAST": 0xFFFFFFFF}),
    "CON-144": on(EVERYWHERE, {"SOL_SOCKET": 0xFFFF}),
    "CON-145": on(EVERYWHERE, {"SCM_RIGHTS": 1}),
    "CON-146": on(EVERYWHERE, {"AI_NUMERICHOST": 4}),
    "CON-147": on(EVERYWHERE, {"AI_CANONNAME": 2}),
    "CON-148": on(EVERYWHERE, {"AI_PASSIVE": 1}),
    "CON-149": on(EVERYWHERE, {"SHUT_RD": 0}),
    "CON-150": on(EVERYWHERE, {"SHUT_WR": 1}),
    "CON-151": on(EVERYWHERE, {"SHUT_RDWR": 2}),
}

# requirement, names, and the systems that are without them.
ABSENT: list[tuple[str, str, tuple[str, ...]]] = [
    ("MOD-002", "TCP_KEEPALIVE", ("FreeBSD", "NetBSD", "OpenBSD")),
    ("MOD-002", "TCP_CONNECTION_INFO", ("FreeBSD", "NetBSD", "OpenBSD")),
    ("MOD-002", "SO_RTABLE", ("macOS", "FreeBSD", "NetBSD")),
    ("MOD-002", "SO_USER_COOKIE", ("macOS", "NetBSD", "OpenBSD")),
    ("MOD-002", "SO_MARK", EVERYWHERE),
    ("MOD-002", "SO_PASSCRED", EVERYWHERE),
    ("MOD-002", "AF_CAN CAN_RAW PF_CAN", ("macOS", "FreeBSD", "OpenBSD")),
    ("MOD-002", "CAN_BCM CAN_BCM_TX_SETUP CAN_ISOTP CAN_J1939", EVERYWHERE),
    ("MOD-002", "SIO_RCVALL SIO_KEEPALIVE_VALS SIO_LOOPBACK_FAST_PATH RCVALL_ON RCVALL_OFF", EVERYWHERE),
    ("MOD-002", "AF_BLUETOOTH BDADDR_ANY BDADDR_LOCAL BTPROTO_L2CAP BTPROTO_RFCOMM BTPROTO_HCI", ("macOS", "OpenBSD")),
    ("CON-107", "BTPROTO_SCO", ("macOS", "FreeBSD", "OpenBSD")),
    ("CON-108", "HCI_FILTER", ("macOS", "NetBSD", "OpenBSD")),
    ("CON-109", "HCI_TIME_STAMP", EVERYWHERE),
    ("CON-110", "HCI_DATA_DIR", EVERYWHERE),
    ("MOD-002", "SCM_CREDS2 LOCAL_CREDS_PERSISTENT", ("macOS", "NetBSD", "OpenBSD")),
    ("MOD-002", "HV_PROTOCOL_RAW HVSOCKET_CONNECT_TIMEOUT HV_GUID_ZERO HV_GUID_PARENT", EVERYWHERE),
    ("MOD-002", "UDPLITE_SEND_CSCOV UDPLITE_RECV_CSCOV", ("macOS", "NetBSD", "OpenBSD")),
    ("MOD-002", "PF_SYSTEM SYSPROTO_CONTROL", ("FreeBSD", "NetBSD", "OpenBSD")),
]

# What the document gives for Linux, and these systems have as well, for their headers define it.
SHARED_WITH_LINUX = {
    "macOS": "AF_VSOCK ETHERTYPE_ARP ETHERTYPE_IP ETHERTYPE_IPV6 ETHERTYPE_VLAN IOCTL_VM_SOCKETS_GET_LOCAL_CID "
    "IP_RECVTOS TCP_FASTOPEN TCP_KEEPCNT TCP_KEEPINTVL TCP_NOTSENT_LOWAT",
    "FreeBSD": "AF_NETLINK ETHERTYPE_ARP ETHERTYPE_IP ETHERTYPE_IPV6 ETHERTYPE_VLAN IPPROTO_UDPLITE IP_RECVTOS "
    "SOCK_CLOEXEC SOCK_NONBLOCK SO_DOMAIN SO_PROTOCOL TCP_CONGESTION TCP_FASTOPEN TCP_INFO TCP_KEEPCNT TCP_KEEPIDLE "
    "TCP_KEEPINTVL UDPLITE_RECV_CSCOV UDPLITE_SEND_CSCOV",
    "NetBSD": "AF_CAN CAN_RAW PF_CAN SOCK_CLOEXEC SOCK_NONBLOCK TCP_INFO TCP_KEEPCNT TCP_KEEPIDLE TCP_KEEPINTVL",
    "OpenBSD": "IPPROTO_UDPLITE SOCK_CLOEXEC SOCK_NONBLOCK SO_DOMAIN SO_PROTOCOL TCP_INFO",
}
ON_ALL_UNIXES = """
    AF_INET AF_INET6 AF_UNIX AF_UNSPEC AI_CANONNAME AI_NUMERICHOST AI_PASSIVE INADDR_ANY INADDR_BROADCAST IPPROTO_IP
    IPPROTO_TCP IP_HDRINCL SCM_RIGHTS SHUT_RD SHUT_RDWR SHUT_WR SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET SOCK_STREAM
    SOL_SOCKET SOMAXCONN SO_REUSEADDR SO_REUSEPORT has_ipv6
"""

# requirement, prefix, and what CPython or the kernel's manual adds to the names that all systems have.
GROUPS: list[tuple[str, str, dict[str, dict[str, int]]]] = [
    ("CON-007", "AF_", {"macOS": {"AF_SYSTEM": 32, "AF_VSOCK": 40}, "FreeBSD": {"AF_DIVERT": 44, "AF_NETLINK": 38}}),
    ("CON-007", "AF_", {"NetBSD": {"AF_ROUTE": 34, "AF_MPLS": 33}, "OpenBSD": {"AF_KEY": 30, "AF_ROUTE": 17}}),
    ("CON-013", "SOCK_", {"FreeBSD": {"SOCK_CLOEXEC": 0x10000000}, "OpenBSD": {"SOCK_DNS": 0x1000}}),
    ("CON-016", "SO_", {"macOS": {"SO_NOSIGPIPE": 0x1022, "SO_NREAD": 0x1020}, "FreeBSD": {"SO_SETFIB": 0x1014}}),
    ("CON-016", "SO_", {"FreeBSD": {"SO_REUSEPORT_LB": 0x10000}, "NetBSD": {"SO_RCVTIMEO": 0x100C}}),
    ("CON-016", "SO_", {"OpenBSD": {"SO_SPLICE": 0x1023, "SO_PEERCRED": 0x1022, "SO_RCVTIMEO": 0x1006}}),
    ("CON-017", "MSG_", {"macOS": {"MSG_EOF": 0x100}, "FreeBSD": {"MSG_NOTIFICATION": 0x2000}}),
    ("CON-017", "MSG_", {"NetBSD": {"MSG_BCAST": 0x100, "MSG_MCAST": 0x200}, "OpenBSD": {"MSG_NOSIGNAL": 0x400}}),
    ("CON-018", "SOL_", {name: {"SOL_IP": 0, "SOL_TCP": 6, "SOL_UDP": 17} for name in UNIXES}),
    ("CON-019", "SCM_", {"macOS": {"SCM_CREDS": 3}, "FreeBSD": {"SCM_CREDS": 3}, "NetBSD": {"SCM_CREDS": 16}}),
    ("CON-020", "IPPROTO_", {name: {"IPPROTO_MAX": 256, "IPPROTO_IPV4": 4, "IPPROTO_EON": 80} for name in UNIXES}),
    ("CON-021", "IPPORT_", {"macOS": {"IPPORT_USERRESERVED": 5000}, "OpenBSD": {"IPPORT_USERRESERVED": 49151}}),
    ("CON-022", "INADDR_", {"FreeBSD": {"INADDR_CARP_GROUP": 0xE0000012}, "NetBSD": {"INADDR_NONE": 0xFFFFFFFF}}),
    ("CON-023", "IP_", {"macOS": {"IP_PKTINFO": 26}, "FreeBSD": {"IP_BINDANY": 24}, "OpenBSD": {"IP_RTABLE": 0x1021}}),
    ("CON-023", "IP_", {name: {"IP_RECVDSTADDR": 7, "IP_TOS": 3, "IP_ADD_MEMBERSHIP": 12} for name in UNIXES}),
    ("CON-024", "IPV6_", {"macOS": {"IPV6_PKTINFO": 46, "IPV6_RECVPKTINFO": 61, "IPV6_TCLASS": 36}}),
    ("CON-024", "IPV6_", {name: {"IPV6_V6ONLY": 27, "IPV6_JOIN_GROUP": 12} for name in UNIXES}),
    ("CON-025", "EAI_", {"macOS": {"EAI_NONAME": 8, "EAI_MAX": 15}, "OpenBSD": {"EAI_NONAME": -2}}),
    ("CON-026", "AI_", {"FreeBSD": {"AI_DEFAULT": 0x600}, "OpenBSD": {"AI_NUMERICSERV": 16}}),
    ("CON-027", "NI_", {"macOS": {"NI_MAXHOST": 1025, "NI_DGRAM": 16}, "OpenBSD": {"NI_NUMERICHOST": 1}}),
    ("CON-028", "TCP_", {"macOS": {"TCP_NOPUSH": 4}, "FreeBSD": {"TCP_MD5SIG": 16}, "OpenBSD": {"TCP_MD5SIG": 4}}),
    ("", "LOCAL_", {"macOS": {"LOCAL_PEERCRED": 1}, "FreeBSD": {"LOCAL_PEERCRED": 1}, "NetBSD": {"LOCAL_CREDS": 4}}),
    ("", "PF_", {"FreeBSD": {"PF_DIVERT": 44}}),
    ("", "SO_", {"FreeBSD": {"SO_L2CAP_IMTU": 1}, "NetBSD": {"SO_HCI_EVT_FILTER": 1}}),
]


def _marked(row: str, *values: object, name: str) -> object:
    return pytest.param(*values, marks=[req(row)] if row else [], id=name)


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        _marked(row, each, found, name=f"{row} {each}")
        for row, where in PRESENT.items()
        for each, found in where.items()
    ],
)
def test_a_documented_name_is_there_with_the_number_of_the_kernel(system: str, expected: dict[str, int | str]) -> None:
    here = constants_on(UNIXES[system])
    assert {name: here.get(name) for name in expected} == expected
    assert expected.keys() <= set(report(UNIXES[system])["all"])


@pytest.mark.parametrize(
    ("system", "names"),
    [_marked(row, each, names, name=f"{each} {names}") for row, names, where in ABSENT for each in where],
)
def test_a_name_of_other_systems_is_absent(system: str, names: str) -> None:
    assert not constants_on(UNIXES[system]).keys() & set(names.split())


@pytest.mark.parametrize(
    ("system", "prefix", "expected"),
    [
        _marked(row, each, prefix, found, name=f"{prefix} {each}")
        for row, prefix, where in GROUPS
        for each, found in where.items()
    ],
)
def test_a_documented_group_holds_what_the_headers_define(system: str, prefix: str, expected: dict[str, int]) -> None:
    here = group(UNIXES[system], prefix)
    assert {name: here.get(name) for name in expected} == expected


@req("MOD-002", "MOD-010")
@pytest.mark.parametrize("system", UNIXES)
def test_of_the_names_documented_for_linux_there_are_those_that_the_system_has_itself(system: str) -> None:
    expected = {*ON_ALL_UNIXES.split(), *SHARED_WITH_LINUX[system].split()}
    assert constants_on(UNIXES[system]).keys() & set(DOCUMENTED["constants"]) == expected


@req("MOD-002", "MOD-010")
@pytest.mark.parametrize("system", UNIXES)
@pytest.mark.parametrize("prefix", ["PACKET_", "RDS_", "TIPC_", "ALG_", "J1939_", "SO_VM_", "ETH_P_", "XDP_", "BT_"])
def test_a_group_of_linux_alone_does_not_leak(system: str, prefix: str) -> None:
    assert group(UNIXES[system], prefix) == {}


@req("CON-001", "CON-002")
@pytest.mark.parametrize("system", UNIXES)
@pytest.mark.parametrize(
    ("enumeration", "prefix"),
    [("AddressFamily", "AF_"), ("SocketKind", "SOCK_"), ("MsgFlag", "MSG_"), ("AddressInfo", "AI_")],
)
def test_the_enumerations_hold_all_names_of_their_group(system: str, enumeration: str, prefix: str) -> None:
    names = {name: value for name, value in group(UNIXES[system], prefix).items() if name.isupper()}
    assert report(UNIXES[system])["enums"][enumeration] == names
    assert len(names) >= 4


@req("CON-001")
@pytest.mark.parametrize("system", UNIXES)
def test_the_usual_name_of_a_family_is_that_of_the_member(system: str) -> None:
    members = report(UNIXES[system])["names"]["AddressFamily"]
    here = constants_on(UNIXES[system])
    for name in ("AF_UNSPEC", "AF_UNIX", "AF_INET", "AF_INET6", "AF_LINK", "AF_ROUTE", "AF_APPLETALK"):
        assert members[str(here[name])] == name


@req("MOD-002")
@pytest.mark.parametrize(
    ("system", "same_as"), [("android", "linux"), ("ios", "darwin"), ("freebsd15", "freebsd14"), ("cygwin", "plan9")]
)
def test_systems_that_share_a_table_have_the_same_constants(system: str, same_as: str) -> None:
    assert constants_on(system) == constants_on(same_as)
