"""Who closes a descriptor: always exactly one object, also when classes are replaced or objects made anew."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest


def failing_class(net: ModuleType, after: bool, closing: bool) -> Any:
    """A subclass whose second object fails in __init__, before or after it has got its descriptor."""

    class Failing(net.socket):
        made = 0

        def __init__(self, *arguments: Any, **keywords: Any) -> None:
            Failing.made += 1
            if Failing.made > 1 and not after:
                raise RuntimeError("before")
            super().__init__(*arguments, **keywords)
            if Failing.made > 1:
                if closing:
                    self.close()
                raise RuntimeError("after")

    return Failing


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.berkeley_only("the interpreter's own module leaks the descriptor where __init__ fails early")
@pytest.mark.parametrize(("after", "closing"), [(False, False), (True, False), (True, True)])
def test_a_failed_duplicate_closes_its_descriptor_once(
    net: ModuleType, open_descriptors: Callable[[], set[int]], after: bool, closing: bool
) -> None:
    with failing_class(net, after, closing)() as sock:
        before = open_descriptors()
        other = None
        try:
            sock.dup()
        except RuntimeError:
            other = os.open(os.devnull, os.O_RDONLY)  # takes the lowest number that is free
        gc.collect()
        assert other is not None
        os.fstat(other)
        os.close(other)
        assert open_descriptors() == before


def test_init_with_its_own_descriptor_keeps_a_socket_working(net: ModuleType) -> None:
    with net.socket() as sock:
        fd = sock.fileno()
        sock.__init__(fileno=fd)
        assert sock.fileno() == fd
        sock.bind(("127.0.0.1", 0))


def test_a_failed_init_leaves_a_socket_as_it_was(net: ModuleType) -> None:
    with net.socket() as sock:
        fd = sock.fileno()
        with pytest.raises(OSError):
            sock.__init__(99)
        assert sock.fileno() == fd
        sock.bind(("127.0.0.1", 0))


@pytest.mark.berkeley_only("the interpreter's own module leaks the first descriptor")
def test_init_of_a_live_socket_closes_its_first_descriptor(
    net: ModuleType, open_descriptors: Callable[[], set[int]]
) -> None:
    with net.socket() as sock:
        before = open_descriptors()
        sock.__init__()
        assert len(open_descriptors()) == len(before)


def test_collecting_a_socket_whose_descriptor_is_gone_only_warns(net: ModuleType) -> None:
    sock = net.socket()
    os.close(sock.fileno())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        del sock
        gc.collect()
    assert [warning.category for warning in caught] == [ResourceWarning]


def test_accept_gives_what_a_program_has_put_in_the_place_of_the_class(
    net: ModuleType, listener: Any, monkeypatch: pytest.MonkeyPatch, closing: Callable[[Any], Any]
) -> None:
    class Recorded(net.socket):
        pass

    client = closing(net.socket())
    client.connect(listener.getsockname())
    monkeypatch.setattr(net, "socket", Recorded)
    conn, _ = listener.accept()
    with conn:
        assert type(conn) is Recorded
        client.sendall(b"to the patched class")
        assert conn.recv(100) == b"to the patched class"
