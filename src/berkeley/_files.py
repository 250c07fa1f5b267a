"""File objects over sockets: the raw file, and makefile() with the buffers and text layers of open()."""

from __future__ import annotations

import errno
import io

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EBADF = errno.EBADF
EAGAIN = errno.EAGAIN
EWOULDBLOCK = errno.EWOULDBLOCK
_blocking_errnos = {EAGAIN, EWOULDBLOCK}


class SocketIO(io.RawIOBase):
    """Raw file over a socket, or over anything with recv_into(), send() and fileno(); it does not wait by itself."""

    __module__ = "berkeley"

    def __init__(self, sock: Any, mode: str) -> None:
        if mode not in ("r", "w", "rw", "rb", "wb", "rwb"):
            raise ValueError(f"invalid mode: {mode!r}")
        super().__init__()
        self._sock = sock
        self._mode = mode if "b" in mode else f"{mode}b"
        self._reading = "r" in mode
        self._writing = "w" in mode
        self._timeout_occurred = False

    def readinto(self, buffer: Any) -> int | None:
        """readinto(buffer) -> count of bytes read, 0 at the end, None if a non-blocking socket has nothing.

        After a timeout it is unknown how much of what was asked for has come: further reads raise OSError.
        """
        self._checkClosed()
        self._checkReadable()  # type: ignore[attr-defined]
        if self._timeout_occurred:
            raise OSError("cannot read from timed out object")
        try:
            return self._sock.recv_into(buffer)  # type: ignore[no-any-return]
        except OSError as problem:
            self._timeout_occurred = isinstance(problem, TimeoutError) and problem.errno is None
            if problem.errno not in _blocking_errnos:
                raise
            return None

    def write(self, data: Any) -> int | None:
        """write(data) -> count of bytes written, which may be fewer; None if a non-blocking socket has no room."""
        self._checkClosed()
        self._checkWritable()  # type: ignore[attr-defined]
        try:
            return self._sock.send(data)  # type: ignore[no-any-return]
        except OSError as problem:
            if problem.errno not in _blocking_errnos:
                raise
            return None

    def readable(self) -> bool:
        """True if the file was made for reading and is open."""
        self._refuse_closed()
        return self._reading

    def writable(self) -> bool:
        """True if the file was made for writing and is open."""
        self._refuse_closed()
        return self._writing

    def seekable(self) -> bool:
        """False, always."""
        self._refuse_closed()
        return False

    def _refuse_closed(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed socket.")

    def fileno(self) -> int:
        """The descriptor of the socket below."""
        self._checkClosed()
        return self._sock.fileno()  # type: ignore[no-any-return]

    @property
    def name(self) -> int:
        """The descriptor, -1 once closed."""
        return -1 if self.closed else self.fileno()

    @property
    def mode(self) -> str:
        """ "rb", "wb" or "rwb"."""
        return self._mode

    def close(self) -> None:
        """Close the file; the socket is closed with its last file if it was told to close before."""
        if self.closed:
            return
        super().close()
        self._sock._decref_socketios()
        self._sock = None


class ReadWriteText(io.TextIOWrapper):
    """Text over a two-way buffer whose writing leaves alone what reading has taken in ahead."""

    def __init__(self, buffer: Any, encoding: str | None, errors: str | None, newline: str | None, line: bool) -> None:
        super().__init__(buffer, encoding, errors, newline)
        self._writer: io.TextIOWrapper | None = io.TextIOWrapper(buffer, encoding, errors, newline, line_buffering=line)

    def write(self, text: str) -> int:
        """Write to the socket's side of the file only."""
        if self._writer is None:
            raise ValueError("I/O operation on closed file.")
        return self._writer.write(text)

    def flush(self) -> None:
        """Send what was written."""
        if self._writer is None:
            super().flush()
        else:
            self._writer.flush()

    def reconfigure(self, **options: Any) -> None:
        """Change encoding, errors, newline, line_buffering or write_through, as on any text file."""
        super().reconfigure(**options)
        if self._writer is not None:
            self._writer.reconfigure(**options)

    @property
    def line_buffering(self) -> bool:
        """Whether a newline sends what was written."""
        return self._writer is not None and self._writer.line_buffering

    def detach(self) -> Any:
        """Give up the buffer below, flushed."""
        self._let_go()
        return super().detach()

    def close(self) -> None:
        """Flush, and close the buffer below."""
        try:
            self._let_go()
        finally:
            super().close()

    def _let_go(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.detach()  # flushes


def makefile(
    sock: Any,
    mode: str,
    buffering: int | None,
    *,
    encoding: str | None,
    errors: str | None,
    newline: str | None,
) -> Any:
    """The file object that socket.makefile() gives."""
    if not set(mode) <= {"r", "w", "b"}:
        raise ValueError(f"invalid mode {mode!r} (only r, w, b allowed)")
    writing = "w" in mode
    reading = "r" in mode or not writing
    binary = "b" in mode
    if buffering == 0 and not binary:
        raise ValueError("unbuffered streams must be binary")
    raw = SocketIO(sock, "r" * reading + "w" * writing)
    sock._io_refs += 1
    if buffering == 0:
        return raw
    line = buffering == 1 and not binary
    buffer = _buffered(raw, io.DEFAULT_BUFFER_SIZE if line or buffering is None or buffering < 0 else buffering)
    if binary:
        return buffer
    chosen = io.text_encoding(encoding)  # type: ignore[attr-defined]
    text = _text(buffer, reading and writing, chosen, errors, newline, line)
    text.mode = mode
    return text


def _buffered(raw: SocketIO, size: int) -> Any:
    if raw.readable() and raw.writable():
        return io.BufferedRWPair(raw, raw, size)
    return io.BufferedReader(raw, size) if raw.readable() else io.BufferedWriter(raw, size)


def _text(buffer: Any, two_way: bool, encoding: str | None, errors: str | None, newline: str | None, line: bool) -> Any:
    if two_way:
        return ReadWriteText(buffer, encoding, errors, newline, line)
    return io.TextIOWrapper(buffer, encoding, errors, newline, line_buffering=line)
