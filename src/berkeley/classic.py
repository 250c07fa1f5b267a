"""The socket module of Python 1.5 for the programs of its day: text data, and addresses as separate arguments.

`from berkeley.classic import *` gives the names of that module. Data is sent and received as str, one character per
byte (Latin-1); bytes are taken too. bind(), connect() and connect_ex() take (host, port) or host, port.
"""

from __future__ import annotations

import berkeley as _berkeley
from berkeley import (
    SocketType,
    error,
    gethostbyaddr,
    gethostbyname,
    gethostbyname_ex,
    gethostname,
    getprotobyname,
    getservbyname,
    htonl,
    htons,
    ntohl,
    ntohs,
)
from berkeley._exported import *
from berkeley._exported import __all__ as _constants
from berkeley._socket import handed_on

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "SocketType",
    "error",
    "fromfd",
    "gethostbyaddr",
    "gethostbyname",
    "gethostbyname_ex",
    "gethostname",
    "getprotobyname",
    "getservbyname",
    "htonl",
    "htons",
    "inet_aton",
    "inet_ntoa",
    "ntohl",
    "ntohs",
    "socket",
    *_constants,
]

ENCODING = "latin-1"


def _as_bytes(data: Any) -> Any:
    """Text as the bytes it stands for; anything else is left as it is."""
    return data.encode(ENCODING) if isinstance(data, str) else data


def _as_address(parts: tuple[Any, ...]) -> Any:
    """The one address that was given, or the pair that was given as two arguments."""
    return parts[0] if len(parts) == 1 else parts


class socket(_berkeley.socket):
    """socket(family, type[, proto]) -> a socket object whose data is text."""

    __module__ = "berkeley.classic"
    __slots__ = ()

    def accept(self) -> tuple[Any, Any]:
        """accept() -> (socket object, address of the peer) of one new connection."""
        taken, address = super().accept()
        return handed_on(taken, socket), address

    def bind(self, *address: Any) -> None:
        """bind(address) or bind(host, port): give the socket a local address."""
        super().bind(_as_address(address))

    def connect(self, *address: Any) -> None:
        """connect(address) or connect(host, port): connect to a remote address."""
        super().connect(_as_address(address))

    def connect_ex(self, *address: Any) -> int:
        """connect_ex(address) or connect_ex(host, port) -> 0 or an errno value."""
        return super().connect_ex(_as_address(address))

    def recv(self, bufsize: int, flags: int = 0) -> str:  # type: ignore[override]
        """recv(bufsize[, flags]) -> at most bufsize characters, "" at the end."""
        return super().recv(bufsize, flags).decode(ENCODING)

    def recvfrom(self, bufsize: int, flags: int = 0) -> tuple[str, Any]:  # type: ignore[override]
        """recvfrom(bufsize[, flags]) -> (string, address)."""
        data, address = super().recvfrom(bufsize, flags)
        return data.decode(ENCODING), address

    def send(self, string: Any, flags: int = 0) -> int:  # type: ignore[override]
        """send(string[, flags]) -> count of characters sent."""
        return super().send(_as_bytes(string), flags)

    def sendto(self, string: Any, *flags_and_address: Any) -> int:
        """sendto(string[, flags], address) -> count of characters sent."""
        return super().sendto(_as_bytes(string), *flags_and_address)

    def getsockopt(self, level: int, optname: int, buflen: int = 0) -> Any:  # type: ignore[override]
        """getsockopt(level, optname[, buflen]) -> an integer, or a string if buflen is given."""
        value = super().getsockopt(level, optname, buflen)
        return value.decode(ENCODING) if isinstance(value, bytes) else value

    def setsockopt(self, level: int, optname: int, value: Any) -> None:  # type: ignore[override]
        """setsockopt(level, optname, value): value is an integer or a string."""
        super().setsockopt(level, optname, _as_bytes(value))

    def makefile(self, mode: str = "r", bufsize: int = -1) -> Any:  # type: ignore[override]
        """makefile([mode[, bufsize]]) -> a file on a duplicate of the socket: both are closed independently."""
        copy = _berkeley.fromfd(self.fileno(), self.family, self.type, self.proto)
        copy.settimeout(self.gettimeout())
        with copy:
            if "b" in mode:
                return copy.makefile(mode, bufsize)
            return _text_file(copy, mode, bufsize)


def _text_file(sock: Any, mode: str, bufsize: int) -> Any:
    # Text cannot do without a buffer any more; unbuffered writing sends it after every write().
    text = sock.makefile(mode, bufsize or -1, encoding=ENCODING, newline="")
    if bufsize == 0 and "w" in mode:
        text.write = _sending_at_once(text)
    return text


def _sending_at_once(text: Any) -> Any:
    write = text.write

    def write_and_flush(string: str) -> int:
        count: int = write(string)
        text.flush()
        return count

    return write_and_flush


def fromfd(fd: int, family: int, type: int, proto: int = 0) -> Any:
    """fromfd(fd, family, type[, proto]) -> a socket object on a duplicate of the descriptor."""
    return handed_on(_berkeley.fromfd(fd, family, type, proto), socket)


def inet_aton(ip_string: str) -> str:
    """inet_aton(ip_string) -> a string of four characters, the packed address."""
    return _berkeley.inet_aton(ip_string).decode(ENCODING)


def inet_ntoa(packed_ip: Any) -> str:
    """inet_ntoa(packed_ip) -> dotted decimal text of a string of four characters."""
    return _berkeley.inet_ntoa(_as_bytes(packed_ip))
