"""AF_UNIX addresses: paths, abstract names and no name at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from codec_cases import NumericNames, decodings, encodings
from hypothesis import given
from hypothesis import strategies as st
from isolation import run_python

from berkeley.sockaddr import codec

NAMES = NumericNames()
unix = codec(1)
LONGEST_PATH = 107
LONGEST_ABSTRACT_NAME = 108


@pytest.fixture
def datagram(net: ModuleType, closing: Any) -> Any:
    """Make an AF_UNIX datagram socket, bound if an address is given."""

    def make(*address: Any) -> Any:
        sock = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
        for each in address:
            sock.bind(each)
        return sock

    return make


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current directory, so that paths stay short."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def abstract(name: str) -> bytes:
    return b"\0berkeley-" + name.encode() + str(os.getpid()).encode()


@pytest.mark.req("FAM-002")
@pytest.mark.parametrize(
    ("bound", "reported"),
    [("plain.sock", "plain.sock"), (b"f\xff.sock", "f\udcff.sock"), ("ü.sock", "ü.sock"), (b"\xc3\xbc.sock", "ü.sock")],
)
def test_a_path_is_reported_as_file_system_text(
    net: ModuleType, here: Path, datagram: Any, bound: Any, reported: str
) -> None:
    assert datagram(bound).getsockname() == reported
    assert os.listdir(here) == [reported]


@pytest.mark.req("FAM-003")
def test_a_reported_path_with_a_lone_surrogate_can_be_passed_back(net: ModuleType, here: Path, datagram: Any) -> None:
    receiver, sender = datagram(b"f\xff.sock"), datagram()
    sender.connect(receiver.getsockname())
    sender.send(b"x")
    assert receiver.recv(10) == b"x"


IN_THE_C_LOCALE = """
import sys
assert sys.getfilesystemencoding() == "ascii", sys.getfilesystemencoding()
with net.socket(net.AF_UNIX, net.SOCK_DGRAM) as first, net.socket(net.AF_UNIX, net.SOCK_DGRAM) as second:
    first.bind(b"\\xc3\\xbc.sock")
    assert first.getsockname() == "\\udcc3\\udcbc.sock"
    second.connect(first.getsockname())
    second.send(b"x")
    print(ascii(second.getpeername()))
