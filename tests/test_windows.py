"""What sockets do on Windows alone, on shims/winsock.c in the place of its libraries."""

from __future__ import annotations

import ctypes
import struct
from pathlib import Path
from types import ModuleType
from typing import Any

import fresh
import pytest

from berkeley import _windows
from berkeley.constants import load

pytestmark = [
    pytest.mark.simulated,
    pytest.mark.berkeley_only("the interpreter's own module has no such calls where it was not built on Windows"),
]

ROOT = Path(__file__).parents[1]
SNIFFER = ROOT / "examples" / "sniffer.py"
TABLE = load("win32")
SIO_RCVALL, SIO_KEEPALIVE_VALS, SIO_LOOPBACK_FAST_PATH = 0x98000001, 0x98000004, 0x98000010

ON_WINDOWS = "real, sys.platform = sys.platform, 'win32'"
STUBBED = """
sys.platform = real
import ctypes
from berkeley import _windows
library = ctypes.CDLL({shim!r})
library.calls.restype = ctypes.c_char_p
refuse = ctypes.c_int.in_dll(library, "refuse")
winsock = _windows.Winsock(library, lambda: OSError(10022, "refused"))
_windows.winsock = lambda: winsock
calls = lambda: library.calls().decode().splitlines()
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh.compile_shim("winsock", tmp_path_factory.mktemp("shims"))


@pytest.fixture
def on_windows(net: ModuleType, shim: Path) -> Any:
    """on_windows(code) runs code in a process that has imported the package as on Windows, with the shim at hand."""

    def run(code: str, **options: Any) -> Any:
        return fresh.run(net, STUBBED.format(shim=str(shim)) + code, before=ON_WINDOWS, **options)

    return run


@pytest.mark.req("MET-041")
@pytest.mark.parametrize(
    ("control", "option", "expected"),
    [
        (SIO_RCVALL, 1, b"\x01\0\0\0"),
        (SIO_LOOPBACK_FAST_PATH, 0xFFFFFFFF, b"\xff\xff\xff\xff"),
        (SIO_KEEPALIVE_VALS, (1, 60_000, 500), struct.pack("<3I", 1, 60_000, 500)),
    ],
    ids=["SIO_RCVALL", "SIO_LOOPBACK_FAST_PATH", "SIO_KEEPALIVE_VALS"],
)
def test_an_ioctl_takes_one_word_or_three(control: int, option: Any, expected: bytes) -> None:
    assert _windows.ioctl_input(control, option) == expected


@pytest.mark.req("MET-041")
@pytest.mark.parametrize("control", [0, 0x98000002, 0x48000016, 0xFFFFFFFF])
def test_an_ioctl_with_another_code_is_refused(control: int) -> None:
    with pytest.raises(ValueError, match=f"invalid ioctl command {control}"):
        _windows.ioctl_input(control, 1)


@pytest.mark.req("MET-041")
@pytest.mark.parametrize("option", [1, (1, 2), (1, 2, 3, 4), "123", b"123", None, (1, 2, "3"), (1, 2, 3.0)])
def test_keepalive_values_have_to_be_three_integers(option: Any) -> None:
    with pytest.raises(TypeError):
        _windows.ioctl_input(SIO_KEEPALIVE_VALS, option)


@pytest.mark.req("MET-041")
@pytest.mark.parametrize("option", [(1, 2, 3), "1", 1.0, None])
def test_the_other_codes_take_one_integer(option: Any) -> None:
    for control in (SIO_RCVALL, SIO_LOOPBACK_FAST_PATH):
        with pytest.raises(TypeError):
            _windows.ioctl_input(control, option)


@pytest.mark.req("MET-041")
@pytest.mark.parametrize("number", [-1, 2**32, 2**64])
def test_an_option_outside_32_bits_is_refused(number: int) -> None:
    with pytest.raises(OverflowError):
        _windows.ioctl_input(SIO_RCVALL, number)
    with pytest.raises(OverflowError):
        _windows.ioctl_input(SIO_KEEPALIVE_VALS, (1, number, 1))


@pytest.mark.req("MET-041")
def test_only_these_three_ioctls_are_known() -> None:
    assert {TABLE[name] for name in _windows.DWORDS} == {SIO_RCVALL, SIO_KEEPALIVE_VALS, SIO_LOOPBACK_FAST_PATH}
    assert {name for name in TABLE if name.startswith("SIO_")} == set(_windows.DWORDS)


IOCTL = """
with socket.socket() as sock:
    handle = sock.fileno()
    answers = [
        sock.ioctl(socket.SIO_RCVALL, socket.RCVALL_ON),
        sock.ioctl(socket.SIO_KEEPALIVE_VALS, (1, 10000, 3000)),
        sock.ioctl(socket.SIO_LOOPBACK_FAST_PATH, True),
    ]
    report({"handle": handle, "answers": answers, "calls": calls()})
