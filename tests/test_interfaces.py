"""Network interfaces by name and by index."""

from __future__ import annotations

import errno
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from isolation import ip, private_namespace, private_network

UNUSED_INDEX = 999999


@pytest.fixture
def veth() -> Any:
    """A private network that holds lo and the veth pair left, right."""
    with private_network():
        ip("link", "add", "left", "type", "veth", "peer", "name", "right")
        yield


@pytest.mark.req("FUN-113")
def test_if_nameindex_lists_index_and_name_of_every_interface(net: ModuleType) -> None:
    system = Path("/sys/class/net")
    names = {entry.name for entry in system.iterdir() if entry.is_dir()}
    assert set(net.if_nameindex()) == {(int((system / name / "ifindex").read_text()), name) for name in names}


@pytest.mark.req("FUN-113")
def test_if_nameindex_gives_a_list_of_tuples(net: ModuleType) -> None:
    found = net.if_nameindex()
    assert type(found) is list
    assert (1, "lo") in found
    assert {(type(entry), type(entry[0]), type(entry[1])) for entry in found} == {(tuple, int, str)}


@pytest.mark.req("FUN-113")
def test_if_nameindex_of_a_new_network_has_loopback_alone(net: ModuleType) -> None:
    with private_namespace("net"):
        assert net.if_nameindex() == [(1, "lo")]


@pytest.mark.req("FUN-113", "FUN-115", "FUN-116")
def test_new_interfaces_are_found_both_ways(net: ModuleType, veth: Any) -> None:
    index = {name: index for index, name in net.if_nameindex()}
    assert set(index) == {"lo", "left", "right"}
    for name in index:
        assert net.if_nametoindex(name) == index[name]
        assert net.if_indextoname(index[name]) == name


@pytest.mark.req("FUN-115")
@pytest.mark.parametrize("name", ["lo", b"lo"])
def test_if_nametoindex_takes_text_and_bytes(net: ModuleType, name: str | bytes) -> None:
    assert net.if_nametoindex(name) == 1


@pytest.mark.req("FUN-115")
@pytest.mark.parametrize("name", ["nosuch0", "", "a-name-that-is-longer-than-any-interface"])
def test_an_unknown_interface_name_is_an_error(net: ModuleType, name: str) -> None:
    with pytest.raises(OSError):
        net.if_nametoindex(name)


@pytest.mark.req("FUN-115")
@pytest.mark.parametrize(("name", "error"), [(1, TypeError), (None, TypeError), ("lo\0", ValueError)])
def test_an_interface_name_of_the_wrong_kind_is_refused(net: ModuleType, name: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        net.if_nametoindex(name)


@pytest.mark.req("FUN-116")
def test_if_indextoname_gives_the_name(net: ModuleType) -> None:
    assert net.if_indextoname(1) == "lo"


@pytest.mark.req("FUN-116")
def test_an_unknown_interface_index_is_an_error(net: ModuleType) -> None:
    with pytest.raises(OSError) as caught:
        net.if_indextoname(UNUSED_INDEX)
    assert caught.value.errno == errno.ENXIO


@pytest.mark.req("FUN-116")
def test_a_negative_interface_index_overflows(net: ModuleType) -> None:
    with pytest.raises(OverflowError):
        net.if_indextoname(-1)


@pytest.mark.berkeley_only("decision: no integer argument is silently cut; older interpreters name another interface")
@pytest.mark.parametrize("index", [(1 << 32) + 1, (1 << 64) + 1])
def test_an_interface_index_beyond_32_bits_overflows(net: ModuleType, index: int) -> None:
    with pytest.raises(OverflowError):
        net.if_indextoname(index)


@pytest.mark.req("FUN-116")
@pytest.mark.parametrize("index", ["1", None, 1.0])
def test_an_interface_index_must_be_an_int(net: ModuleType, index: Any) -> None:
    with pytest.raises(TypeError):
        net.if_indextoname(index)


def test_a_vanished_interface_is_an_error(net: ModuleType, veth: Any) -> None:
    index = net.if_nametoindex("left")
    ip("link", "delete", "left")
    with pytest.raises(OSError):
        net.if_nametoindex("left")
    with pytest.raises(OSError):
        net.if_indextoname(index)
