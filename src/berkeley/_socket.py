"""The socket class that programs use: the compiled type with enums, files, duplicates and deferred closing."""

from __future__ import annotations

import os
import sys

from berkeley import _base, _files, _platform, _public, _sendfile
from berkeley._descriptor import close
from berkeley._enums import AddressFamily, SocketKind, _intenum_converter

if sys.platform == "win32":
    from berkeley import _windows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any


class socket(_base.socket):
    """socket(family=AF_INET, type=SOCK_STREAM, proto=0, fileno=None) -> a socket object; see socket(2).

    With fileno the object takes over that descriptor, and what is not given is found out from it. SOCK_NONBLOCK
    and SOCK_CLOEXEC in type are honoured; the descriptor is never inheritable. Raises OSError.
    """

    __module__ = "berkeley"
    __slots__ = ["__weakref__", "_closed", "_io_refs"]

    def __init__(self, family: int = -1, type: int = -1, proto: int = -1, fileno: int | None = None) -> None:
        super().__init__(family, type, proto, fileno)
        self._io_refs = 0
        self._closed = False

    def __enter__(self) -> Any:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        closed = " [closed]" if getattr(self, "_closed", False) else ""
        text = f"<{type(self).__module__}.{type(self).__qualname__}{closed} fd={self.fileno()}"
        text += f", family={self.family!s}, type={self.type!s}, proto={self.proto}"
        return f"{text}{self._addresses()}>"

    def _addresses(self) -> str:
        text = ""
        for label, ask in (("laddr", self.getsockname), ("raddr", self.getpeername)):
            try:
                address = ask() if self.fileno() >= 0 else None
            except Exception:  # a format that the program has registered may raise anything
                address = None
            if address:
                text += f", {label}={address}"
        return text

    def __getstate__(self) -> None:
        raise TypeError(f"cannot pickle {type(self).__name__!r} object")

    @property
    def family(self) -> int:
        """The address family, as an AddressFamily member where it is known."""
        return _intenum_converter(super().family, AddressFamily)

    @property
    def type(self) -> int:
        """The socket type without flag bits, as a SocketKind member where it is known."""
        return _intenum_converter(super().type, SocketKind)

    def accept(self) -> tuple[Any, Any]:
        """accept() -> (socket object, address of the peer) of one new connection. See accept(2).

        The new socket is not inheritable, and blocking unless setdefaulttimeout() says otherwise.
        """
        taken = blank(socket)
        address = self._accept_into(taken)
        return as_public(taken), address

    def dup(self) -> Any:
        """dup() -> a socket object of the same class on a duplicate of the descriptor. See dup(2)."""
        copy = blank(socket)
        self._duplicate_into(copy)
        return copy if type(self) is socket else handed_on(copy, type(self))

    def makefile(
        self,
        mode: str = "r",
        buffering: int | None = None,
        *,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
    ) -> Any:
        """makefile(mode="r", buffering=None, *, encoding=None, errors=None, newline=None) -> a file over the socket.

        The arguments are those of open(); mode is made of "r", "w" and "b". The socket itself is closed once it
        and all its files are.
        """
        return _files.makefile(self, mode, buffering, encoding=encoding, errors=errors, newline=newline)

    sendfile = _sendfile.sendfile
    _sendfile_use_sendfile = _sendfile.by_kernel
    _sendfile_use_send = _sendfile.by_copying
    _check_sendfile_params = _sendfile.check

    if sys.platform == "win32":
        ioctl = _windows.ioctl
        share = _windows.share

    def _decref_socketios(self) -> None:
        if self._io_refs > 0:
            self._io_refs -= 1
        if self._closed:
            self.close()

    def _real_close(self, _base_type: Any = _base.socket) -> None:
        _base_type.close(self)

    def close(self) -> None:
        """close(): close the socket, at once or when the last of its files is closed. Raises OSError: close(2)."""
        self._closed = True
        if self._io_refs <= 0:
            self._real_close()

    def detach(self) -> int:
        """detach() -> the descriptor, which is the caller's from now on; the object counts as closed."""
        self._closed = True
        return super().detach()

    def get_inheritable(self) -> bool:
        """get_inheritable() -> whether a new program started by this one keeps the descriptor."""
        return os.get_inheritable(self.fileno())

    def set_inheritable(self, inheritable: bool) -> None:
        """set_inheritable(inheritable): set whether a new program started by this one keeps the descriptor."""
        os.set_inheritable(self.fileno(), inheritable)


for _name in _platform.absent_methods():
    setattr(socket, _name, _platform.Absent(_name))


def blank(cls: type[socket]) -> socket:
    """A socket object without a descriptor, made before a call that delivers one: nothing can be lost after it."""
    sock = cls.__new__(cls)
    sock._io_refs = 0
    sock._closed = False
    return sock


def handed_on(sock: socket, cls: Any) -> Any:
    """An object of another class on the same descriptor.

    Should making it fail, the descriptor is closed, but by one of the two alone: by the new object if it has ever
    been the owner (and it may have closed it already).
    """
    family, type, proto, timeout = sock.family, sock.type, sock.proto, sock.gettimeout()
    fd = sock.detach()
    made = None
    try:
        made = cls.__new__(cls, family, type, proto, fd)
        made.__init__(family, type, proto, fileno=fd)
    except BaseException:
        if made is None or not _has_owned(made, fd):
            close(fd)
        raise
    made.settimeout(timeout)
    return made


def _has_owned(made: Any, fd: int) -> bool:
    # An object of the interpreter's module cannot tell whether it has closed the descriptor since.
    return made._has_owned() if isinstance(made, _base.socket) else bool(made.fileno() == fd)


def as_public(sock: socket) -> Any:
    """The socket itself, or on the same descriptor what a program has put in the place of the class."""
    cls = _public.names.get("socket", socket)
    return sock if cls is socket else handed_on(sock, cls)


def fromfd(fd: int, family: int, type: int, proto: int = 0) -> Any:
    """fromfd(fd, family, type, proto=0) -> a socket object on a duplicate of the descriptor.

    Raises OSError where the descriptor is no socket (ENOTSOCK) or not open (EBADF).
    """
    sock = blank(socket)
    sock._adopt_duplicate(fd, family, type, proto)
    return as_public(sock)


if sys.platform == "win32":

    def fromshare(data: bytes) -> Any:
        """fromshare(data) -> the socket object that share() in another process has described; it is blocking.

        Raises ValueError where the bytes are not those of share(), OSError: WSASocketW().
        """
        family, type, proto = _windows.shared_identity(data)
        handle = _windows.adopt_shared(data)
        try:
            sock = socket(family, type, proto, handle)
        except BaseException:
            close(handle)
            raise
        return as_public(sock)
