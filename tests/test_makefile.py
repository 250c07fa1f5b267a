"""makefile: its arguments, the kind of file it gives, buffering, timeouts, and whose close closes what."""

from __future__ import annotations

import gc
import inspect
import io
import itertools
import os
import select
import subprocess
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

Pair = tuple[Any, Any]


def is_open(fd: int) -> bool:
    return os.path.exists(f"/proc/self/fd/{fd}")


def has_arrived(sock: Any) -> bool:
    return bool(select.select([sock], [], [], 0)[0])


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
def test_kind_of_file_follows_the_arguments(unix_pair: Pair, arguments: tuple[Any, ...], kind: type) -> None:
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
def test_read_of_a_buffered_file_waits_for_all_that_was_asked(
    unix_pair: Pair, in_thread: Callable[..., Any]
) -> None:
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


@pytest.mark.req("MET-049")
def test_encoding_is_that_of_the_argument(unix_pair: Pair) -> None:
    left, right = unix_pair
    with left.makefile("w", encoding="latin-1") as writer:
        writer.write("né")
    assert right.recv(16) == b"n\xe9"
    right.sendall(b"\xe9t\xe9\n")
    with left.makefile("r", encoding="latin-1") as reader:
        assert reader.readline() == "été\n"


@pytest.mark.req("MET-049")
@pytest.mark.parametrize(("errors", "text"), [("replace", "a\ufffdb\n"), ("ignore", "ab\n")])
def test_errors_argument_decides_about_undecodable_bytes(unix_pair: Pair, errors: str, text: str) -> None:
    left, right = unix_pair
    right.sendall(b"a\xffb\n")
    with left.makefile("r", encoding="utf-8", errors=errors) as file:
        assert file.readline() == text


@pytest.mark.req("MET-049")
def test_undecodable_bytes_raise_without_an_errors_argument(unix_pair: Pair) -> None:
    left, right = unix_pair
    right.sendall(b"a\xffb\n")
    with left.makefile("r", encoding="utf-8") as file, pytest.raises(UnicodeDecodeError):
        file.readline()


@pytest.mark.req("MET-049")
@pytest.mark.parametrize(
    ("newline", "lines"),
    [
        (None, ["a\n", "b\n", "c\n"]),
        ("", ["a\r\n", "b\r", "c\n"]),
        ("\n", ["a\r\n", "b\rc\n"]),
        ("\r", ["a\r", "\nb\r", "c\n"]),
        ("\r\n", ["a\r\n", "b\rc\n"]),
    ],
)
def test_newline_argument_decides_where_lines_end(unix_pair: Pair, newline: str | None, lines: list[str]) -> None:
    left, right = unix_pair
    right.sendall(b"a\r\nb\rc\n")
    right.shutdown(1)
    with left.makefile("r", newline=newline) as file:
        assert list(file) == lines


@pytest.mark.req("MET-049")
@pytest.mark.parametrize(
    ("newline", "raw"), [(None, b"a\nb"), ("", b"a\nb"), ("\n", b"a\nb"), ("\r", b"a\rb"), ("\r\n", b"a\r\nb")]
)
def test_newline_argument_decides_what_is_written(unix_pair: Pair, newline: str | None, raw: bytes) -> None:
    left, right = unix_pair
    with left.makefile("w", newline=newline) as file:
        file.write("a\nb")
    assert right.recv(16) == raw


@pytest.mark.req("MET-049")
def test_unknown_encoding_raises(unix_pair: Pair) -> None:
    with pytest.raises(LookupError), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        unix_pair[0].makefile("r", encoding="no such encoding")


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


@pytest.mark.req("MET-051")
@pytest.mark.berkeley_only("the interpreter's own module ignores line buffering")
@pytest.mark.parametrize("mode", ["w", "rw"])
def test_line_buffered_text_is_sent_at_the_end_of_a_line(net: ModuleType, unix_pair: Pair, mode: str) -> None:
    left, right = unix_pair
    with left.makefile(mode, 1) as file:
        file.write("half a line, ")
        assert not has_arrived(right)
        file.write("the rest\n")
        assert right.recv(64) == b"half a line, the rest\n"


@pytest.mark.req("MET-051")
@pytest.mark.berkeley_only("the interpreter's own module ignores line buffering")
def test_line_buffered_file_says_so_as_files_of_open_do(net: ModuleType, unix_pair: Pair) -> None:
    with unix_pair[0].makefile("w", 1) as file:
        assert file.line_buffering is True
    with unix_pair[0].makefile("w") as file:
        assert file.line_buffering is False


@pytest.mark.req("MET-051")
def test_text_is_kept_until_flush_without_line_buffering(unix_pair: Pair) -> None:
    left, right = unix_pair
    with left.makefile("w") as file:
        file.write("a line\n")
        assert not has_arrived(right)
        file.flush()
        assert right.recv(64) == b"a line\n"


@pytest.mark.req("MET-047", "MET-049")
@pytest.mark.stdlib_since("3.13")
def test_text_read_ahead_survives_a_write(unix_pair: Pair) -> None:
    left, right = unix_pair
    left.settimeout(5)
    right.sendall("première\ndeuxième\ntroisième\n".encode())
    with left.makefile("rw", encoding="utf-8") as file:
        assert file.readline() == "première\n"
        file.write("one\n")
        file.flush()
        assert right.recv(16) == b"one\n"
        assert file.read(3) == "deu"
        file.write("two\n")
        assert file.readline() == "xième\n"
        assert file.readline() == "troisième\n"
    assert right.recv(16) == b"two\n"


