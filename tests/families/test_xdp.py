"""AF_XDP: packets in memory that is shared with the kernel, sent and received on a wire in copy mode."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import mmap
import os
import select
import struct
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import bpf
import pytest
from wires import End, wire

pytestmark = pytest.mark.stdlib_needs("AF_XDP")

CHUNK, CHUNKS, DESCRIPTORS = 2048, 16, 8
EXPERIMENTAL = 0x88B5
# struct xdp_desc: where in the shared memory, how long, options. The rings for free memory hold the place alone.
DESCRIPTION, PLACE = struct.Struct("=QII"), struct.Struct("=Q")


@pytest.fixture(scope="module")
def ends() -> Iterator[tuple[End, End]]:
    with wire() as both:
        yield both


class Ring:
    """A ring in memory that is shared with the kernel, where one side counts up producer and the other consumer."""

    def __init__(self, sock: Any, page_offset: int, offsets: tuple[int, ...], entry: struct.Struct) -> None:
        self.producer, self.consumer, self.entries, _ = offsets
        self.entry = entry
        size = self.entries + DESCRIPTORS * entry.size
        self.memory = mmap.mmap(sock.fileno(), size, mmap.MAP_SHARED, offset=page_offset)

    def count(self, at: int) -> int:
        return int(struct.unpack_from("=I", self.memory, at)[0])

    def put(self, *fields: int) -> None:
        number = self.count(self.producer)
        self.entry.pack_into(self.memory, self.entries + number % DESCRIPTORS * self.entry.size, *fields)
        struct.pack_into("=I", self.memory, self.producer, number + 1)

    def take(self) -> tuple[int, ...]:
        number = self.count(self.consumer)
        assert number != self.count(self.producer), "the ring is empty"
        fields = self.entry.unpack_from(self.memory, self.entries + number % DESCRIPTORS * self.entry.size)
        struct.pack_into("=I", self.memory, self.consumer, number + 1)
        return fields


class Shared:
    """A socket with its memory and its four rings, not bound yet."""

    def __init__(self, net: ModuleType) -> None:
        self.sock = net.socket(net.AF_XDP, net.SOCK_RAW, 0)
        self.sock.settimeout(10)
        self.memory = mmap.mmap(-1, CHUNK * CHUNKS)
        address = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        # struct xdp_umem_reg: address, length, size of a chunk, headroom, flags.
        registration = struct.pack("=QQIIQ", address, len(self.memory), CHUNK, 0, 0)
        self.sock.setsockopt(net.SOL_XDP, net.XDP_UMEM_REG, registration)
        for name in ("XDP_UMEM_FILL_RING", "XDP_UMEM_COMPLETION_RING", "XDP_RX_RING", "XDP_TX_RING"):
            self.sock.setsockopt(net.SOL_XDP, getattr(net, name), DESCRIPTORS)
        # struct xdp_mmap_offsets: four numbers for each ring.
        numbers = struct.unpack("=16Q", self.sock.getsockopt(net.SOL_XDP, net.XDP_MMAP_OFFSETS, 128))
        self.received = Ring(self.sock, net.XDP_PGOFF_RX_RING, numbers[:4], DESCRIPTION)
        self.to_send = Ring(self.sock, net.XDP_PGOFF_TX_RING, numbers[4:8], DESCRIPTION)
        self.free = Ring(self.sock, net.XDP_UMEM_PGOFF_FILL_RING, numbers[8:12], PLACE)
        self.sent = Ring(self.sock, net.XDP_UMEM_PGOFF_COMPLETION_RING, numbers[12:], PLACE)

    def close(self) -> None:
        self.sock.close()
        for ring in (self.received, self.to_send, self.free, self.sent):
            ring.memory.close()

    def statistics(self, net: ModuleType) -> tuple[int, ...]:
        """struct xdp_statistics: dropped, invalid in both directions, and what rings lacked."""
        return struct.unpack("=6Q", self.sock.getsockopt(net.SOL_XDP, net.XDP_STATISTICS, 48))


@pytest.fixture
def shared(net: ModuleType, closing: Any) -> Any:
    return closing(Shared(net))


def frame(target: End, source: End, content: bytes) -> bytes:
    return target.mac + source.mac + struct.pack("!H", EXPERIMENTAL) + content.ljust(46, b"\0")


def packets(net: ModuleType, closing: Any, end: End) -> Any:
    sock = closing(net.socket(net.AF_PACKET, net.SOCK_RAW, net.htons(EXPERIMENTAL)))
    sock.settimeout(10)
    sock.bind((end.name, EXPERIMENTAL))
    return sock


@contextlib.contextmanager
def redirection(sock: Any, end: End) -> Iterator[None]:
    """A program on the interface that hands every packet to the socket of its queue."""
    sockets = bpf.make_map(bpf.MAP_TYPE_XSKMAP, 4, 4, 1)
    bpf.put(sockets, 0, sock.fileno())
    instructions = (
        bpf.instruction(0x61, target=2, source=1, offset=16)  # r2 = xdp_md->rx_queue_index
        + bpf.instruction(0x18, target=1, source=1, immediate=sockets)  # r1 = the map, in two instructions
        + bpf.instruction(0)
        + bpf.instruction(0xB7, target=3)  # r3 = 0
        + bpf.instruction(0x85, immediate=51)  # bpf_redirect_map()
        + bpf.instruction(0x95)  # return
    )
    program = bpf.load(bpf.PROG_TYPE_XDP, instructions)
    link = bpf.attach_xdp(program, end.index)
    try:
        yield
    finally:
        for fd in (link, program, sockets):
            os.close(fd)


def test_a_packet_is_sent_from_shared_memory(net: ModuleType, closing: Any, shared: Any, ends: Any) -> None:
    left, right = ends
    observer = packets(net, closing, right)
    shared.sock.bind((left.name, 0, net.XDP_COPY))
    content = frame(right, left, b"written into memory")
    shared.memory[CHUNK : CHUNK + len(content)] = content
    shared.to_send.put(CHUNK, len(content), 0)
    # The kernel looks at the ring now, and wants to be told that nobody waits for it.
    shared.sock.sendto(b"", net.MSG_DONTWAIT, (left.name, 0))
    assert observer.recv(2000) == content
    assert shared.sent.take() == (CHUNK,)


def test_a_packet_is_received_in_shared_memory(net: ModuleType, closing: Any, shared: Any, ends: Any) -> None:
    left, right = ends
    shared.sock.bind((left.name, 0, net.XDP_COPY))
    shared.free.put(3 * CHUNK)
    content = frame(left, right, b"found in memory")
    with redirection(shared.sock, left):
        packets(net, closing, right).send(content)
        place, length, _ = wait_for(shared)
    assert shared.memory[place : place + length] == content
    assert place // CHUNK == 3


def wait_for(shared: Any) -> tuple[int, ...]:
    """What the ring says of the next packet."""
    assert select.select([shared.sock], [], [], 10)[0]
    return shared.received.take()


@pytest.mark.parametrize("extra", [(), (0,), (0, 0)])
def test_flags_and_descriptor_may_be_left_out(shared: Any, ends: Any, extra: tuple[int, ...]) -> None:
    shared.sock.bind((ends[0].name, 0, *extra))
    assert shared.sock.fileno() >= 0


def test_a_queue_that_the_interface_lacks_is_refused(shared: Any, ends: Any) -> None:
    with pytest.raises(OSError) as caught:
        shared.sock.bind((ends[0].name, 64))
    assert caught.value.errno == errno.EINVAL


def test_an_unknown_interface_is_refused(shared: Any) -> None:
    with pytest.raises(OSError):
        shared.sock.bind(("nosuch0", 0))


def test_the_memory_of_another_socket_is_shared_by_its_descriptor(net: ModuleType, shared: Any, ends: Any) -> None:
    left, right = ends
    shared.sock.bind((left.name, 0, net.XDP_COPY))
    with net.socket(net.AF_XDP, net.SOCK_RAW) as second:
        for name in ("XDP_UMEM_FILL_RING", "XDP_UMEM_COMPLETION_RING", "XDP_RX_RING"):
            second.setsockopt(net.SOL_XDP, getattr(net, name), DESCRIPTORS)
        second.bind((right.name, 0, net.XDP_SHARED_UMEM, shared.sock.fileno()))


def test_sharing_with_what_is_no_such_socket_is_refused(net: ModuleType, shared: Any, ends: Any, closing: Any) -> None:
    other = closing(net.socket(net.AF_UNIX, net.SOCK_DGRAM))
    with net.socket(net.AF_XDP, net.SOCK_RAW) as second, pytest.raises(OSError) as caught:
        second.setsockopt(net.SOL_XDP, net.XDP_RX_RING, DESCRIPTORS)
        second.bind((ends[0].name, 0, net.XDP_SHARED_UMEM, other.fileno()))
    assert caught.value.errno == errno.ENOPROTOOPT


def test_the_kernel_counts_what_it_could_not_deliver(net: ModuleType, shared: Any, ends: Any) -> None:
    left, _ = ends
    shared.sock.bind((left.name, 0, net.XDP_COPY))
    assert shared.statistics(net) == (0, 0, 0, 0, 0, 0)
    shared.to_send.put(CHUNK * CHUNKS + 1, 60, 0)
    shared.sock.sendto(b"", net.MSG_DONTWAIT, (left.name, 0))
    dropped, _, invalid, *_ = shared.statistics(net)
    assert (dropped, invalid) == (0, 1)


def test_a_socket_has_no_name(shared: Any) -> None:
    with pytest.raises(OSError) as caught:
        shared.sock.getsockname()
    assert caught.value.errno == errno.EOPNOTSUPP
