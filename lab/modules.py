"""The kernel modules that the lab loads, and the order of those that reach the host's root."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

# Loaded by the initial RAM disk, before the host's files can be read.
FOR_ROOT = ("virtio_pci", "9pnet_virtio", "9p", "overlay")

# By what they are for; a name that this kernel lacks is reported.
BY_FAMILY = {
    "CAN": "vcan can-raw can-bcm can-isotp can-j1939 can-gw",
    "TIPC": "tipc",
    "ALG": "af_alg algif_hash algif_skcipher algif_aead algif_rng",
    # The self test of drbg needs hmac and sha512.
    "digests": "sha1_generic sha256_generic sha512_generic md5 rmd160 hmac cmac crc32c_generic",
    "ciphers": "aes_generic aesni_intel cbc ctr ecb xts gcm ccm ghash-generic authenc drbg ansi_cprng",
    "RDS": "rds rds_tcp",
    "QIPCRTR": "qrtr qrtr-tun",
    "BLUETOOTH": "bluetooth rfcomm bnep hidp hci_vhci",
    "VSOCK": "vsock vsock_loopback vmw_vsock_virtio_transport_common",
    "SMC": "smc smc_diag",
    "SCTP": "sctp",
    "PHONET": "phonet",
    "KCM": "kcm",
    "PPPOX": "pppox pppoe pptp l2tp_ppp",
    "L2TP": "l2tp_core l2tp_ip l2tp_ip6",
    "LLC": "llc2",
    "TLS": "tls",
    "IEEE802154": "ieee802154 ieee802154_socket mac802154 fakelb mac802154_hwsim",
    "interfaces": "veth dummy tun nlmon ifb",
    "queues": "sch_netem sch_ingress",
    "diagnosis": "tcp_diag udp_diag unix_diag netlink_diag af_packet_diag",
}
NAMES = [name for names in BY_FAMILY.values() for name in names.split()]


def insmod_order(tree: Path, release: str) -> list[Path]:
    """The files of FOR_ROOT and of what they depend on, in the order in which they have to be loaded."""
    order: dict[Path, None] = {}
    for name in FOR_ROOT:
        command = ["modprobe", "-d", str(tree), "-S", release, "--show-depends", name]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        order.update(dict.fromkeys(Path(line.split()[1]) for line in shown.splitlines() if line.startswith("insmod")))
    return list(order)


def load(tree: str, release: str) -> Iterator[str]:
    """Load NAMES all at once, inside the guest; what could not be loaded, a line each."""
    command = ["modprobe", "-d", tree, "-S", release, "-a", *NAMES]
    # modprobe goes on after a name that it does not find.
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    for line in done.stdout.splitlines():
        absent = re.search(r"Module (\S+) not found", line)
        yield f"this kernel has no module {absent[1]}" if absent else line
