"""makefile: its arguments, the kind of file it gives, and whose close closes what."""

from __future__ import annotations

import gc
import inspect
import io
import itertools
import os
import subprocess
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

Pair = tuple[Any, Any]


def is_open(fd: int) -> bool:
    return os.path.exists(f"/proc/self/fd/{fd}")


@pytest.mark.req("MET-047")
def test_signature_of_makefile(net: ModuleType) -> None:
    parameters = list(inspect.signature(net.socket.makefile).parameters.values())[1:]
    assert [(one.name, one.default) for one in parameters] == [
        ("mode", "r"),
        ("buffering", None),
        ("encoding", None),
        ("errors", None),
        ("newline", None),
    ]
    assert {one.name for one in parameters if one.kind is one.KEYWORD_ONLY} == {"encoding", "errors", "newline"}


@pytest.mark.req("MET-047")
def test_encoding_is_a_keyword_argument_only(unix_pair: Pair) -> None:
    with pytest.raises(TypeError):
        unix_pair[0].makefile("r", -1, "utf8")


@pytest.mark.req("MET-047")
def test_file_reads_from_and_writes_to_its_socket(unix_pair: Pair) -> None:
    left, right = unix_pair
    with left.makefile("wb") as writer, right.makefile("rb") as reader:
        writer.write(b"through the files\n")
        writer.flush()
        assert reader.readline() == b"through the files\n"


@pytest.mark.req("MET-048")
@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ((), io.TextIOWrapper),
        (("r",), io.TextIOWrapper),
        (("w",), io.TextIOWrapper),
        (("rw",), io.TextIOBase),
        (("rb",), io.BufferedReader),
        (("br",), io.BufferedReader),
        (("wb",), io.BufferedWriter),
        (("rwb",), io.BufferedRWPair),
        (("rb", -1), io.BufferedReader),
        (("rb", 16), io.BufferedReader),
        (("rb", 0), io.RawIOBase),
        (("wb", 0), io.RawIOBase),
        (("rwb", 0), io.RawIOBase),
    ],
    ids=str,
)
def test_kind_of_file_follows_the_arguments(unix_pair: Pair, arguments: tuple[Any, ...], kind: type[Any]) -> None:
    with unix_pair[0].makefile(*arguments) as file:
        assert isinstance(file, kind)
        mode = arguments[0] if arguments else "r"
        assert file.readable() is ("r" in mode)
        assert file.writable() is ("w" in mode)
        assert file.seekable() is False


@pytest.mark.req("MET-048")
def test_unbuffered_file_is_a_socketio(net: ModuleType, unix_pair: Pair) -> None:
    with unix_pair[0].makefile("rb", 0) as file:
        assert type(file) is net.SocketIO
        assert file.mode == "rb"
        assert file.name == unix_pair[0].fileno()


@pytest.mark.req("MET-048")
@pytest.mark.parametrize("mode", ["r", "w", "rw"])
def test_text_cannot_be_unbuffered(unix_pair: Pair, mode: str) -> None:
    with pytest.raises(ValueError, match="unbuffered streams must be binary"):
        unix_pair[0].makefile(mode, 0)


@pytest.mark.req("MET-048")
def test_refused_arguments_leave_the_socket_without_a_file(unix_pair: Pair) -> None:
    left, _ = unix_pair
    fd = left.fileno()
    with pytest.raises(ValueError):
        left.makefile("r", 0)
    left.close()
    assert not is_open(fd)


@pytest.mark.req("MET-048")
def test_read_of_a_buffered_file_waits_for_all_that_was_asked(unix_pair: Pair, in_thread: Callable[..., Any]) -> None:
    left, right = unix_pair

    def send_in_pieces() -> None:
        for piece in (b"ab", b"cd", b"ef"):
            right.sendall(piece)

    with left.makefile("rb") as file:
        in_thread(send_in_pieces)
        assert file.read(6) == b"abcdef"


@pytest.mark.req("MET-048")
def test_read_of_an_unbuffered_file_returns_what_is_there(unix_pair: Pair) -> None:
    left, right = unix_pair
    with left.makefile("rb", 0) as file:
        right.sendall(b"ab")
        assert file.read(6) == b"ab"


@pytest.mark.req("MET-050")
@pytest.mark.parametrize("mode", ["a", "x", "r+", "rt", "U", "rU", "w+", "R", "rb ", "ab", "xb"])
def test_other_modes_are_refused(unix_pair: Pair, mode: str) -> None:
    with pytest.raises(ValueError, match="invalid mode"):
        unix_pair[0].makefile(mode)


@pytest.mark.req("MET-050")
@pytest.mark.parametrize("mode", ["r", "w", "b", "rw", "wr", "rb", "br", "wb", "rwb", "wbr"])
def test_modes_of_r_w_and_b_are_allowed(unix_pair: Pair, mode: str) -> None:
    with unix_pair[0].makefile(mode) as file:
        assert file.writable() is ("w" in mode)


@pytest.mark.req("MET-054")
@pytest.mark.parametrize("order", list(itertools.permutations(["socket", "reader", "writer"])), ids=" ".join)
def test_descriptor_closes_with_the_last_of_socket_and_files(unix_pair: Pair, order: tuple[str, ...]) -> None:
    left, right = unix_pair
    fd = left.fileno()
    things = {"socket": left, "reader": left.makefile("rb"), "writer": left.makefile("wb")}
    for name in order[:-1]:
        things[name].close()
        assert is_open(fd)
    things[order[-1]].close()
    assert not is_open(fd)
    assert right.recv(1) == b""


@pytest.mark.req("MET-054")
def test_socket_stays_usable_after_its_file_was_closed(unix_pair: Pair) -> None:
    left, right = unix_pair
    left.makefile("rwb").close()
    left.sendall(b"x")
    assert right.recv(1) == b"x"


@pytest.mark.req("MET-054")
def test_closing_a_file_twice_counts_once(unix_pair: Pair) -> None:
    left, right = unix_pair
    first, second = left.makefile("rb"), left.makefile("rb")
    left.close()
    first.close()
    first.close()
    right.sendall(b"x")
    assert second.read(1) == b"x"
    second.close()


@pytest.mark.req("MET-055")
def test_file_reads_on_after_its_socket_was_collected(net: ModuleType) -> None:
    left, right = net.socketpair()
    file = left.makefile("rb")
    del left
    gc.collect()
    with right:
        right.sendall(b"alive\n")
        assert file.readline() == b"alive\n"
    with pytest.warns(ResourceWarning, match="unclosed"):
        file.close()


@pytest.mark.req("MET-055")
def test_socket_works_on_after_its_file_was_collected(unix_pair: Pair) -> None:
    left, right = unix_pair
    file = left.makefile("rb")
    file.close()
    del file
    gc.collect()
    right.sendall(b"x")
    assert left.recv(1) == b"x"


@pytest.mark.req("MET-056")
@pytest.mark.parametrize(("arguments", "line"), [(("rb", 4096), b"a line\n"), (("r", 1), "a line\n")])
def test_mode_and_buffer_size_are_taken_by_position(
    unix_pair: Pair, arguments: tuple[str, int], line: bytes | str
) -> None:
    left, right = unix_pair
    right.sendall(b"a line\n")
    with left.makefile(*arguments) as file:
        assert file.readline() == line


@pytest.mark.req("MET-057")
def test_file_serves_as_the_output_of_a_child_process(unix_pair: Pair) -> None:
    left, right = unix_pair
    with left.makefile("wb") as file:
        assert file.fileno() == left.fileno()
        subprocess.run(["echo", "from the child"], stdout=file, check=True)
    assert right.recv(64) == b"from the child\n"
