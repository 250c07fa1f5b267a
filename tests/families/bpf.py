"""Programs and maps of BPF, made by the system call bpf(2) itself."""

from __future__ import annotations

import ctypes
import os
import platform
import struct

# linux/bpf.h: commands, types of maps and programs, and where a program is attached.
MAP_CREATE, MAP_UPDATE_ELEM, PROG_LOAD, LINK_CREATE = 0, 2, 5, 28
MAP_TYPE_XSKMAP = 17
PROG_TYPE_SOCKET_FILTER, PROG_TYPE_XDP = 1, 6
ATTACH_XDP = 37

SYSTEM_CALL = {"x86_64": 321, "aarch64": 280, "riscv64": 280, "ppc64le": 361, "s390x": 351}


def bpf(command: int, attributes: bytes) -> int:
    """What bpf(2) returns; the structure of attributes is one of those in its union."""
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(SYSTEM_CALL[platform.machine()], command, attributes, len(attributes))
    if result < 0:
        raise OSError(ctypes.get_errno(), f"bpf({command}): {os.strerror(ctypes.get_errno())}")
    return int(result)


def instruction(code: int, target: int = 0, source: int = 0, offset: int = 0, immediate: int = 0) -> bytes:
    """struct bpf_insn: two registers share a byte."""
    return struct.pack("=BBhi", code, source << 4 | target, offset, immediate)


def load(kind: int, instructions: bytes) -> int:
    """The descriptor of a program."""
    code, terms = ctypes.create_string_buffer(instructions), ctypes.create_string_buffer(b"GPL")
    count = len(instructions) // 8
    return bpf(PROG_LOAD, struct.pack("=IIQQ", kind, count, ctypes.addressof(code), ctypes.addressof(terms)))


def make_map(kind: int, key_size: int, value_size: int, entries: int) -> int:
    """The descriptor of an empty map."""
    return bpf(MAP_CREATE, struct.pack("=IIIII", kind, key_size, value_size, entries, 0))


def put(map_fd: int, key: int, value: int) -> None:
    """Set an entry of a map whose keys and values have 32 bits."""
    place, content = ctypes.c_uint32(key), ctypes.c_uint32(value)
    bpf(MAP_UPDATE_ELEM, struct.pack("=I4xQQQ", map_fd, ctypes.addressof(place), ctypes.addressof(content), 0))


def attach_xdp(program: int, ifindex: int) -> int:
    """The descriptor of a link that keeps a program on an interface until it is closed."""
    return bpf(LINK_CREATE, struct.pack("=IIII", program, ifindex, ATTACH_XDP, 0))
