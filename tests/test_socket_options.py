"""getsockopt and setsockopt: integers, buffers, NULL with a length, and what is refused."""

from __future__ import annotations

import array
import errno
import struct
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture
def sock(net: ModuleType, closing: Callable[[Any], Any]) -> Any:
    return closing(net.socket(net.AF_INET, net.SOCK_STREAM))


@pytest.mark.req("MET-034")
def test_getsockopt_without_a_length_returns_an_integer(net: ModuleType, sock: Any) -> None:
    value = sock.getsockopt(net.SOL_SOCKET, net.SO_TYPE)
    assert value == net.SOCK_STREAM
    assert type(value) is int


@pytest.mark.req("MET-034")
@pytest.mark.stdlib_needs("SO_INCOMING_CPU")
def test_getsockopt_reads_negative_integers(net: ModuleType, sock: Any) -> None:
    # Unset, the cpu of SO_INCOMING_CPU is -1.
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_INCOMING_CPU) == -1


@pytest.mark.req("MET-034", "MET-036")
def test_getsockopt_with_length_zero_returns_an_integer(net: ModuleType, sock: Any) -> None:
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_TYPE, 0) == net.SOCK_STREAM


@pytest.mark.req("MET-034")
def test_unknown_option_raises_the_error_of_the_system(net: ModuleType, sock: Any) -> None:
    with pytest.raises(OSError) as caught:
        sock.getsockopt(net.SOL_SOCKET, 9999)
    assert caught.value.errno == errno.ENOPROTOOPT


@pytest.mark.req("MET-035")
def test_getsockopt_with_a_length_returns_the_bytes_of_the_option(net: ModuleType, sock: Any) -> None:
    sock.setsockopt(net.SOL_SOCKET, net.SO_LINGER, struct.pack("ii", 1, 7))
    value = sock.getsockopt(net.SOL_SOCKET, net.SO_LINGER, 8)
    assert type(value) is bytes
    assert value == struct.pack("ii", 1, 7)


@pytest.mark.req("MET-035")
def test_getsockopt_returns_only_the_length_that_the_system_filled_in(net: ModuleType, sock: Any) -> None:
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_TYPE, 100) == struct.pack("i", net.SOCK_STREAM)


@pytest.mark.req("MET-035")
def test_getsockopt_cuts_the_option_at_the_given_length(net: ModuleType, sock: Any) -> None:
    sock.setsockopt(net.SOL_SOCKET, net.SO_LINGER, struct.pack("ii", 1, 7))
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_LINGER, 4) == struct.pack("i", 1)


@pytest.mark.req("MET-035", "MET-036")
def test_getsockopt_takes_1024_bytes_at_most(net: ModuleType, sock: Any) -> None:
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_TYPE, 1024) == struct.pack("i", net.SOCK_STREAM)


@pytest.mark.req("MET-036")
@pytest.mark.parametrize("length", [-1, 1025, -(2**31)])
def test_getsockopt_refuses_a_length_out_of_range(net: ModuleType, sock: Any, length: int) -> None:
    with pytest.raises(OSError, match="getsockopt buflen out of range") as caught:
        sock.getsockopt(net.SOL_SOCKET, net.SO_TYPE, length)
    assert caught.value.errno is None


@pytest.mark.req("MET-034", "MET-035")
@pytest.mark.parametrize("arguments", [(), (1,), ("1", 3), (1, "3"), (1, 3, "4"), (1, 3, 4.0), (1, 3, 4, 5)])
def test_getsockopt_refuses_wrong_arguments(sock: Any, arguments: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        sock.getsockopt(*arguments)


@pytest.mark.req("MET-113")
@pytest.mark.parametrize("value", [1, True])
def test_setsockopt_sets_an_integer(net: ModuleType, sock: Any, value: int) -> None:
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_REUSEADDR) == 0
    assert sock.setsockopt(net.SOL_SOCKET, net.SO_REUSEADDR, value) is None
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_REUSEADDR) == 1


@pytest.mark.req("MET-113")
def test_setsockopt_passes_negative_integers(net: ModuleType, sock: Any) -> None:
    sock.setsockopt(net.IPPROTO_IP, net.IP_TTL, 42)
    sock.setsockopt(net.IPPROTO_IP, net.IP_TTL, -1)
    # -1 asks for the default of the system, 0 is out of range.
    assert sock.getsockopt(net.IPPROTO_IP, net.IP_TTL) != 42
    with pytest.raises(OSError) as caught:
        sock.setsockopt(net.IPPROTO_IP, net.IP_TTL, 0)
    assert caught.value.errno == errno.EINVAL


