"""AF_XDP addresses: (ifname, queue_id[, flags[, shared_umem_fd]])."""

from __future__ import annotations

import ctypes
import errno
import mmap
import struct
from types import ModuleType
from typing import Any

import pytest
from codec_cases import COMPARABLE, INTERFACES, NumericNames
from hypothesis import given
from hypothesis import strategies as st
from imaginary import disguised
from isolation import private_network

from berkeley.sockaddr import codec

NAMES = NumericNames()
AF_XDP = 44
SOL_XDP = 283
# linux/if_xdp.h
SHARED_UMEM, COPY = 1, 2
RX_RING, UMEM_REG, UMEM_FILL_RING, UMEM_COMPLETION_RING = 2, 4, 5, 6
FRAME_SIZE = 4096
xdp = codec(AF_XDP)

# What a C program with <linux/if_xdp.h> fills in, on a little-endian machine.
RAW = bytes.fromhex("2c000300020000000300000007000000")
ADDRESS = ("eth0", 3, SHARED_UMEM | COPY, 7)

unsigned = st.integers(0, 0xFFFFFFFF)

berkeley_only = pytest.mark.berkeley_only("the interpreter has no format for AF_XDP")


@pytest.mark.skipif(not COMPARABLE, reason="the bytes are those of a little-endian machine")
def test_the_bytes_are_those_of_a_c_program() -> None:
    assert xdp.encode(ADDRESS, NAMES) == RAW
    assert xdp.decode(RAW, NAMES) == ADDRESS


@given(ifname=st.sampled_from(["", *INTERFACES]), queue=unsigned, flags=st.integers(0, 0xFFFF), fd=unsigned)
def test_any_address_survives_the_codec(ifname: str, queue: int, flags: int, fd: int) -> None:
    raw = xdp.encode((ifname, queue, flags, fd), NAMES)
    assert raw == struct.pack("=HHIII", AF_XDP, flags, INTERFACES.get(ifname, 0), queue, fd)
    assert xdp.decode(raw, NAMES) == (ifname, queue, flags, fd)


def test_flags_and_descriptor_are_0_when_they_are_left_out() -> None:
    assert xdp.encode(("lo", 5), NAMES) == xdp.encode(("lo", 5, 0, 0), NAMES)
    assert xdp.encode(("lo", 5, COPY), NAMES) == xdp.encode(("lo", 5, COPY, 0), NAMES)


def test_an_interface_that_has_gone_is_the_empty_name() -> None:
    assert xdp.decode(struct.pack("=HHIII", AF_XDP, 0, 99, 1, 0), NAMES) == ("", 1, 0, 0)


@pytest.mark.parametrize("size", range(16))
def test_a_truncated_address_is_refused_not_overread(size: int) -> None:
    raw = xdp.encode(("lo", 5), NAMES)
    with pytest.raises(ValueError):
        xdp.decode(raw[:size], NAMES)


@pytest.fixture
def ringed(net: ModuleType, closing: Any) -> Any:
    """Makes AF_XDP sockets with a receive ring, the first also with memory for frames; it needs root."""

    def make(own_memory: bool = True) -> Any:
        sock = closing(net.socket(net.AF_XDP, net.SOCK_RAW))
        if own_memory:
            frames = closing(mmap.mmap(-1, 16 * FRAME_SIZE))
            start = ctypes.addressof(ctypes.c_char.from_buffer(frames))
            sock.setsockopt(SOL_XDP, UMEM_REG, struct.pack("=QQIII4x", start, 16 * FRAME_SIZE, FRAME_SIZE, 0, 0))
            sock.setsockopt(SOL_XDP, UMEM_FILL_RING, 16)
            sock.setsockopt(SOL_XDP, UMEM_COMPLETION_RING, 16)
        sock.setsockopt(SOL_XDP, RX_RING, 16)
        return sock

    try:
        net.socket(net.AF_XDP, net.SOCK_RAW).close()
    except OSError as error:
        pytest.skip(f"needs a kernel with AF_XDP, and CAP_NET_RAW ({error.strerror})")
    return make


@berkeley_only
def test_a_socket_is_bound_to_a_queue_of_an_interface(ringed: Any) -> None:
    with private_network():
        sock = ringed()
        sock.bind(("lo", 0, COPY))
        with pytest.raises(OSError) as caught:
            sock.bind(("lo", 0, COPY))
    assert caught.value.errno == errno.EBUSY  # bound by now


@berkeley_only
def test_a_socket_shares_the_memory_of_another(ringed: Any) -> None:
    with private_network():
        first, second = ringed(), ringed(own_memory=False)
        first.bind(("lo", 0, COPY))
        second.bind(("lo", 0, SHARED_UMEM, first.fileno()))
        with pytest.raises(OSError) as caught:
            second.bind(("lo", 0))
    assert caught.value.errno == errno.EBUSY


@berkeley_only
def test_a_queue_that_the_interface_does_not_have_is_refused(ringed: Any) -> None:
    with private_network(), pytest.raises(OSError) as caught:
        ringed().bind(("lo", 77, COPY))
    assert caught.value.errno == errno.EINVAL


@berkeley_only
def test_a_whole_address_reaches_the_kernel(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(net, closing, AF_XDP).bind(("lo", 0, COPY))
    assert caught.value.errno == errno.EINVAL  # AF_UNIX does not know it


@berkeley_only
@pytest.mark.parametrize(
    "address",
    [None, "lo", 5, ["lo", 0], (), ("lo",), ("lo", 0, 0, 0, 0), (b"lo", 0), (1, 0), ("lo", "0"), ("lo", 0, None)],
)
def test_a_malformed_address_is_a_type_error(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(TypeError):
        disguised(net, closing, AF_XDP).bind(address)


@berkeley_only
@pytest.mark.parametrize("numbers", [(-1,), (1 << 32,), (0, -1), (0, 1 << 16), (0, 0, -1), (0, 0, 1 << 32), (1 << 70,)])
def test_a_number_outside_its_field_overflows(net: ModuleType, closing: Any, numbers: Any) -> None:
    with pytest.raises(OverflowError):
        disguised(net, closing, AF_XDP).bind(("lo", *numbers))


@berkeley_only
def test_an_unknown_interface_is_an_error(net: ModuleType, closing: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(net, closing, AF_XDP).bind(("nosuch0", 0))
    assert caught.value.errno == errno.ENODEV


@berkeley_only
def test_a_name_with_a_nul_is_refused(net: ModuleType, closing: Any) -> None:
    with pytest.raises(ValueError, match="embedded null"):
        disguised(net, closing, AF_XDP).bind(("lo\0", 0))