"""


@pytest.mark.req("MET-040", "MET-041")
def test_ioctl_hands_packed_bytes_to_winsock(on_windows: Any) -> None:
    seen = on_windows(IOCTL)
    handle = seen["handle"]
    assert seen["answers"] == [0, 0, 0]
    assert seen["calls"] == [
        f"WSAIoctl {handle} 0x98000001 01000000",
        f"WSAIoctl {handle} 0x98000004 0100000010270000b80b0000",
        f"WSAIoctl {handle} 0x98000010 01000000",
    ]


REFUSED = """
refuse.value = 1
def text(call, *arguments):
    try:
        return repr(call(*arguments))
    except Exception as error:
        return repr(error)

with socket.socket() as sock:
    info = bytes(628)
    report([text(sock.ioctl, 5, 1), text(sock.ioctl, socket.SIO_RCVALL, 1), text(sock.share, 1),
            text(socket.fromshare, info), text(sock.share, -1), text(sock.share, "1"), len(calls())])
"""


@pytest.mark.req("MET-040", "MET-121", "FUN-046")
def test_a_call_that_winsock_refuses_is_an_oserror(on_windows: Any) -> None:
    unknown, *refused, negative, text, made = on_windows(REFUSED)
    assert unknown == "ValueError('invalid ioctl command 5')"
    assert refused == ["OSError(10022, 'refused')"] * 3
    assert negative.startswith("OverflowError(")
    assert text.startswith("TypeError(")
    assert made == 3


@pytest.mark.req("MET-040", "MET-121", "FUN-046")
def test_these_calls_do_not_exist_on_this_system(net: ModuleType) -> None:
    for name in ("ioctl", "share"):
        assert not hasattr(net.socket, name)
        assert name not in dir(net.socket)
    assert not hasattr(net, "fromshare")
    assert "fromshare" not in net.__all__


SHARED = """
left, right = socket.socketpair(socket.AF_INET)
number = left.fileno()
data = left.share(4711)
left.close()
with right, socket.fromshare(data) as copy:
    copy.sendall(b"over the copy")
    report({"size": len(data), "calls": calls(), "number": number, "received": right.recv(32).decode(),
            "class": type(copy) is socket.socket, "timeout": copy.gettimeout(),
            "kind": [copy.family.name, copy.type.name, copy.proto]})
"""


@pytest.mark.req("MET-121", "FUN-046")
def test_a_shared_socket_outlives_the_one_that_was_closed(on_windows: Any) -> None:
    seen = on_windows(SHARED)
    assert seen["size"] == 628
    assert seen["calls"] == [f"WSADuplicateSocketW {seen['number']} 4711", "WSASocketW -1 -1 -1 0 0x81"]
    assert seen["received"] == "over the copy"
    assert seen["class"]
    assert seen["timeout"] is None
    assert seen["kind"] == ["AF_INET", "SOCK_STREAM", 6]


PATCHED = """
class Mine(socket.socket):
    pass

with socket.socket() as sock:
    data = sock.share(1)
socket.socket = Mine
with socket.fromshare(data) as copy:
    report(type(copy) is Mine)
"""


@pytest.mark.req("FUN-046")
def test_fromshare_makes_the_class_that_a_program_has_put_in_place(on_windows: Any) -> None:
    assert on_windows(PATCHED)


NO_SOCKET = """
import os, tempfile
with socket.socket() as sock, tempfile.TemporaryFile() as file:
    data = bytearray(sock.share(1))
    os.close(int.from_bytes(data[112:116], "little"))
    left = os.dup(file.fileno())
    data[112:116] = left.to_bytes(4, "little")
    try:
        socket.fromshare(bytes(data))
        report("a socket")
    except OSError as error:
        try:
            os.fstat(left)
            report("a leak")
        except OSError:
            report(type(error).__name__)