"""


@pytest.mark.req("FAM-003")
def test_paths_follow_the_encoding_of_the_file_system_not_utf_8(net: ModuleType, here: Path) -> None:
    env = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert run_python(f"import {net.__name__} as net\n{IN_THE_C_LOCALE}", env=env) == r"'\udcc3\udcbc.sock'" + "\n"


@pytest.mark.req("FAM-004")
@pytest.mark.parametrize("tail", [b"", b"\0", b"\0\0b\0", b"\xff"])
def test_an_abstract_name_keeps_every_byte(net: ModuleType, datagram: Any, tail: bytes) -> None:
    name = abstract("whole") + tail
    assert datagram(name).getsockname() == name
    assert type(datagram(name + b"2").getsockname()) is bytes


@pytest.mark.req("FAM-005")
@pytest.mark.parametrize(
    ("bound", "connected"), [(bytes.decode, bytes), (bytes, bytes.decode), (bytearray, memoryview)]
)
def test_every_spelling_selects_the_same_abstract_name(
    net: ModuleType, datagram: Any, bound: Any, connected: Any
) -> None:
    name = abstract("spelling")
    receiver, sender = datagram(bound(name)), datagram()
    sender.connect(connected(name))
    sender.send(b"x")
    assert receiver.recv(10) == b"x"


@pytest.mark.req("FAM-006")
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda path: memoryview(bytearray(path))])
def test_a_path_may_be_bytes_of_any_kind(net: ModuleType, here: Path, datagram: Any, kind: Any) -> None:
    assert datagram(kind(b"c.sock")).getsockname() == "c.sock"


@pytest.mark.req("FAM-007")
def test_paths_and_abstract_names_talk_to_each_other(net: ModuleType, here: Path, datagram: Any) -> None:
    on_path, on_name = datagram("path.sock"), datagram(abstract("talk"))
    on_name.sendto(b"there", "path.sock")
    data, address = on_path.recvfrom(10)
    assert (data, address) == (b"there", abstract("talk"))
    on_path.sendto(b"back", address)
    assert on_name.recvfrom(10) == (b"back", "path.sock")


@pytest.mark.req("FAM-007")
def test_one_listener_accepts_from_paths_and_abstract_names(net: ModuleType, here: Path, closing: Any) -> None:
    server = closing(net.socket(net.AF_UNIX, net.SOCK_STREAM))
    server.bind("server.sock")
    server.listen()
    for name in ("client.sock", abstract("client")):
        client = closing(net.socket(net.AF_UNIX, net.SOCK_STREAM))
        client.bind(name)
        client.connect("server.sock")
        accepted, address = server.accept()
        assert closing(accepted).getpeername() == address == name


@pytest.mark.req("FAM-008")
def test_a_single_string_serves_bind_and_connect(net: ModuleType, here: Path, closing: Any) -> None:
    server = closing(net.socket(net.AF_UNIX, net.SOCK_STREAM))
    server.bind(str(here / "s"))
    server.listen(1)
    client = closing(net.socket(net.AF_UNIX, net.SOCK_STREAM))
    client.connect(str(here / "s"))
    assert client.getpeername() == str(here / "s")


@pytest.mark.req("FAM-009")
def test_sockets_without_a_name_report_the_empty_string(net: ModuleType, unix_pair: Any, datagram: Any) -> None:
    assert [unix_pair[0].getsockname(), unix_pair[0].getpeername(), datagram().getsockname()] == ["", "", ""]


@pytest.mark.req("FAM-009")
def test_an_unnamed_client_is_accepted_with_the_empty_string(net: ModuleType, here: Path, closing: Any) -> None:
    server = closing(net.socket(net.AF_UNIX, net.SOCK_STREAM))
    server.bind("s")
    server.listen()
    closing(net.socket(net.AF_UNIX, net.SOCK_STREAM)).connect("s")
    accepted, address = server.accept()
    closing(accepted)
    assert address == ""


@pytest.mark.req("FAM-009")
def test_a_datagram_from_an_unnamed_socket_has_no_address(net: ModuleType, here: Path, datagram: Any) -> None:
    receiver, sender = datagram("s"), datagram()
    sender.sendto(b"x", "s")
    assert receiver.recvfrom(1) == (b"x", None)


def test_binding_to_the_empty_string_lets_the_kernel_choose_an_abstract_name(net: ModuleType, datagram: Any) -> None:
    name = datagram("").getsockname()
    assert type(name) is bytes
    assert name[:1] == b"\0"
    assert len(name) > 1


@pytest.mark.req("FAM-001")
@pytest.mark.parametrize("address", [("127.0.0.1", 0), 5, None, ["path"]])
def test_what_is_no_path_is_refused(net: ModuleType, datagram: Any, address: Any) -> None:
    with pytest.raises(TypeError):
        datagram(address)


def test_the_longest_path_fits_and_the_next_does_not(net: ModuleType, here: Path, datagram: Any) -> None:
    assert datagram("p" * LONGEST_PATH).getsockname() == "p" * LONGEST_PATH
    with pytest.raises(OSError, match="AF_UNIX path too long") as caught:
        datagram("p" * (LONGEST_PATH + 1))
    assert caught.value.errno is None


def test_the_longest_abstract_name_fits_and_the_next_does_not(net: ModuleType, datagram: Any) -> None:
    name = abstract("long").ljust(LONGEST_ABSTRACT_NAME, b"n")
    assert datagram(name).getsockname() == name
    with pytest.raises(OSError, match="AF_UNIX path too long"):
        datagram(name + b"n")


@pytest.mark.berkeley_only("decision: os.PathLike is accepted")
def test_a_path_object_is_a_path(net: ModuleType, tmp_path: Path, datagram: Any) -> None:
    receiver, sender = datagram(tmp_path / "s"), datagram()
    sender.connect(tmp_path / "s")
    assert sender.getpeername() == receiver.getsockname() == str(tmp_path / "s")
    assert sender.sendto(b"x", tmp_path / "s") == 1


@pytest.mark.berkeley_only("decision: a NUL in a path is ValueError; the interpreter cuts the path")
@pytest.mark.parametrize("path", ["a\0b", b"a\0b", bytearray(b"s\0")])
def test_a_nul_inside_a_path_is_an_error(net: ModuleType, here: Path, datagram: Any, path: Any) -> None:
    with pytest.raises(ValueError):
        datagram(path)
    assert os.listdir(here) == []


@pytest.mark.berkeley_only("decision: an error names the path it is about")
@pytest.mark.parametrize("method", ["bind", "connect"])
def test_an_error_names_the_path(net: ModuleType, here: Path, datagram: Any, method: str) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        getattr(datagram(), method)("absent/s")
    assert caught.value.args == (errno.ENOENT, "No such file or directory")
    assert caught.value.filename == "absent/s"
    assert "absent/s" in str(caught.value)


@pytest.mark.req("FAM-002", "FAM-004", "FAM-005", "FAM-006", "FAM-009")
@pytest.mark.parametrize(("address", "raw"), encodings("AF_UNIX"))
def test_the_codec_makes_the_bytes_of_the_kernel(address: Any, raw: bytes) -> None:
    assert unix.encode(address, NAMES, "bind", 0) == raw


@pytest.mark.req("FAM-002", "FAM-004", "FAM-009")
@pytest.mark.parametrize(("raw", "address"), decodings("AF_UNIX"))
def test_the_codec_reads_the_bytes_of_the_kernel(raw: bytes, address: Any) -> None:
    decoded = unix.decode(raw, NAMES, 0)
    assert (decoded, type(decoded)) == (address, type(address))


@pytest.mark.req("FAM-003")
@given(path=st.binary(min_size=1, max_size=LONGEST_PATH).filter(lambda path: 0 not in path))
def test_any_path_survives_the_codec(path: bytes) -> None:
    reported = unix.decode(unix.encode(path, NAMES, "bind", 0), NAMES, 0)
    assert os.fsencode(reported) == path
    assert unix.encode(reported, NAMES, "bind", 0) == unix.encode(path, NAMES, "bind", 0)


@pytest.mark.req("FAM-004")
@given(name=st.binary(max_size=LONGEST_ABSTRACT_NAME - 1))
def test_any_abstract_name_survives_the_codec(name: bytes) -> None:
    assert unix.decode(unix.encode(b"\0" + name, NAMES, "bind", 0), NAMES, 0) == b"\0" + name


@given(raw=st.binary(max_size=126))
def test_any_bytes_decode_to_text_or_an_abstract_name(raw: bytes) -> None:
    address = unix.decode(b"\1\0" + raw, NAMES, 0)
    assert isinstance(address, str) or address[:1] == b"\0"


def test_a_path_that_fills_the_storage_has_no_terminator() -> None:
    assert unix.decode(b"\1\0" + b"p" * 108, NAMES, 0) == "p" * 108


def test_a_path_object_may_give_a_subclass_of_bytes() -> None:
    class Octets(bytes):
        pass

    class Path:
        def __fspath__(self) -> bytes:
            return Octets(b"/run/s")

    assert unix.encode(Path(), NAMES, "bind", 0) == unix.encode("/run/s", NAMES, "bind", 0)
