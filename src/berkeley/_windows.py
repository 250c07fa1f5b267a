"""What Windows alone can do with sockets, and how it names interfaces: calls of its libraries, made by ctypes."""

from __future__ import annotations

import functools
import struct
from operator import index

from berkeley.constants import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# How many DWORDs an ioctl takes; the three are struct tcp_keepalive: on or off, and two times (mstcpip.h).
DWORDS = {"SIO_RCVALL": 1, "SIO_KEEPALIVE_VALS": 3, "SIO_LOOPBACK_FAST_PATH": 1}
# struct WSAPROTOCOL_INFOW (winsock2.h), of which iAddressFamily, iSocketType and iProtocol tell what socket it is.
PROTOCOL_INFO = struct.Struct("<76xi8xii532x")
# struct MIB_IF_ROW2 (netioapi.h), of which InterfaceLuid and InterfaceIndex come first; a table has a count before it.
INTERFACE = struct.Struct("<QI1340x")
TABLE_HEAD = 8
TABLE_RAW = 1  # MibIfTableRaw
NAME_ROOM = 257  # NDIS_IF_MAX_STRING_SIZE, and the terminator
FROM_PROTOCOL_INFO = -1
INVALID_SOCKET = -1
OVERLAPPED_NOT_INHERITED = 0x01 | 0x80  # WSA_FLAG_OVERLAPPED, WSA_FLAG_NO_HANDLE_INHERIT


def ioctl(self: Any, control: int, option: int | tuple[int, int, int], /) -> int:
    """ioctl(control, option) -> the number of bytes that WSAIoctl() has written, 0 for the codes there are.

    SIO_RCVALL takes a RCVALL_* number, SIO_LOOPBACK_FAST_PATH 0 or 1, SIO_KEEPALIVE_VALS a tuple (on or off, time until
    the first probe, time between probes), both in milliseconds. ValueError for any other code; OSError: WSAIoctl().
    """
    code = _dword(control)
    return winsock().control(self.fileno(), code, ioctl_input(code, option))


def share(self: Any, process_id: int, /) -> bytes:
    """share(process_id) -> bytes, from which fromshare() makes the same socket in the process with this id.

    The socket may be closed as soon as the bytes are there; they serve once. Raises OSError: WSADuplicateSocketW().
    """
    return winsock().duplicate(self.fileno(), _dword(process_id))


def ioctl_input(control: int, option: int | tuple[int, int, int]) -> bytes:
    """The bytes that WSAIoctl() takes with a control code."""
    table = load("win32")
    counts = {table[name]: count for name, count in DWORDS.items()}
    if control not in counts:
        raise ValueError(f"invalid ioctl command {control}")
    return b"".join(_dword(number).to_bytes(4, "little") for number in _numbers(option, counts[control]))


def _numbers(option: Any, count: int) -> tuple[Any, ...]:
    if count == 1:
        return (option,)
    if not isinstance(option, (tuple, list)) or len(option) != count:
        raise TypeError(f"the option has to be a tuple of {count} integers, not {option!r}")
    return tuple(option)


def _dword(number: int) -> int:
    value = index(number)
    if not 0 <= value <= 0xFFFFFFFF:
        raise OverflowError(f"{value} does not fit an unsigned 32-bit integer")
    return value


def shared_identity(data: bytes) -> tuple[int, int, int]:
    """The family, the type and the protocol of the socket in the bytes of share()."""
    size = memoryview(data).nbytes
    if size != PROTOCOL_INFO.size:
        raise ValueError(f"a shared socket is {PROTOCOL_INFO.size} bytes, not {size}")
    family, kind, proto = PROTOCOL_INFO.unpack(data)
    return family, kind, proto


def adopt_shared(data: bytes) -> int:
    """A handle, not inheritable, on the socket in the bytes of share()."""
    return winsock().recreate(bytes(data))


def if_nameindex() -> list[tuple[int, str]]:
    """if_nameindex() -> [(index, name), ...]: every network interface, by names such as ethernet_32770.

    Raises OSError: GetIfTable2Ex(), ConvertInterfaceLuidToNameW().
    """
    system = ip_helper()
    return [(number, system.name(luid)) for luid, number in INTERFACE.iter_unpack(system.interfaces())]


