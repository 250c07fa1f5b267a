"""The constants of each system as plain values: what the build machine has installed plays no part."""

from __future__ import annotations

import os
import sys
import types

from berkeley._platform import too_new_constants

_TABLES = {"darwin", "freebsd", "linux", "netbsd", "openbsd", "win32"}
_SAME_AS = {"android": "linux", "ios": "darwin"}
_OWN_NUMBERS = {"linux": ("mips", "ppc", "sparc")}


def load(system: str, machine: str | None = None) -> dict[str, int | str]:
    """load(system[, machine]) -> dict

    The names of one system, a value of sys.platform, and their values on one CPU, this one's unless told otherwise.
    A system that has no table gets the names whose values are the same everywhere.
    """
    table = _table_of(system)
    values = _values(_module(table))
    if machine is None and hasattr(os, "uname"):
        machine = os.uname().machine
    for family in _OWN_NUMBERS.get(table, ()):
        if machine and machine.startswith(family):
            values.update(_module(f"{table}_machines").DIFFERENCES[family])
    for name in too_new_constants(system):
        del values[name]
    return values


def _table_of(system: str) -> str:
    """The table that serves a system; FreeBSD, NetBSD and OpenBSD put their major version behind the name."""
    name = _SAME_AS.get(system, system)
    if name not in _TABLES:
        name = name.rstrip("0123456789")
    return name if name in _TABLES else "every_system"


def _values(table: types.ModuleType) -> dict[str, int | str]:
    return {name: value for name, value in vars(table).items() if not name.startswith("_")}


def _module(table: str) -> types.ModuleType:
    """Import one table and no other."""
    name = f"{__name__}.{table}"
    __import__(name)
    return sys.modules[name]
