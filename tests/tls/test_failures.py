"""How TLS fails over our sockets: class, arguments and errno of every failure are those over the interpreter's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from two_runs import output_of

from tls.certificates import VERSIONS, Identity
from tls.failures import SCENARIOS

pytestmark = pytest.mark.berkeley_only("compares both modules itself")


@pytest.fixture(scope="module")
def outcomes(server_identity: Identity) -> dict[str, dict[str, Any]]:
    """{module: {scenario: outcomes}}, from a process for each module."""
    found = {}
    for contender, name in [("berkeley", "berkeley"), ("stdlib", "socket")]:
        printed = output_of(contender, "-m", "tls.failures", *server_identity, cwd=Path(__file__).parents[1])
        module, results = printed.splitlines()
        assert module == name
        found[contender] = json.loads(results)
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("scenario", [scenario.__name__ for scenario in SCENARIOS])
def test_a_failure_is_the_same_as_over_the_interpreters_own_sockets(outcomes: Any, scenario: str, version: str) -> None:
    name = f"{scenario}, {version}"
    assert outcomes["berkeley"][name] == outcomes["stdlib"][name]


@pytest.mark.parametrize("version", VERSIONS)
def test_timeouts_and_lost_sockets_are_what_the_document_of_ssl_says(outcomes: Any, version: str) -> None:
    ours = outcomes["berkeley"]
    assert {each[0] for each in ours[f"timeouts, {version}"]} == {"TimeoutError"}
    assert ours[f"silent_peer, {version}"][0][0] == "TimeoutError"
    assert [each[0] for each in ours[f"non_blocking, {version}"]] == ["SSLWantReadError", "SSLWantWriteError"]
    gone = ours[f"collected_under_the_native_half, {version}"]
    assert all("Underlying socket connection gone" in each[1] for each in gone[:4])
    assert gone[4] == "None"
