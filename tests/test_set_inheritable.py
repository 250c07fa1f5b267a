"""set_inheritable: whether a program started by this one gets the descriptor."""

from __future__ import annotations

import os
import subprocess
from types import ModuleType
from typing import Any

import pytest

Pair = tuple[Any, Any]


def child_sees(fd: int) -> bool:
    return subprocess.run(["test", "-e", f"/proc/self/fd/{fd}"], close_fds=False, check=False).returncode == 0


@pytest.mark.req("MET-106")
def test_a_child_sees_an_inheritable_socket_and_no_other(unix_pair: Pair) -> None:
    sock, other = unix_pair
    assert sock.set_inheritable(True) is None
    assert child_sees(sock.fileno())
    assert not child_sees(other.fileno())
    sock.set_inheritable(False)
    assert not child_sees(sock.fileno())


@pytest.mark.req("MET-106")
def test_the_flag_of_the_descriptor_changes(unix_pair: Pair) -> None:
    sock, _ = unix_pair
    for wanted in (True, True, False, False, True):
        sock.set_inheritable(wanted)
        assert sock.get_inheritable() is wanted
        assert os.get_inheritable(sock.fileno()) is wanted


@pytest.mark.req("MET-106")
def test_any_object_counts_by_its_truth_or_is_an_integer(unix_pair: Pair) -> None:
    sock, _ = unix_pair
    sock.set_inheritable(1)
    assert sock.get_inheritable() is True
    sock.set_inheritable(0)
    assert sock.get_inheritable() is False


@pytest.mark.req("MET-106")
def test_a_closed_socket_has_no_flag(net: ModuleType) -> None:
    sock = net.socket()
    sock.close()
    with pytest.raises(OSError) as caught:
        sock.set_inheritable(True)
    assert caught.value.args == (9, "Bad file descriptor")
