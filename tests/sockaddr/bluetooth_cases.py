"""What the tests of Bluetooth addresses share: device addresses, and bytes that no kernel would report."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from berkeley.sockaddr._layout import Codec

BDADDR = "01:23:45:67:89:AB"
REVERSED = "ab8967452301"

MALFORMED = [
    *("", ":", "00", "00:11", "00:11:22:33:44", "00:11:22:33:44:", "00:11:22:33:44:55:", "00:11:22:33:44:55:66"),
    *("gg:11:22:33:44:55", "00:11:22:33:44:5g", "100:11:22:33:44:55", "00:11:22:33:44:100", ":11:22:33:44:55"),
    *("00::22:33:44:55", "00-11-22-33-44-55", "001122334455", " 00:11:22:33:44:55", "00:11:22:33:44:55 "),
    *("00:11:22:33:44:-5", "+0:11:22:33:44:55", "0x0:11:22:33:44:55", "00:11:22:33:44:55\0", "\0", "é" * 17),
    *("00:11:22:33:44:\uff15\uff15", "\ud812", "0" * 100_000 + "1ff:0:0:0:0:0", "f" * 100_000),
]

bdaddrs = st.binary(min_size=6, max_size=6).map(lambda octets: octets.hex(":").upper())
garbage = st.binary(min_size=0, max_size=128)


def outcome(codec: Codec, raw: bytes, proto: int) -> Any:
    """What a codec makes of bytes: an address, or None if it refuses them with ValueError itself."""
    try:
        return codec.decode(raw, proto=proto)
    except ValueError as refused:
        return None if type(refused) is ValueError else refused
