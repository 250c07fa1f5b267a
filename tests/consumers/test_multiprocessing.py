"""multiprocessing: sockets and listeners reach children of every start method, and children run on the same module."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from two_runs import output_of

METHODS = ["fork", "spawn", "forkserver"]


@pytest.fixture(scope="module")
def outcomes() -> dict[Any, Any]:
    """{(module, start method): outcome of each scenario}, filled as it is asked for."""
    return {}


@pytest.fixture(params=METHODS)
def outcome(request: pytest.FixtureRequest, outcomes: Any, runs_on: str) -> Any:
    """What the program consumers.children did with one start method."""
    key = runs_on, request.param
    if key not in outcomes:
        folder = Path(__file__).parents[1]
        outcomes[key] = json.loads(output_of(runs_on, "-m", "consumers.children", request.param, cwd=folder))
    return outcomes[key]


def test_a_child_uses_a_socket_that_it_was_given(outcome: Any, net: Any) -> None:
    description = [net.__name__, True, socket.AF_UNIX, socket.SOCK_STREAM]
    answer, reported, status = outcome["passed_as_an_argument"]
    assert (answer, status) == ("AS AN ARGUMENT", 0)
    assert reported == description


def test_a_child_serves_on_a_listener_that_it_was_given(outcome: Any) -> None:
    assert outcome["a_listener_as_an_argument"] == ["listener", 0]


def test_sockets_go_through_a_pipe_both_ways(outcome: Any) -> None:
    assert outcome["passed_through_a_pipe"] == ["through a pipe", "made by the child", True, 0]


def test_listeners_and_clients_of_the_library_find_each_other(outcome: Any, net: Any) -> None:
    expected = [["AF_INET", net.__name__], 0, ["AF_UNIX", net.__name__], 0]
    assert outcome["connections_of_the_library"] == expected


def test_the_reducer_is_that_of_the_exact_class(outcome: Any) -> None:
    assert outcome["only_the_exact_class_has_a_reducer"] == [True, False, False, "TypeError"]


def test_descriptors_are_sent_over_a_socket(outcome: Any) -> None:
    assert outcome["descriptors_travel_over_a_socket"] == [True, socket.SOCK_DGRAM, socket.AF_UNIX]