@pytest.mark.req("MET-047", "MET-049")
@pytest.mark.berkeley_only("the interpreter's own module forgets the half character at the write")
def test_half_a_character_read_ahead_survives_a_write(net: ModuleType, unix_pair: Pair) -> None:
    left, right = unix_pair
    left.settimeout(5)
    right.sendall(b"one\ntw\xc3")
    with left.makefile("rw", encoding="utf-8") as file:
        assert file.readline() == "one\n"
        file.write("x")
        file.flush()
        right.sendall(b"\xb6lf\n")
        assert file.readline() == "tw\xf6lf\n"


@pytest.mark.req("MET-047")
def test_binary_read_ahead_survives_a_write(unix_pair: Pair) -> None:
    left, right = unix_pair
    left.settimeout(5)
    right.sendall(b"first\nsecond\n")
    with left.makefile("rwb") as file:
        assert file.readline() == b"first\n"
        file.write(b"answer")
        file.flush()
        assert right.recv(16) == b"answer"
        assert file.readline() == b"second\n"


@pytest.mark.req("MET-052")
@pytest.mark.parametrize("buffering", [0, None], ids=["raw", "buffered"])
def test_read_of_a_nonblocking_socket_without_data_is_none(unix_pair: Pair, buffering: int | None) -> None:
    left, _ = unix_pair
    left.setblocking(False)
    with left.makefile("rb", buffering) as file:
        assert file.read(1) is None


@pytest.mark.req("MET-052")
def test_raw_write_to_a_full_nonblocking_socket_is_none(unix_pair: Pair) -> None:
    left, _ = unix_pair
    left.setblocking(False)
    with left.makefile("wb", 0) as file:
        while file.write(b"x" * 65536) is not None:
            pass
        assert file.write(b"x") is None


@pytest.mark.req("MET-052")
def test_socket_of_a_file_may_have_a_timeout(unix_pair: Pair) -> None:
    left, right = unix_pair
    left.settimeout(5)
    with left.makefile("rw") as file:
        right.sendall(b"a line\n")
        assert file.readline() == "a line\n"
        file.write("answer")
        file.flush()
    assert right.recv(16) == b"answer"


@pytest.mark.req("MET-053")
@pytest.mark.parametrize("buffering", [0, None], ids=["raw", "buffered"])
def test_reading_after_a_timeout_is_refused_even_when_data_came(unix_pair: Pair, buffering: int | None) -> None:
    left, right = unix_pair
    left.settimeout(0.02)
    with left.makefile("rb", buffering) as file:
        with pytest.raises(TimeoutError):
            file.read(1)
        right.sendall(b"late")
        for _ in range(2):
            with pytest.raises(OSError, match="cannot read from timed out object"):
                file.read(1)
    assert left.recv(16) == b"late"


@pytest.mark.req("MET-053")
@pytest.mark.parametrize("method", ["read", "read1", "readline", "peek"])
def test_timeout_in_the_middle_of_a_read_does_not_silently_lose_or_repeat_data(unix_pair: Pair, method: str) -> None:
    left, right = unix_pair
    left.settimeout(0.02)
    right.sendall(b"early")
    with left.makefile("rb") as file:
        with pytest.raises(TimeoutError):
            file.read(10)
        right.sendall(b" and late\n")
        with pytest.raises(OSError, match="cannot read from timed out object"):
            getattr(file, method)(10)


@pytest.mark.req("MET-053")
def test_text_after_a_timeout_is_refused_too(unix_pair: Pair) -> None:
    left, right = unix_pair
    left.settimeout(0.02)
    right.sendall(b"half a line")
    with left.makefile("r") as file:
        with pytest.raises(TimeoutError):
            file.readline()
        right.sendall(b" and the rest\n")
        with pytest.raises(OSError, match="cannot read from timed out object"):
            file.readline()


@pytest.mark.req("MET-053")
def test_writing_after_a_read_timed_out_still_works(unix_pair: Pair) -> None:
    left, right = unix_pair
    left.settimeout(0.02)
    with left.makefile("rwb", 0) as file:
        with pytest.raises(TimeoutError):
            file.read(1)
        assert file.write(b"x") == 1
    assert right.recv(1) == b"x"


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
        del file
        gc.collect()


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


@pytest.mark.req("MET-056")
def test_buffer_size_limits_what_is_read_ahead(unix_pair: Pair) -> None:
    left, right = unix_pair
    right.sendall(b"0123456789")
    with left.makefile("rb", 4) as file:
        assert file.read(1) == b"0"
        assert left.recv(16) == b"456789"


@pytest.mark.req("MET-057")
def test_file_serves_as_the_output_of_a_child_process(unix_pair: Pair) -> None:
    left, right = unix_pair
    with left.makefile("wb") as file:
        assert file.fileno() == left.fileno()
        subprocess.run(["echo", "from the child"], stdout=file, check=True)
    assert right.recv(64) == b"from the child\n"
