"""getblocking, gettimeout, setblocking and settimeout: which values they take and what they leave behind."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest

Closing = Callable[[Any], Any]


@pytest.fixture
def sock(net: ModuleType, closing: Closing) -> Any:
    return closing(net.socket())


@pytest.mark.req("MET-038")
@pytest.mark.parametrize(("timeout", "blocking"), [(None, True), (1, True), (0.01, True), (0, False), (0.0, False)])
def test_getblocking_is_false_for_a_zero_timeout_only(sock: Any, timeout: float | None, blocking: bool) -> None:
    sock.settimeout(timeout)
    assert sock.getblocking() is blocking


@pytest.mark.req("MET-038", "MET-039")
def test_new_socket_blocks_and_has_no_timeout(sock: Any) -> None:
    assert sock.getblocking() is True
    assert sock.gettimeout() is None


@pytest.mark.req("MET-039")
def test_gettimeout_reflects_the_last_of_setblocking_and_settimeout(sock: Any) -> None:
    sock.settimeout(3)
    assert sock.gettimeout() == 3.0
    sock.setblocking(False)
    assert sock.gettimeout() == 0.0
    sock.settimeout(0.5)
    assert sock.gettimeout() == 0.5
    sock.setblocking(True)
    assert sock.gettimeout() is None


@pytest.mark.req("MET-039")
@pytest.mark.parametrize("timeout", [3, 0, True, 2.25])
def test_gettimeout_returns_a_float(sock: Any, timeout: float) -> None:
    sock.settimeout(timeout)
    assert type(sock.gettimeout()) is float
    assert sock.gettimeout() == timeout


@pytest.mark.req("MET-039")
def test_timeout_attribute_equals_gettimeout(sock: Any) -> None:
    assert sock.timeout is None
    sock.settimeout(1.5)
    assert sock.timeout == 1.5


@pytest.mark.req("MET-039")
def test_gettimeout_works_on_a_closed_socket(net: ModuleType) -> None:
    sock = net.socket()
    sock.settimeout(4)
    sock.close()
    assert sock.gettimeout() == 4.0


@pytest.mark.req("MET-107")
@pytest.mark.parametrize(("flag", "timeout"), [(True, None), (1, None), (2, None), (False, 0.0), (0, 0.0)])
def test_setblocking_equals_settimeout_with_none_or_zero(sock: Any, flag: int, timeout: float | None) -> None:
    sock.settimeout(7)
    assert sock.setblocking(flag) is None
    assert sock.gettimeout() == timeout
    assert os.get_blocking(sock.fileno()) is bool(flag)


@pytest.mark.req("MET-107")
@pytest.mark.stdlib_since("3.12")
@pytest.mark.parametrize("flag", [None, "", "x", [], [0], 0.0, 2**70])
def test_setblocking_takes_the_truth_of_any_object(sock: Any, flag: object) -> None:
    sock.setblocking(flag)
    assert sock.getblocking() is bool(flag)


@pytest.mark.req("MET-108", "MET-112")
@pytest.mark.parametrize(
    ("method", "value"), [("setblocking", False), ("setblocking", True), ("settimeout", 0), ("settimeout", 1.5)]
)
def test_mode_does_not_show_in_the_type(net: ModuleType, sock: Any, method: str, value: object) -> None:
    getattr(sock, method)(value)
    assert sock.type is net.SOCK_STREAM


@pytest.mark.req("MET-108", "MET-112")
@pytest.mark.parametrize(("method", "value"), [("setblocking", True), ("settimeout", None)])
def test_nonblocking_type_flag_and_blocking_mode_do_not_mix(
    net: ModuleType, closing: Closing, method: str, value: object
) -> None:
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM | net.SOCK_NONBLOCK))
    assert sock.gettimeout() == 0.0
    getattr(sock, method)(value)
    assert sock.type is net.SOCK_STREAM
    assert os.get_blocking(sock.fileno())


def fill(sock: Any) -> None:
    """Send until nothing more fits."""
    while True:
        try:
            sock.send(b"x" * 65536)
        except BlockingIOError:
            return


@pytest.mark.req("MET-109")
def test_nonblocking_recv_without_data_raises_the_error_of_the_module(
    net: ModuleType, unix_pair: tuple[Any, Any]
) -> None:
    left, _ = unix_pair
    left.setblocking(0)
    with pytest.raises(net.error) as caught:
        left.recv(1)
    assert type(caught.value) is BlockingIOError
    assert caught.value.errno == errno.EAGAIN


@pytest.mark.req("MET-109")
def test_nonblocking_send_that_cannot_proceed_raises_the_error_of_the_module(
    net: ModuleType, unix_pair: tuple[Any, Any]
) -> None:
    left, _ = unix_pair
    left.setblocking(0)
    fill(left)
    with pytest.raises(net.error) as caught:
        left.send(b"x")
    assert type(caught.value) is BlockingIOError
    assert caught.value.errno == errno.EAGAIN


@pytest.mark.req("MET-109")
def test_blocking_send_waits_for_room(
    net: ModuleType, unix_pair: tuple[Any, Any], in_thread: Callable[..., Any]
) -> None:
    left, right = unix_pair
    left.setblocking(0)
    fill(left)
    left.setblocking(1)

    def drain() -> None:
        time.sleep(0.05)
        right.setblocking(False)
        while True:
            try:
                right.recv(1 << 20)
            except BlockingIOError:
                return

    began = time.monotonic()
    in_thread(drain)
    assert left.send(b"x") == 1
    assert time.monotonic() - began >= 0.04


@pytest.mark.req("MET-110")
@pytest.mark.parametrize(("value", "timeout"), [(None, None), (0, 0.0), (0.5, 0.5), (10**6, 1e6), (0.0, 0.0)])
def test_settimeout_takes_none_and_nonnegative_numbers(sock: Any, value: float | None, timeout: float | None) -> None:
    assert sock.settimeout(value) is None
    assert sock.gettimeout() == timeout
    assert os.get_blocking(sock.fileno()) is (value is None)


@pytest.mark.req("MET-110")
@pytest.mark.parametrize("value", [-1, -0.001, -1e-10, float("nan")])
def test_settimeout_refuses_negative_numbers_and_nan(sock: Any, value: float) -> None:
    sock.settimeout(3)
    with pytest.raises(ValueError):
        sock.settimeout(value)
    assert sock.gettimeout() == 3.0


@pytest.mark.req("MET-110")
@pytest.mark.parametrize("value", [float("inf"), 1e300, 10**30])
def test_settimeout_refuses_numbers_too_large_for_the_system(sock: Any, value: float) -> None:
    with pytest.raises(OverflowError):
        sock.settimeout(value)
    assert sock.gettimeout() is None


@pytest.mark.req("MET-110")
@pytest.mark.parametrize("value", ["1", b"1", [1], 1j, object()], ids=["str", "bytes", "list", "complex", "object"])
def test_settimeout_refuses_what_is_no_number(sock: Any, value: object) -> None:
    with pytest.raises(TypeError):
        sock.settimeout(value)
    assert sock.gettimeout() is None


@pytest.mark.req("MET-110")
def test_tiny_timeout_is_rounded_up_and_not_to_nonblocking(sock: Any) -> None:
    sock.settimeout(1e-10)
    assert sock.gettimeout() == 1e-9
    assert sock.getblocking() is True


@pytest.mark.req("MET-110")
@pytest.mark.berkeley_only("the interpreter's own module takes these kinds of numbers from 3.15 on")
@pytest.mark.parametrize("value", [Decimal("0.25"), Fraction(1, 4)])
def test_settimeout_takes_decimals_and_fractions(net: ModuleType, sock: Any, value: object) -> None:
    sock.settimeout(value)
    assert sock.gettimeout() == 0.25
