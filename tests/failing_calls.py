"""Makes one system call fail with a chosen errno in the calling thread, and in no other, through a seccomp filter."""

from __future__ import annotations

import ctypes
import os
import platform
import struct

import pytest

NUMBERS = {
    "x86_64": {"connect": 42, "close": 3, "openat": 257},
    "aarch64": {"connect": 203, "close": 57, "openat": 56},
}
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
SECCOMP_RET_ERRNO, SECCOMP_RET_ALLOW = 0x0005_0000, 0x7FFF_0000
# struct seccomp_data begins: int nr; u32 arch; u64 instruction_pointer; u64 args[6].
NR, FIRST_ARGUMENT = 0, 16
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06

Instruction = tuple[int, int, int, int]


class Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def skip_unless_possible() -> None:
    """Ask this in the test's own thread: the filter itself belongs in a thread that ends with the test."""
    if platform.machine() not in NUMBERS:
        pytest.skip(f"the system call numbers of {platform.machine()} are not known here")
    with open("/proc/self/status") as status:
        if "\nSeccomp:" not in status.read():
            pytest.skip("the kernel has no seccomp filters")


def fail(name: str, errno: int, fd: int | None = None) -> None:
    """From now on the call `name` (on the descriptor `fd`, or on any) fails in this thread without having run."""
    number = NUMBERS[platform.machine()][name]
    _install(_on_any(number, errno) if fd is None else _on_one(number, errno, fd))


def _on_any(number: int, errno: int) -> list[Instruction]:
    return [(LOAD, 0, 0, NR), (JUMP_IF_EQUAL, 0, 1, number), *_verdicts(errno)]


def _on_one(number: int, errno: int, fd: int) -> list[Instruction]:
    return [
        (LOAD, 0, 0, NR),
        (JUMP_IF_EQUAL, 0, 3, number),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (JUMP_IF_EQUAL, 0, 1, fd),
        *_verdicts(errno),
    ]


def _verdicts(errno: int) -> list[Instruction]:
    return [(RETURN, 0, 0, SECCOMP_RET_ERRNO | errno), (RETURN, 0, 0, SECCOMP_RET_ALLOW)]


def _install(instructions: list[Instruction]) -> None:
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *one) for one in instructions))
    program = Program(len(instructions), ctypes.addressof(code))
    _prctl(PR_SET_NO_NEW_PRIVS, 1, 0)
    _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program))


def _prctl(option: int, second: object, third: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, second, third, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
