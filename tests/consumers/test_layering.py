"""The layers that packages build on: a base type without weak references or attributes, and the class above it."""

from __future__ import annotations

import _socket
import gc
import weakref
from typing import Any

import pytest

import socket  # isort: skip


def test_the_base_type_has_no_attributes_of_its_own(closing: Any) -> None:
    sock = closing(_socket.socket())
    assert _socket.socket.__dictoffset__ == 0
    with pytest.raises(AttributeError):
        sock.anything = 1


def test_the_base_type_has_no_weak_references(closing: Any) -> None:
    sock = closing(_socket.socket())
    assert _socket.socket.__weakrefoffset__ == 0
    with pytest.raises(TypeError):
        weakref.ref(sock)


def test_the_class_adds_weak_references_and_two_attributes(closing: Any) -> None:
    assert set(socket.socket.__slots__) >= {"__weakref__", "_io_refs", "_closed"}
    sock = closing(socket.socket())
    assert not hasattr(sock, "__dict__")
    with pytest.raises(AttributeError):
        sock.anything = 1
    gone: list[Any] = []
    reference = weakref.ref(sock, gone.append)
    assert reference() is sock


def test_the_base_type_can_be_derived_with_a_weakref_slot_as_gevent_does(closing: Any) -> None:
    class Referenced(_socket.socket):
        __slots__ = ("__weakref__",)

    sock = Referenced(_socket.AF_INET, _socket.SOCK_STREAM, 0, None)
    number = _socket.socket.fileno(sock)
    _socket.socket.setblocking(sock, False)
    assert _socket.socket.gettimeout(sock) == 0
    reference = weakref.ref(sock)
    closing(socket.socket(fileno=sock.detach()))
    assert number >= 0
    del sock
    gc.collect()
    assert reference() is None


def test_the_class_is_derived_from_the_base_type_alone() -> None:
    assert socket.socket.__bases__ == (_socket.socket,)
    assert _socket.socket.__bases__ == (object,)


def test_accept_of_the_base_type_gives_a_descriptor_and_an_address(listener: Any, closing: Any) -> None:
    with socket.create_connection(listener.getsockname()) as client:
        number, address = _socket.socket._accept(listener)
        assert address == client.getsockname()
        assert closing(socket.socket(fileno=number)).getpeername() == address
