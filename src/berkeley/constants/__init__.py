"""The constants of each system as plain values: what the build machine has installed plays no part."""

from __future__ import annotations

import os
import sys
import types

_TABLES = {"linux"}
_OWN_NUMBERS = {"linux": ("mips", "ppc", "sparc")}


def load(system: str, machine: str | None = None) -> dict[str, int | str]:
    """load(system[, machine]) -> dict

    The names of one system, a value of sys.platform, and their values on one CPU, this one's unless told otherwise.
    A system that has no table yet gets the names whose values are the same everywhere.
    """
    if system not in _TABLES:
        return _values(_module("every_system"))
    values = _values(_module(system))
    if machine is None and hasattr(os, "uname"):
        machine = os.uname().machine
    for family in _OWN_NUMBERS[system]:
        if machine and machine.startswith(family):
            values.update(_module(f"{system}_machines").DIFFERENCES[family])
    return values


def _values(table: types.ModuleType) -> dict[str, int | str]:
    return {name: value for name, value in vars(table).items() if not name.startswith("_")}


def _module(table: str) -> types.ModuleType:
    """Import one table and no other."""
    name = f"{__name__}.{table}"
    __import__(name)
    return sys.modules[name]
