"""How the sockaddr of one system differs from that of another, as data."""

from __future__ import annotations

import sys

# Descendants of 4.4BSD: the header is a byte for the length and a byte for the family (sys/socket.h, sys/un.h).
_BSD = ("darwin", "ios", "freebsd", "netbsd", "openbsd", "dragonfly")

SUN_PATH_SIZE_OF_BSD = 104
SUN_PATH_SIZE = 108

# The modules of families whose sockaddr has a form of its own on a system; None where addresses stay raw, because the
# sockaddr of that name has other contents (SOCKADDR_DL of Windows).
_MODULES: dict[str, dict[str, str | None]] = {
    "dragonfly": {"AF_BLUETOOTH": "bluetooth_netbsd"},
    "freebsd": {"AF_BLUETOOTH": "bluetooth_freebsd"},
    "netbsd": {"AF_BLUETOOTH": "bluetooth_netbsd"},
    "win32": {"AF_BLUETOOTH": "bluetooth_windows", "AF_HYPERV": "hyperv", "AF_LINK": None},
}

# Bytes of sdl_data in a sockaddr_dl (net/if_dl.h); those of DragonFly are three fields.
_SDL_DATA_SIZES = {"darwin": 12, "ios": 12, "netbsd": 24, "openbsd": 24}
_SDL_DATA_SIZE = 46


def has_length(system: str = sys.platform) -> bool:
    """Whether a sockaddr begins with its length."""
    return system.startswith(_BSD)


def sun_path_size(system: str = sys.platform) -> int:
    """Bytes of sun_path in a sockaddr_un."""
    return SUN_PATH_SIZE_OF_BSD if has_length(system) else SUN_PATH_SIZE


def own_modules(system: str = sys.platform) -> dict[str, str | None]:
    """The modules of the families that a system has in a form of its own, by the name of their constant."""
    return _MODULES.get(_kind(system), {})


def sdl_data_size(system: str = sys.platform) -> int:
    """Bytes of sdl_data in a sockaddr_dl."""
    return _SDL_DATA_SIZES.get(_kind(system), _SDL_DATA_SIZE)


def sockaddr_vm_size(system: str = sys.platform) -> int:
    """Bytes of a sockaddr_vm: macOS (sys/vsock.h) ends it behind the CID, Linux (linux/vm_sockets.h) pads it."""
    return 12 if _kind(system) in ("darwin", "ios") else 16


def has_can_raw_alone(system: str = sys.platform) -> bool:
    """Whether CAN_RAW is the only protocol of AF_CAN, and its sockaddr_can has 16 bytes (netcan/can.h of NetBSD)."""
    return _kind(system) == "netbsd"


def _kind(system: str) -> str:
    """The name of a system without the version that some have behind it."""
    return system if system in _MODULES else system.rstrip("0123456789")
