"""create_connection(): whom it asks, what it tries in which order, and the errors it raises."""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from isolation import private_namespace

if sys.version_info < (3, 11):
    from exceptiongroup import ExceptionGroup

UNSUPPORTED_FAMILY = 63


@pytest.fixture
def refusing(net: ModuleType, closing: Any) -> tuple[str, int]:
    """An address on which nobody listens, kept for the whole test."""
    sock = closing(net.socket())
    sock.bind(("127.0.0.1", 0))
    return sock.getsockname()


@pytest.fixture
def resolves_to(net: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[Any, ...]]]:
    """Make getaddrinfo() of the module answer with the given entries; returns the list of calls it got."""

    def install(*entries: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        calls: list[tuple[Any, ...]] = []

        def getaddrinfo(*args: Any, **kwargs: Any) -> list[tuple[Any, ...]]:
            calls.append((*args, *kwargs.values()))
            return list(entries)

        monkeypatch.setattr(net, "getaddrinfo", getaddrinfo)
        return calls

    return install


def entry(net: ModuleType, address: tuple[Any, ...], family: int | None = None) -> tuple[Any, ...]:
    return (net.AF_INET if family is None else family, net.SOCK_STREAM, net.IPPROTO_TCP, "", address)


def failure(net: ModuleType, *args: Any, **kwargs: Any) -> Any:
    with pytest.raises(OSError) as caught:
        net.create_connection(*args, **kwargs)
    return caught.value


@pytest.mark.req("FUN-022")
def test_create_connection_returns_a_connected_stream_socket(net: ModuleType, listener: Any, closing: Any) -> None:
    client = closing(net.create_connection(listener.getsockname()))
    server, address = listener.accept()
    closing(server)
    assert type(client) is net.socket
    assert (client.type, client.getpeername()) == (net.SOCK_STREAM, listener.getsockname())
    assert client.getsockname() == address


@pytest.mark.req("FUN-022")
def test_create_connection_takes_its_arguments_by_position(net: ModuleType, listener: Any, closing: Any) -> None:
    client = closing(net.create_connection(listener.getsockname(), 2.0, ("127.0.0.3", 0)))
    assert (client.gettimeout(), client.getsockname()[0]) == (2.0, "127.0.0.3")


@pytest.mark.req("FUN-022")
@pytest.mark.parametrize("address", [("127.0.0.1",), ("127.0.0.1", 1, 2)])
def test_create_connection_takes_a_pair_only(net: ModuleType, address: Any) -> None:
    with pytest.raises(ValueError):
        net.create_connection(address)


@pytest.mark.req("FUN-023")
def test_every_family_is_asked_for(net: ModuleType, listener: Any, resolves_to: Any, closing: Any) -> None:
    calls = resolves_to(entry(net, listener.getsockname()))
    closing(net.create_connection(("service.example", 80)))
    assert calls == [("service.example", 80, 0, net.SOCK_STREAM)]


@pytest.mark.req("FUN-023")
def test_the_second_address_is_tried_when_the_first_refuses(
    net: ModuleType, refusing: Any, resolves_to: Any, closing: Any
) -> None:
    server = closing(net.create_server(("::1", 0), family=net.AF_INET6))
    resolves_to(entry(net, refusing), entry(net, server.getsockname(), net.AF_INET6))
    client = closing(net.create_connection(("service.example", 80)))
    assert (client.family, client.getpeername()) == (net.AF_INET6, server.getsockname())


@pytest.mark.req("FUN-023")
def test_the_first_address_that_connects_wins(net: ModuleType, listener: Any, resolves_to: Any, closing: Any) -> None:
    other = closing(net.create_server(("127.0.0.2", 0)))
    resolves_to(entry(net, listener.getsockname()), entry(net, other.getsockname()))
    assert closing(net.create_connection(("service.example", 80))).getpeername() == listener.getsockname()


@pytest.mark.req("FUN-023", "FUN-028")
def test_failed_attempts_leave_no_descriptor_open(
    net: ModuleType, refusing: Any, resolves_to: Any, open_descriptors: Any
) -> None:
    resolves_to(entry(net, refusing), entry(net, refusing))
    before = open_descriptors()
    failure(net, ("service.example", 80))
    assert open_descriptors() == before


@pytest.mark.req("FUN-024")
def test_the_timeout_covers_the_connect(net: ModuleType, full_backlog: Any) -> None:
    start = time.monotonic()
    error = failure(net, full_backlog, timeout=0.2)
    assert isinstance(error, TimeoutError)
    assert 0.15 < time.monotonic() - start < 10


@pytest.mark.req("FUN-024")
def test_the_timeout_stays_set_on_the_connected_socket(net: ModuleType, listener: Any, closing: Any) -> None:
    assert closing(net.create_connection(listener.getsockname(), timeout=3.5)).gettimeout() == 3.5


@pytest.mark.req("FUN-025")
def test_without_a_timeout_the_default_applies(net: ModuleType, listener: Any, closing: Any) -> None:
    net.setdefaulttimeout(1.5)
    assert closing(net.create_connection(listener.getsockname())).gettimeout() == 1.5


@pytest.mark.req("FUN-025")
def test_the_default_timeout_marker_applies_the_default(net: ModuleType, listener: Any, closing: Any) -> None:
    net.setdefaulttimeout(1.5)
    client = closing(net.create_connection(listener.getsockname(), net._GLOBAL_DEFAULT_TIMEOUT))
    assert client.gettimeout() == 1.5


@pytest.mark.req("FUN-025")
def test_a_timeout_of_none_blocks_whatever_the_default(net: ModuleType, listener: Any, closing: Any) -> None:
    net.setdefaulttimeout(1.5)
    assert closing(net.create_connection(listener.getsockname(), timeout=None)).gettimeout() is None


@pytest.mark.req("FUN-026")
def test_the_source_address_is_bound_first(net: ModuleType, listener: Any, closing: Any) -> None:
    client = closing(net.create_connection(listener.getsockname(), source_address=("127.0.0.2", 0)))
    server, peer = listener.accept()
    closing(server)
    assert peer == client.getsockname()
    assert peer[0] == "127.0.0.2"


@pytest.mark.req("FUN-026")
def test_the_port_of_the_source_address_is_used(net: ModuleType, listener: Any, closing: Any) -> None:
    with net.socket() as probe:
        probe.bind(("127.0.0.4", 0))
        source = probe.getsockname()
    assert closing(net.create_connection(listener.getsockname(), source_address=source)).getsockname() == source


@pytest.mark.req("FUN-027")
def test_an_empty_source_leaves_the_choice_to_the_system(net: ModuleType, listener: Any, closing: Any) -> None:
    client = closing(net.create_connection(listener.getsockname(), source_address=("", 0)))
    host, port = client.getsockname()
    assert host == "127.0.0.1"
    assert port > 0


@pytest.mark.req("FUN-028")
def test_the_error_of_the_last_address_comes_out(net: ModuleType, refusing: Any, resolves_to: Any) -> None:
    resolves_to(entry(net, refusing), entry(net, refusing, UNSUPPORTED_FAMILY))
    assert failure(net, ("service.example", 80)).errno == errno.EAFNOSUPPORT
    resolves_to(entry(net, refusing, UNSUPPORTED_FAMILY), entry(net, refusing))
    assert isinstance(failure(net, ("service.example", 80)), ConnectionRefusedError)


@pytest.mark.req("FUN-029")
@pytest.mark.stdlib_since("3.11")
def test_all_errors_groups_the_error_of_every_attempt(net: ModuleType, refusing: Any, resolves_to: Any) -> None:
    resolves_to(entry(net, refusing), entry(net, refusing, UNSUPPORTED_FAMILY))
    with pytest.raises(ExceptionGroup) as caught:
        net.create_connection(("service.example", 80), all_errors=True)
    assert caught.value.message == "create_connection failed"
    numbers = [error.errno for error in caught.value.exceptions]
    assert numbers == [errno.ECONNREFUSED, errno.EAFNOSUPPORT]


@pytest.mark.req("FUN-029")
@pytest.mark.stdlib_since("3.11")
def test_all_errors_groups_even_a_single_error(net: ModuleType, refusing: Any) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        net.create_connection(refusing, all_errors=True)
    assert [type(error) for error in caught.value.exceptions] == [ConnectionRefusedError]


@pytest.mark.req("FUN-029")
@pytest.mark.stdlib_since("3.11")
def test_all_errors_changes_nothing_about_success(net: ModuleType, listener: Any, closing: Any) -> None:
    client = closing(net.create_connection(listener.getsockname(), all_errors=True))
    assert client.getpeername() == listener.getsockname()


@pytest.mark.req("FUN-029")
def test_all_errors_is_taken_by_keyword_only(net: ModuleType, refusing: Any) -> None:
    with pytest.raises(TypeError):
        net.create_connection(refusing, None, None, True)


@pytest.mark.req("FUN-030")
def test_a_failed_lookup_raises_gaierror(net: ModuleType) -> None:
    with private_namespace("net"), pytest.raises(net.gaierror):
        net.create_connection(("no.such.invalid", 1))


@pytest.mark.req("FUN-030")
@pytest.mark.stdlib_since("3.11")
def test_a_failed_lookup_raises_gaierror_also_with_all_errors(net: ModuleType) -> None:
    with private_namespace("net"), pytest.raises(net.gaierror):
        net.create_connection(("no.such.invalid", 1), all_errors=True)


@pytest.mark.req("FUN-030")
@pytest.mark.parametrize("options", [{}, {"all_errors": True}])
@pytest.mark.stdlib_since("3.11")
def test_a_lookup_without_any_address_is_an_error(net: ModuleType, resolves_to: Any, options: Any) -> None:
    resolves_to()
    assert failure(net, ("service.example", 80), **options).args == ("getaddrinfo returns an empty list",)


@pytest.mark.berkeley_only("decision: an error names the address it is about")
def test_a_refused_connection_names_the_address(net: ModuleType, refusing: Any) -> None:
    error = failure(net, refusing)
    assert error.args == (errno.ECONNREFUSED, "Connection refused")
    assert f"'127.0.0.1', {refusing[1]}" in str(error)


@pytest.mark.req("FUN-023")
def test_create_connection_uses_the_socket_class_of_the_module(
    net: ModuleType, listener: Any, monkeypatch: pytest.MonkeyPatch, closing: Any
) -> None:
    class Marked(net.socket):
        pass

    monkeypatch.setattr(net, "socket", Marked)
    assert type(closing(net.create_connection(listener.getsockname()))) is Marked
