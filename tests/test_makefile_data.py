"""The data of files made by makefile: text and newlines, line buffering, read-ahead, and timeouts."""

from __future__ import annotations

import select
import warnings
from types import ModuleType
from typing import Any

import pytest

Pair = tuple[Any, Any]


def has_arrived(sock: Any) -> bool:
    return bool(select.select([sock], [], [], 0)[0])


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


@pytest.mark.req("MET-056")
def test_buffer_size_limits_what_is_read_ahead(unix_pair: Pair) -> None:
    left, right = unix_pair
    right.sendall(b"0123456789")
    with left.makefile("rb", 4) as file:
        assert file.read(1) == b"0"
        assert left.recv(16) == b"456789"
