"""The four enumerations cannot be told from those that the interpreter makes of the same names."""

from __future__ import annotations

import copy
import enum
import pickle
import socket as interpreter
import sys
import types
from typing import Any

import pytest

import berkeley
from berkeley import _enums

ENUMERATIONS = [
    ("AddressFamily", enum.IntEnum, "AF_"),
    ("SocketKind", enum.IntEnum, "SOCK_"),
    ("MsgFlag", enum.IntFlag, "MSG_"),
    ("AddressInfo", enum.IntFlag, "AI_"),
]
each = pytest.mark.parametrize(("name", "base", "prefix"), ENUMERATIONS, ids=[row[0] for row in ENUMERATIONS])


@pytest.mark.req("CON-001")
def test_families_are_members_of_address_family_and_equal_their_numbers(net: types.ModuleType) -> None:
    assert issubclass(net.AddressFamily, enum.IntEnum)
    assert isinstance(net.AF_INET, net.AddressFamily)
    assert repr(net.AF_INET) == "<AddressFamily.AF_INET: 2>"
    assert net.AF_INET == 2
    families = {name for name in dir(net) if name.startswith("AF_") and name.isupper()}
    assert families == set(net.AddressFamily.__members__)


@pytest.mark.req("CON-002")
def test_socket_types_and_their_flags_are_members_of_socket_kind(net: types.ModuleType) -> None:
    assert issubclass(net.SocketKind, enum.IntEnum)
    assert isinstance(net.SOCK_STREAM, net.SocketKind)
    assert {net.SOCK_NONBLOCK, net.SOCK_CLOEXEC} < set(net.SocketKind)
    assert {name for name in dir(net) if name.startswith("SOCK_")} == set(net.SocketKind.__members__)


@pytest.mark.parametrize(("name", "prefix"), [("MsgFlag", "MSG_"), ("AddressInfo", "AI_")])
def test_flags_are_members_of_their_intflag(net: types.ModuleType, name: str, prefix: str) -> None:
    flags = getattr(net, name)
    assert issubclass(flags, enum.IntFlag)
    assert {key: getattr(net, key) for key in dir(net) if key.startswith(prefix)} == dict(flags.__members__)
    assert net.MSG_PEEK | net.MSG_OOB == 3
    assert isinstance(net.MSG_PEEK | net.MSG_OOB, net.MsgFlag)


@each
def test_a_member_has_the_name_the_interpreter_gives_to_its_number(name: str, base: Any, prefix: str) -> None:
    ours, theirs = getattr(berkeley, name), getattr(interpreter, name)
    for number in theirs:
        assert repr(ours(int(number))) == repr(number)
        assert str(ours(int(number))) == str(number)
        assert format(ours(int(number))) == format(number)


@each
@pytest.mark.skipif(sys.version_info < (3, 11), reason="enum has its comparison of enumerations since Python 3.11")
def test_an_enumeration_is_what_the_interpreter_makes_of_the_same_names(name: str, base: Any, prefix: str) -> None:
    source = types.SimpleNamespace(
        **{key: int(value) for key, value in _enums.CONSTANTS.items() if isinstance(value, int)}
    )
    wanted = enum._old_convert_(  # type: ignore[attr-defined]
        base, name, __name__, lambda key: key.isupper() and key.startswith(prefix), source=source
    )
    enum._test_simple_enum(wanted, getattr(berkeley, name))  # type: ignore[attr-defined]
    assert list(wanted) == list(getattr(berkeley, name))


@each
def test_an_enumeration_says_that_it_is_berkeleys(name: str, base: Any, prefix: str) -> None:
    enumeration = getattr(berkeley, name)
    assert (enumeration.__module__, enumeration.__qualname__) == ("berkeley", name)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_member_comes_back_from_a_pickle_as_itself(protocol: int) -> None:
    for member in (berkeley.AF_INET, berkeley.AF_ROUTE, berkeley.SOCK_CLOEXEC, berkeley.MSG_PEEK, berkeley.AI_PASSIVE):
        assert pickle.loads(pickle.dumps(member, protocol)) is member


def test_a_combination_of_flags_comes_back_from_a_pickle() -> None:
    flags = berkeley.MSG_PEEK | berkeley.MSG_DONTWAIT
    back = pickle.loads(pickle.dumps(flags))
    assert back == flags
    assert type(back) is berkeley.MsgFlag


def test_a_copy_of_a_member_is_the_member() -> None:
    assert copy.copy(berkeley.AF_INET) is berkeley.AF_INET
    assert copy.deepcopy(berkeley.MSG_PEEK) is berkeley.MSG_PEEK


def test_a_known_number_becomes_its_member(net: types.ModuleType) -> None:
    assert net._intenum_converter(2, net.AddressFamily) is net.AF_INET
    assert net._intenum_converter(net.SOCK_DGRAM, net.SocketKind) is net.SOCK_DGRAM


def test_an_unknown_number_stays_a_number(net: types.ModuleType) -> None:
    converted = net._intenum_converter(4711, net.AddressFamily)
    assert converted == 4711
    assert type(converted) is int


def test_a_mixed_case_family_stays_a_number(net: types.ModuleType) -> None:
    assert type(net.AF_DECnet) is int
    assert net.AF_DECnet == 12
