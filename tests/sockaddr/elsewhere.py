"""Codecs of other systems: code that runs in a process which claims to run on one from its first import on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fresh

import berkeley

BEFORE = """
sys.path.append({here!r})
real, sys.platform = sys.platform, {system!r}
"""
START = """
from codec_cases import NumericNames
from berkeley.constants import load
from berkeley.sockaddr import MODULES, codec

names, numbers = NumericNames(), load(sys.platform)

def family(name):
    return codec(numbers[name])

def encoded(name, address, proto=0):
    return family(name).encode(address, names, "bind", proto).hex()

def decoded(name, raw, proto=0):
    return family(name).decode(bytes.fromhex(raw), names, proto)

def refusal(name, address, proto=0):
    try:
        return encoded(name, address, proto)
    except Exception as refused:
        return [type(refused).__name__, str(refused)]
"""


def on(system: str, code: str, preload: Path | None = None) -> Any:
    """What the code reports on a system, a value of sys.platform."""
    before = BEFORE.format(here=str(Path(__file__).parent), system=system)
    return fresh.run(berkeley, START + code, before=before, preload=preload)


def bytes_on(system: str, family: str, address: Any, proto: int = 0) -> str:
    """The bytes of an address on a system, as hexadecimal digits."""
    return str(on(system, f"report(encoded({family!r}, {address!r}, {proto}))"))