class Winsock:
    """Three calls of ws2_32.dll; `failure` makes the exception of the last call that failed."""

    def __init__(self, library: Any, failure: Callable[[], OSError]) -> None:
        self.c = c = _ctypes()
        self.library, self.failure = library, failure
        # SOCKET is an unsigned integer as wide as a pointer.
        library.WSAIoctl.argtypes = [
            *[c.c_size_t, c.c_uint32, c.c_char_p, c.c_uint32, c.c_void_p, c.c_uint32],
            *[c.POINTER(c.c_uint32), c.c_void_p, c.c_void_p],
        ]
        library.WSADuplicateSocketW.argtypes = [c.c_size_t, c.c_uint32, c.c_char_p]
        library.WSASocketW.argtypes = [c.c_int, c.c_int, c.c_int, c.c_char_p, c.c_uint32, c.c_uint32]
        library.WSASocketW.restype = c.c_size_t

    def control(self, handle: int, code: int, data: bytes) -> int:
        """Make an ioctl without output; the result is the size of the output that the system reports."""
        written = self.c.c_uint32()
        if self.library.WSAIoctl(handle, code, data, len(data), None, 0, self.c.byref(written), None, None):
            raise self.failure()
        return int(written.value)

    def duplicate(self, handle: int, process: int) -> bytes:
        """Describe a duplicate that waits for another process."""
        info = self.c.create_string_buffer(PROTOCOL_INFO.size)
        if self.library.WSADuplicateSocketW(handle, process, info):
            raise self.failure()
        return bytes(info.raw)

    def recreate(self, info: bytes) -> int:
        """Take the duplicate that was described for this process."""
        kind = (FROM_PROTOCOL_INFO,) * 3
        handle = self.library.WSASocketW(*kind, info, 0, OVERLAPPED_NOT_INHERITED)
        if handle == self.c.c_size_t(INVALID_SOCKET).value:
            raise self.failure()
        return int(handle)


class IpHelper:
    """Calls of iphlpapi.dll; `failure` makes the exception of the status that one has returned."""

    def __init__(self, library: Any, failure: Callable[[int], OSError]) -> None:
        self.c = c = _ctypes()
        self.library, self.failure = library, failure
        library.GetIfTable2Ex.argtypes = [c.c_int, c.POINTER(c.c_void_p)]
        library.FreeMibTable.argtypes = [c.c_void_p]
        library.FreeMibTable.restype = None
        library.ConvertInterfaceLuidToNameW.argtypes = [c.POINTER(c.c_uint64), c.c_wchar_p, c.c_size_t]

    def interfaces(self) -> bytes:
        """The rows of the table of interfaces."""
        table = self.c.c_void_p()
        self._check(self.library.GetIfTable2Ex(TABLE_RAW, self.c.byref(table)))
        try:
            count = self.c.c_uint32.from_address(table.value).value
            return bytes(self.c.string_at(table.value + TABLE_HEAD, count * INTERFACE.size))
        finally:
            self.library.FreeMibTable(table)

    def name(self, luid: int) -> str:
        """The name of an interface by its locally unique identifier."""
        text = self.c.create_unicode_buffer(NAME_ROOM)
        self._check(self.library.ConvertInterfaceLuidToNameW(self.c.byref(self.c.c_uint64(luid)), text, NAME_ROOM))
        return str(text.value)

    def _check(self, status: int) -> None:
        if status:
            raise self.failure(status)


@functools.cache
def winsock() -> Winsock:
    """The library of this process; only Windows has one."""
    c = _ctypes()
    return Winsock(c.WinDLL("ws2_32", use_last_error=True), lambda: c.WinError(c.get_last_error()))


@functools.cache
def ip_helper() -> IpHelper:
    """The library of this process; only Windows has one."""
    c = _ctypes()
    return IpHelper(c.WinDLL("iphlpapi"), c.WinError)


def _ctypes() -> Any:
    """ctypes, imported at the first call that needs it; no type checker knows its Windows part elsewhere."""
    import ctypes

    return ctypes
