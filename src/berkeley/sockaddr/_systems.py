"""How the sockaddr of one system differs from that of another, as data."""

from __future__ import annotations

import sys

# Descendants of 4.4BSD: the header is a byte for the length and a byte for the family (sys/socket.h, sys/un.h).
_BSD = ("darwin", "ios", "freebsd", "netbsd", "openbsd", "dragonfly")

SUN_PATH_SIZE_OF_BSD = 104
SUN_PATH_SIZE = 108


def has_length(system: str = sys.platform) -> bool:
    """Whether a sockaddr begins with its length."""
    return system.startswith(_BSD)


def sun_path_size(system: str = sys.platform) -> int:
    """Bytes of sun_path in a sockaddr_un."""
    return SUN_PATH_SIZE_OF_BSD if has_length(system) else SUN_PATH_SIZE