@pytest.mark.req("MET-113")
def test_setsockopt_takes_objects_with_an_index(net: ModuleType, sock: Any) -> None:
    class One:
        def __index__(self) -> int:
            return 1

    sock.setsockopt(net.SOL_SOCKET, net.SO_KEEPALIVE, One())
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_KEEPALIVE) == 1


@pytest.mark.req("MET-113")
@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 2**32 + 1, 2**64])
def test_setsockopt_refuses_integers_beyond_a_c_int(net: ModuleType, sock: Any, value: int) -> None:
    with pytest.raises((TypeError, OverflowError)):
        sock.setsockopt(net.SOL_SOCKET, net.SO_REUSEADDR, value)
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_REUSEADDR) == 0


@pytest.mark.req("MET-114")
@pytest.mark.parametrize(
    "wrap",
    [bytes, bytearray, memoryview, lambda raw: array.array("i", struct.unpack("ii", raw))],
    ids=["bytes", "bytearray", "memoryview", "array"],
)
def test_setsockopt_passes_the_bytes_of_any_buffer(net: ModuleType, sock: Any, wrap: Callable[[bytes], object]) -> None:
    assert sock.setsockopt(net.SOL_SOCKET, net.SO_LINGER, wrap(struct.pack("ii", 1, 9))) is None
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_LINGER, 8) == struct.pack("ii", 1, 9)


@pytest.mark.req("MET-114")
def test_setsockopt_passes_the_length_of_the_buffer(net: ModuleType, sock: Any) -> None:
    with pytest.raises(OSError) as caught:
        sock.setsockopt(net.SOL_SOCKET, net.SO_LINGER, struct.pack("ii", 1, 9)[:7])
    assert caught.value.errno == errno.EINVAL


@pytest.mark.req("MET-114")
def test_setsockopt_releases_the_buffer(net: ModuleType, sock: Any) -> None:
    linger = bytearray(struct.pack("ii", 1, 9))
    sock.setsockopt(net.SOL_SOCKET, net.SO_LINGER, linger)
    linger.append(0)
    assert len(linger) == 9


@pytest.mark.req("MET-115")
def test_setsockopt_with_none_passes_a_null_pointer(net: ModuleType, sock: Any) -> None:
    with pytest.raises(OSError) as caught:
        sock.setsockopt(net.SOL_SOCKET, net.SO_LINGER, None, 8)
    assert caught.value.errno == errno.EFAULT


@pytest.mark.req("MET-115")
def test_setsockopt_with_none_passes_the_length(net: ModuleType, sock: Any) -> None:
    # The kernel checks the length before it reads the value.
    with pytest.raises(OSError) as caught:
        sock.setsockopt(net.SOL_SOCKET, net.SO_LINGER, None, 3)
    assert caught.value.errno == errno.EINVAL


@pytest.mark.req("MET-115")
def test_setsockopt_with_none_needs_a_length(net: ModuleType, sock: Any) -> None:
    with pytest.raises(TypeError):
        sock.setsockopt(net.SOL_SOCKET, net.SO_LINGER, None)


@pytest.mark.req("MET-116")
@pytest.mark.parametrize("value", [1, struct.pack("i", 1), bytearray(4)], ids=["int", "bytes", "bytearray"])
def test_setsockopt_takes_a_length_with_none_only(net: ModuleType, sock: Any, value: object) -> None:
    with pytest.raises(TypeError):
        sock.setsockopt(net.SOL_SOCKET, net.SO_REUSEADDR, value, 4)
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_REUSEADDR) == 0


@pytest.mark.req("MET-116")
@pytest.mark.parametrize("value", ["1", 1.0, [1], object()], ids=["str", "float", "list", "object"])
def test_setsockopt_refuses_values_that_are_neither_integer_nor_buffer(
    net: ModuleType, sock: Any, value: object
) -> None:
    with pytest.raises(TypeError):
        sock.setsockopt(net.SOL_SOCKET, net.SO_REUSEADDR, value)
    assert sock.getsockopt(net.SOL_SOCKET, net.SO_REUSEADDR) == 0


@pytest.mark.req("MET-116")
@pytest.mark.parametrize("arguments", [(), (1,), (1, 2), ("1", 2, 1), (1, "2", 1), (1, 2, None, "8")])
def test_setsockopt_refuses_wrong_arguments(sock: Any, arguments: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        sock.setsockopt(*arguments)