"""


@pytest.mark.req("FUN-046")
def test_a_handle_that_turns_out_to_be_no_socket_is_closed(on_windows: Any) -> None:
    assert on_windows(NO_SOCKET) == "OSError"


@pytest.mark.req("FUN-046")
@pytest.mark.parametrize("size", [0, 627, 629])
def test_bytes_of_the_wrong_size_are_no_shared_socket(size: int) -> None:
    with pytest.raises(ValueError, match=f"628 bytes, not {size}"):
        _windows.shared_identity(bytes(size))


@pytest.mark.req("FUN-046")
@pytest.mark.parametrize("data", ["x" * 628, None, 628])
def test_what_is_not_bytes_is_no_shared_socket(data: Any) -> None:
    with pytest.raises(TypeError):
        _windows.shared_identity(data)


@pytest.mark.req("FUN-046")
def test_the_kind_of_socket_is_read_from_its_place() -> None:
    # dwServiceFlags1 to 4, dwProviderFlags, ProviderId, dwCatalogEntryId, ProtocolChain, iVersion: 76 bytes.
    info = bytes(76) + struct.pack("<6i", 23, 28, 28, 2, 17, 0) + bytes(528)
    assert _windows.shared_identity(info) == (23, 2, 17)


@pytest.fixture
def helper(shim: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The shim as iphlpapi.dll of this process."""
    library = ctypes.CDLL(str(shim))
    helper = _windows.IpHelper(library, lambda status: OSError(status, "refused"))
    monkeypatch.setattr(_windows, "ip_helper", lambda: helper)
    yield library
    ctypes.c_int.in_dll(library, "refuse").value = 0


@pytest.mark.req("FUN-114")
def test_interfaces_have_names_of_the_ethernet_32770_kind(helper: Any) -> None:
    assert _windows.if_nameindex() == [(10, "ethernet_32770"), (11, "ethernet_32771")]


@pytest.mark.req("FUN-114")
def test_the_table_of_interfaces_is_given_back(helper: Any) -> None:
    helper.calls.restype = ctypes.c_char_p
    before = len(helper.calls())
    _windows.if_nameindex()
    assert helper.calls()[before:] == b"GetIfTable2Ex 1\nFreeMibTable\n"


@pytest.mark.req("FUN-114")
def test_a_table_that_the_system_refuses_is_an_oserror(helper: Any) -> None:
    ctypes.c_int.in_dll(helper, "refuse").value = 1
    with pytest.raises(OSError, match="refused") as caught:
        _windows.if_nameindex()
    assert caught.value.errno == 87


@pytest.mark.req("FUN-114")
def test_the_package_takes_the_names_of_windows_on_windows(on_windows: Any) -> None:
    names = "_windows.ip_helper = lambda: _windows.IpHelper(library, OSError)\nreport(socket.if_nameindex())"
    assert on_windows(names) == [[10, "ethernet_32770"], [11, "ethernet_32771"]]


SNIFFED = """
import runpy
del sys.argv[1:]
runpy.run_path({sniffer!r}, run_name="__main__")
report(calls())
"""


@pytest.mark.req("EX-007", "MET-040")
def test_the_sniffer_turns_the_interface_on_reads_and_turns_it_off(on_windows: Any, shim: Path) -> None:
    calls = on_windows(SNIFFED.format(sniffer=str(SNIFFER)), preload=shim)
    handles = [call.split()[1] for call in calls if call.startswith("WSAIoctl")]
    assert len(set(handles)) == 1
    assert calls == [
        "socket 2 3 0",
        "bind 127.0.0.1 0",
        "setsockopt 0 2 1",
        f"WSAIoctl {handles[0]} 0x98000001 01000000",
        "recvfrom 65565",
        f"WSAIoctl {handles[0]} 0x98000001 00000000",
    ]


FAILING = """
import runpy
def recvfrom(self, size):
    raise InterruptedError

socket.socket.recvfrom = recvfrom
del sys.argv[1:]
try:
    runpy.run_path({sniffer!r}, run_name="__main__")
except InterruptedError:
    report(calls())
"""


@pytest.mark.req("EX-007")
def test_the_sniffer_turns_the_interface_off_when_reading_fails(on_windows: Any, shim: Path) -> None:
    calls = on_windows(FAILING.format(sniffer=str(SNIFFER)), preload=shim)
    assert calls[-2].endswith("0x98000001 01000000")
    assert calls[-1].endswith("0x98000001 00000000")
