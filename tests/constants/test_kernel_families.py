"""Families of Linux that no interpreter names have the options and protocols of the kernel's headers."""

from __future__ import annotations

import sys

import pytest

import berkeley

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the families of Linux")

# What the kernel has and no interpreter names, by the family that it belongs to.
BEYOND = {
    "AF_XDP": {"XDP_RX_RING": 2, "XDP_UMEM_REG": 4, "XDP_STATISTICS": 7, "XDP_ZEROCOPY": 4, "SOL_XDP": 283},
    "AF_SMC": {"SMCPROTO_SMC": 0, "SMCPROTO_SMC6": 1, "SOL_SMC": 286, "IPPROTO_SMC": 256},
    "AF_KCM": {"KCMPROTO_CONNECTED": 0, "KCM_RECV_DISABLE": 1, "SIOCKCMATTACH": 0x89E0, "SOL_KCM": 281},
    "AF_PHONET": {"PN_PROTO_PHONET": 1, "PN_PROTO_PIPE": 2, "PNPIPE_HANDLE": 3, "PNADDR_BROADCAST": 0xFC},
    "AF_IEEE802154": {"IEEE802154_ADDR_SHORT": 2, "IEEE802154_ADDR_LONG": 3, "SOL_IEEE802154": 0, "WPAN_SECURITY": 1},
    "AF_LLC": {"LLC_OPT_PKTINFO": 9, "LLC_SAP_SNAP": 0xAA, "LLC_SAP_BSPAN": 0x42, "SOL_LLC": 268},
    "AF_PPPOX": {"PX_PROTO_OE": 0, "PX_PROTO_OL2TP": 1, "PX_PROTO_PPTP": 2},
    "AF_INET": {"SCTP_NODELAY": 3, "SCTP_EVENTS": 11, "SCTP_STATUS": 14, "SCTP_UNORDERED": 1, "SOL_SCTP": 132},
    "AF_RDS": {"RDS_TRANS_TCP": 2, "SO_RDS_TRANSPORT": 8, "RDS_CMSG_RDMA_MAP": 3},
    "AF_QIPCRTR": {"QRTR_NODE_BCAST": 0xFFFFFFFF, "QRTR_PORT_CTRL": 0xFFFFFFFE, "QRTR_TYPE_NEW_SERVER": 4},
    "AF_RXRPC": {"RXRPC_USER_CALL_ID": 1, "RXRPC_SECURITY_KEY": 1, "SOL_RXRPC": 272},
    "AF_MCTP": {"MCTP_ADDR_ANY": 0xFF, "MCTP_TAG_OWNER": 8},
    "AF_INET6": {"TLS_TX": 1, "TLS_RX": 2, "SOL_TLS": 282, "MPTCP_INFO": 1, "SOL_MPTCP": 284},
}


@pytest.mark.parametrize("family", BEYOND)
def test_a_family_of_the_kernel_has_its_options_and_protocols(family: str) -> None:
    assert isinstance(getattr(berkeley, family), berkeley.AddressFamily)
    assert {name: getattr(berkeley, name, None) for name in BEYOND[family]} == BEYOND[family]
