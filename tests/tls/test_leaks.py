"""Thousands of TLS connections leave nothing behind: descriptors, objects, memory of Python, of malloc(3) or of ssl.

A cache that fills, or a heap that is broken up, grows in one round; a leak grows in each. So the round that counts is
the one that grows least. What OpenSSL keeps for itself is seen over the interpreter's own module in the same test.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from two_runs import output_of

from tls.certificates import VERSIONS, Identity
from tls.handshakes import CONNECTIONS, ROUNDS

pytestmark = pytest.mark.berkeley_only("measures both modules itself")

Figures = dict[str, int]


def least(contender: str, version: str, identity: Identity) -> Figures:
    """What grows by each round of 1,000 connections."""
    printed = output_of(contender, "-m", "tls.handshakes", version, *identity, cwd=Path(__file__).parents[1])
    module, text = printed.splitlines()
    assert module == {"berkeley": "berkeley", "stdlib": "socket"}[contender]
    rounds = json.loads(text)
    assert len(rounds) == ROUNDS
    return {name: min(each[name] for each in rounds) for name in rounds[0]}


@pytest.fixture(scope="module", params=VERSIONS)
def grown(request: pytest.FixtureRequest, server_identity: Identity) -> tuple[Figures, Figures]:
    """(over berkeley's sockets, over the interpreter's own)."""
    with ThreadPoolExecutor(2) as pool:
        ours, theirs = pool.map(lambda name: least(name, request.param, server_identity), ["berkeley", "stdlib"])
    return ours, theirs


def test_no_descriptor_is_left_open(grown: tuple[Figures, Figures]) -> None:
    assert grown[0]["descriptors"] == 0


def test_no_python_object_and_no_block_of_memory_is_left(grown: tuple[Figures, Figures]) -> None:
    # One for every connection would be a thousand; a handful belongs to the measurement.
    assert grown[0]["objects"] < CONNECTIONS / 10
    assert grown[0]["blocks"] < CONNECTIONS / 10


def test_no_memory_of_the_c_library_is_left(grown: tuple[Figures, Figures]) -> None:
    # The smallest chunk of malloc(3) is 32 bytes, so one for every connection would be twice this bound.
    ours, theirs = grown
    assert ours["heap"] < max(theirs["heap"], 0) + 16 * CONNECTIONS


def test_the_process_does_not_grow(grown: tuple[Figures, Figures]) -> None:
    ours, theirs = grown
    assert ours["resident"] < max(theirs["resident"], 0) + 64 * CONNECTIONS
