"""getdefaulttimeout() and setdefaulttimeout()."""

from __future__ import annotations

import fcntl
import os
from types import ModuleType
from typing import Any

import pytest
from isolation import evaluate


@pytest.mark.req("MOD-011", "FUN-110")
def test_no_default_timeout_is_set_after_import(net: ModuleType) -> None:
    assert evaluate(net, "net.getdefaulttimeout()") is None


@pytest.mark.req("FUN-110", "FUN-111")
@pytest.mark.parametrize(("given", "kept"), [(2, 2.0), (0.25, 0.25), (0, 0.0), (None, None)])
def test_new_sockets_follow_the_default_timeout(net: ModuleType, given: Any, kept: Any, closing: Any) -> None:
    net.setdefaulttimeout(given)
    assert (net.getdefaulttimeout(), closing(net.socket()).gettimeout()) == (kept, kept)
    assert type(net.getdefaulttimeout()) is type(kept)


@pytest.mark.req("FUN-111")
def test_the_default_timeout_leaves_existing_sockets_alone(net: ModuleType, closing: Any) -> None:
    sock = closing(net.socket())
    net.setdefaulttimeout(3)
    assert sock.gettimeout() is None


@pytest.mark.req("FUN-111")
@pytest.mark.parametrize(("value", "error"), [(-1, ValueError), (-0.5, ValueError), ("1", TypeError)])
def test_a_bad_default_timeout_is_refused(net: ModuleType, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        net.setdefaulttimeout(value)
    assert net.getdefaulttimeout() is None


@pytest.mark.req("FUN-111")
def test_a_default_timeout_makes_the_descriptor_nonblocking(net: ModuleType, closing: Any) -> None:
    net.setdefaulttimeout(5)
    assert fcntl.fcntl(closing(net.socket()).fileno(), fcntl.F_GETFL) & os.O_NONBLOCK
