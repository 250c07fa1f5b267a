"""Network interfaces by name and by index: if_nameindex(3), if_nametoindex(3)."""

import os
from operator import index

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley._errors import raise_errno, refusal
from cython.cimports.berkeley.libc import inet as libc
from cython.cimports.libc import errno as c

_INDEX_MAX = 0xFFFFFFFF


def if_nameindex():
    """if_nameindex() -> [(index, name), ...]: every network interface.

    Raises OSError where the system's call fails. See if_nameindex(3).
    """
    entries: cython.pointer[libc.if_nameindex_entry]
    code: cython.int
    with cython.nogil:
        entries = libc.if_nameindex()
        code = c.errno
    if entries == cython.NULL:
        raise_errno(code, None)
    try:
        return _listed(entries)
    finally:
        libc.if_freenameindex(entries)


@cython.cfunc
def _listed(entries: cython.pointer[libc.if_nameindex_entry]) -> list:
    found = []
    i: cython.int = 0
    while entries[i].if_index != 0 and entries[i].if_name != cython.NULL:
        name: bytes = entries[i].if_name
        found.append((entries[i].if_index, os.fsdecode(name)))
        i += 1
    return found


def if_nametoindex(if_name, /):
    """if_nametoindex(name) -> index: the index of the interface with this name (str or bytes).

    Raises OSError for an unknown name, ValueError for one with a NUL. See if_nametoindex(3).
    """
    name: bytes = bytes(os.fsencode(if_name))
    if b"\0" in name:
        raise ValueError("embedded null byte")
    # libc cuts a name that is too long instead of refusing it.
    found: cython.uint = 0 if len(name) >= libc.IF_NAMESIZE else libc.if_nametoindex(name)
    if found == 0:
        raise refusal("no interface with this name", if_name)
    return found


def if_indextoname(if_index, /):
    """if_indextoname(index) -> name: the name of the interface with this index.

    Raises OSError for an unknown index, OverflowError outside 32 bits. See if_indextoname(3).
    """
    number = index(if_index)
    if not 0 <= number <= _INDEX_MAX:
        raise OverflowError(f"interface index {number} does not fit an unsigned 32-bit integer")
    buffer: cython.char[64]
    if libc.if_indextoname(number, buffer) == cython.NULL:
        raise_errno(c.errno, None)
    name: bytes = cython.cast(cython.p_char, buffer)
    return os.fsdecode(name)
