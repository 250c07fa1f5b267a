"""An operation makes the system calls that it needs and no other: the list is bench/system_calls.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import berkeley
from bench import system_calls
from bench.system_calls import Operation


@pytest.fixture(scope="module")
def counted() -> Iterator[dict[str, tuple[str, ...]]]:
    """The calls of every operation, from one process under strace."""
    try:
        yield system_calls.counted(berkeley)
    except system_calls.Missing as missing:
        pytest.skip(f"cannot count: {missing}")


@pytest.mark.parametrize("operation", system_calls.OPERATIONS, ids=lambda operation: operation.name)
def test_an_operation_makes_exactly_these_system_calls(
    operation: Operation, counted: dict[str, tuple[str, ...]]
) -> None:
    assert counted[operation.name] == operation.calls


def test_calls_of_other_threads_and_of_the_allocator_are_not_counted() -> None:
    trace = [
        '7  write(-1, "0 begin", 7)                 = -1 EBADF (Bad file descriptor)',
        "7  brk(0x5581d2a4e000)                     = 0x5581d2a4e000",
        "7  poll([{fd=4, events=POLLIN}], 1, 5000 <unfinished ...>",
        '8  sendto(5, "data", 4, 0, NULL, 0)        = 4',
        "7  <... poll resumed>)                     = 1",
        '7  recvfrom(4, "data", 100, 0, NULL, NULL) = 4',
        '7  write(-1, "0 end", 5)                   = -1 EBADF (Bad file descriptor)',
        '7  sendto(4, "data", 4, 0, NULL, 0)        = 4',
    ]
    assert system_calls.between_marks(trace) == {0: ["poll", "recvfrom"]}
