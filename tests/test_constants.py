"""The constants of the interpreter's own module are all here, with the same values and enum types."""

from __future__ import annotations

import enum
import pickle
import socket as stdlib
from typing import Any

import pytest

import berkeley

ENUM_TYPES = ["AddressFamily", "SocketKind", "MsgFlag", "AddressInfo"]


def constants(module: Any) -> dict[str, int | str]:
    names = [name for name in dir(module) if not name.startswith("_")]
    return {name: value for name in names if isinstance(value := getattr(module, name), (int, str))}


def enum_name(value: object) -> str | None:
    return type(value).__name__ if isinstance(value, enum.Enum) else None


EXPECTED = constants(stdlib)


@pytest.mark.req("MOD-001")
def test_the_interpreter_has_constants_of_every_documented_group() -> None:
    groups = {name.split("_")[0] for name in EXPECTED}
    documented = "AF AI EAI INADDR IP IPPORT IPPROTO IPV6 MSG NI SCM SO SOCK SOL TCP CAN PACKET TIPC ALG VMADDR"
    assert set(documented.split()) <= groups


@pytest.mark.req("MOD-001")
def test_no_constant_of_the_interpreter_is_missing() -> None:
    assert sorted(set(EXPECTED) - set(constants(berkeley))) == []


@pytest.mark.req("MOD-001")
@pytest.mark.parametrize("name", EXPECTED)
def test_a_constant_equals_that_of_the_interpreter(name: str) -> None:
    ours = getattr(berkeley, name)
    assert (ours, enum_name(ours)) == (EXPECTED[name], enum_name(EXPECTED[name]))


@pytest.mark.req("MOD-001")
@pytest.mark.parametrize("type_name", ENUM_TYPES)
def test_an_enum_type_has_every_member_of_the_interpreter(type_name: str) -> None:
    ours, theirs = getattr(berkeley, type_name), getattr(stdlib, type_name)
    expected = {name: int(member) for name, member in theirs.__members__.items()}
    found = {name: int(member) for name, member in ours.__members__.items()}
    assert {name: found.get(name) for name in expected} == expected
    assert ours.__mro__[1] is theirs.__mro__[1]


@pytest.mark.parametrize("type_name", ENUM_TYPES)
def test_every_member_of_an_enum_type_is_a_name_of_the_module(type_name: str) -> None:
    members = getattr(berkeley, type_name).__members__
    assert {name: getattr(berkeley, name) for name in members} == dict(members)


@pytest.mark.parametrize("name", ["AF_INET", "SOCK_STREAM", "MSG_PEEK", "AI_PASSIVE"])
def test_enum_members_survive_pickling(name: str) -> None:
    member = getattr(berkeley, name)
    assert pickle.loads(pickle.dumps(member)) is member


@pytest.mark.req("MOD-001")
def test_has_ipv6_is_a_truth_value() -> None:
    assert berkeley.has_ipv6 is stdlib.has_ipv6
