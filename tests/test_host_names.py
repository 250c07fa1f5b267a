"""gethostbyname(), gethostbyname_ex(), gethostbyaddr(), getfqdn(), gethostname() and sethostname()."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from isolation import evaluate, private_namespace, through_hosts_file

HOSTS = """\
127.0.0.1 localhost
::1 six-local
192.0.2.77 box.example.org box b
192.0.2.78 twin.example.org
192.0.2.79 twin.example.org
198.51.100.5 plain second.example.org
2001:db8::7 six.example.org
"""


@pytest.fixture
def in_lab(net: ModuleType, tmp_path: Path) -> Callable[..., Any]:
    """Evaluate an expression where HOSTS is all that the resolver knows and the host is called "box"."""
    through = through_hosts_file(tmp_path, HOSTS)
    return lambda expression, **options: evaluate(net, expression, through=through, **options)


def failing_with(call: str) -> str:
    return f"try: {call}\nexcept OSError as error: caught = type(error).__name__, error.args\n"


@pytest.mark.req("FUN-063")
def test_gethostbyname_gives_an_ipv4_address(net: ModuleType) -> None:
    assert net.gethostbyname("localhost") == "127.0.0.1"


@pytest.mark.req("FUN-063")
def test_gethostbyname_resolves_names_of_the_hosts_file(in_lab: Any) -> None:
    assert in_lab("net.gethostbyname('box.example.org'), net.gethostbyname('b')") == ("192.0.2.77", "192.0.2.77")


@pytest.mark.req("FUN-064")
@pytest.mark.parametrize("address", ["192.0.2.7", "127.0.0.1", "255.255.255.254"])
def test_gethostbyname_returns_a_dotted_address_unchanged(net: ModuleType, address: str) -> None:
    assert net.gethostbyname(address) == address


@pytest.mark.parametrize(("form", "address"), [("", "0.0.0.0"), ("<broadcast>", "255.255.255.255")])
def test_gethostbyname_knows_the_special_forms_of_addresses(net: ModuleType, form: str, address: str) -> None:
    assert net.gethostbyname(form) == address


@pytest.mark.req("FUN-065")
def test_gethostbyname_refuses_an_ipv6_literal(net: ModuleType) -> None:
    with pytest.raises(net.gaierror):
        net.gethostbyname("::1")


@pytest.mark.req("FUN-063", "FUN-065")
@pytest.mark.parametrize("name", ["six.example.org", "nosuch.invalid"])
def test_a_name_without_ipv4_address_is_not_found(in_lab: Any, name: str) -> None:
    kind, args = in_lab("caught", before=failing_with(f"net.gethostbyname({name!r})"))
    assert kind == "gaierror"
    assert args[0] in (-2, -5)  # EAI_NONAME or EAI_NODATA


@pytest.mark.req("FUN-066")
def test_gethostbyname_ex_of_localhost_gives_the_triple(net: ModuleType) -> None:
    name, aliases, addresses = net.gethostbyname_ex("localhost")
    assert (name, addresses[0]) == ("localhost", "127.0.0.1")
    assert isinstance(aliases, list)


@pytest.mark.req("FUN-066")
@pytest.mark.parametrize(
    ("name", "triple"),
    [
        ("box", ("box.example.org", ["box", "b"], ["192.0.2.77"])),
        ("plain", ("plain", ["second.example.org"], ["198.51.100.5"])),
        ("192.0.2.77", ("192.0.2.77", [], ["192.0.2.77"])),
    ],
)
def test_gethostbyname_ex_gives_primary_name_aliases_and_addresses(in_lab: Any, name: str, triple: Any) -> None:
    assert in_lab(f"net.gethostbyname_ex({name!r})") == triple


@pytest.mark.req("FUN-066")
def test_gethostbyname_ex_lists_every_address(in_lab: Any) -> None:
    env = {**os.environ, "RESOLV_MULTI": "on"}  # glibc gives one address per name of the hosts file otherwise
    name, _, addresses = in_lab("net.gethostbyname_ex('twin.example.org')", env=env)
    assert name == "twin.example.org"
    assert sorted(addresses) == ["192.0.2.78", "192.0.2.79"]


@pytest.mark.req("FUN-067")
@pytest.mark.parametrize("name", ["six.example.org", "::1"])
def test_gethostbyname_ex_does_not_resolve_ipv6(in_lab: Any, name: str) -> None:
    assert in_lab("caught", before=failing_with(f"net.gethostbyname_ex({name!r})"))[0] == "gaierror"


@pytest.mark.req("FUN-068")
def test_gethostname_is_the_node_name_of_the_kernel(net: ModuleType) -> None:
    assert net.gethostname() == os.uname().nodename
    assert type(net.gethostname()) is str


@pytest.mark.req("FUN-069")
def test_the_lookups_accept_what_gethostname_returns(in_lab: Any) -> None:
    expression = "net.gethostname(), net.gethostbyname(net.gethostname()), net.gethostbyaddr(net.gethostname())[0]"
    assert in_lab(expression) == ("box", "192.0.2.77", "box.example.org")


@pytest.mark.req("FUN-070")
def test_gethostbyaddr_of_the_loopback_address_gives_localhost(net: ModuleType) -> None:
    name, _, addresses = net.gethostbyaddr("127.0.0.1")
    assert (name, addresses) == ("localhost", ["127.0.0.1"])


@pytest.mark.req("FUN-070", "FUN-071", "FUN-072", "FUN-073")
@pytest.mark.parametrize(
    ("given", "triple"),
    [
        ("192.0.2.77", ("box.example.org", ["box", "b"], ["192.0.2.77"])),
        ("2001:db8::7", ("six.example.org", [], ["2001:db8::7"])),
        ("::1", ("six-local", [], ["::1"])),
        ("b", ("box.example.org", ["box", "b"], ["192.0.2.77"])),
        ("198.51.100.5", ("plain", ["second.example.org"], ["198.51.100.5"])),
    ],
)
def test_gethostbyaddr_takes_addresses_of_both_families_and_names(in_lab: Any, given: str, triple: Any) -> None:
    assert in_lab(f"net.gethostbyaddr({given!r})") == triple


@pytest.mark.req("FUN-073")
def test_the_full_name_is_found_among_the_aliases(in_lab: Any) -> None:
    assert in_lab("net.getfqdn('198.51.100.5'), net.getfqdn('b')") == ("second.example.org", "box.example.org")


@pytest.mark.req("FUN-070")
def test_an_unknown_address_is_a_herror(in_lab: Any) -> None:
    kind, args = in_lab("caught", before=failing_with("net.gethostbyaddr('192.0.2.200')"))
    assert kind == "herror"
    assert [type(item) for item in args] == [int, str]


@pytest.mark.req("FUN-072")
def test_an_unknown_name_for_gethostbyaddr_is_a_gaierror(in_lab: Any) -> None:
    assert in_lab("caught", before=failing_with("net.gethostbyaddr('nosuch.invalid')"))[0] == "gaierror"


@pytest.mark.parametrize("function", ["gethostbyname", "gethostbyname_ex", "gethostbyaddr"])
@pytest.mark.parametrize("name", [None, 127, ["localhost"]])
def test_a_host_of_the_wrong_type_is_refused(net: ModuleType, function: str, name: Any) -> None:
    with pytest.raises(TypeError):
        getattr(net, function)(name)


@pytest.mark.berkeley_only("decision: a NUL is ValueError (the interpreter raises TypeError or cuts the name)")
@pytest.mark.parametrize("function", ["gethostbyname", "gethostbyname_ex", "gethostbyaddr"])
def test_a_nul_in_a_host_name_is_an_error(net: ModuleType, function: str) -> None:
    with pytest.raises(ValueError):
        getattr(net, function)("127.0.0.1\0.example")


@pytest.fixture
def answers(net: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Make gethostbyaddr() of the module give an answer, or fail; returns the list of names it was asked for."""

    def install(answer: Any = None, hostname: str = "box") -> list[str]:
        asked: list[str] = []

        def gethostbyaddr(name: str) -> Any:
            asked.append(name)
            if answer is None:
                raise net.herror(1, "Unknown host")
            return answer

        monkeypatch.setattr(net, "gethostbyaddr", gethostbyaddr)
        monkeypatch.setattr(net, "gethostname", lambda: hostname)
        return asked

    return install


@pytest.mark.req("FUN-059")
@pytest.mark.parametrize("arguments", [(), ("",)])
def test_getfqdn_without_a_name_means_the_local_host(net: ModuleType, answers: Any, arguments: Any) -> None:
    asked = answers(("box.example.org", [], ["192.0.2.77"]))
    assert net.getfqdn(*arguments) == "box.example.org"
    assert asked == ["box"]


@pytest.mark.req("FUN-060")
@pytest.mark.parametrize(
    ("hostname", "aliases", "expected"),
    [
        ("box.example.org", ["other.example.org"], "box.example.org"),
        ("box", ["b", "box.example.org", "later.example.org"], "box.example.org"),
        ("box", ["b"], "box"),
    ],
)
def test_getfqdn_returns_the_first_name_with_a_period(
    net: ModuleType, answers: Any, hostname: str, aliases: list[str], expected: str
) -> None:
    answers((hostname, aliases, ["192.0.2.77"]))
    assert net.getfqdn("given") == expected


@pytest.mark.req("FUN-061")
def test_getfqdn_returns_the_name_unchanged_when_the_lookup_fails(net: ModuleType, answers: Any) -> None:
    asked = answers()
    assert net.getfqdn("nosuch.invalid") == "nosuch.invalid"
    assert asked == ["nosuch.invalid"]


def test_getfqdn_strips_blanks(net: ModuleType, answers: Any) -> None:
    asked = answers()
    assert net.getfqdn("  nosuch.invalid ") == "nosuch.invalid"
    assert asked == ["nosuch.invalid"]


@pytest.mark.req("FUN-062")
@pytest.mark.parametrize("name", ["", "0.0.0.0", pytest.param("::", marks=pytest.mark.stdlib_since("3.11"))])
def test_getfqdn_uses_the_host_name_for_the_wildcard_addresses(net: ModuleType, answers: Any, name: str) -> None:
    asked = answers(hostname="this-machine")
    assert net.getfqdn(name) == "this-machine"
    assert asked == ["this-machine"]


@pytest.mark.req("FUN-112")
@pytest.mark.parametrize("name", ["berkeley-test", b"berkeley-test"])
def test_sethostname_changes_the_host_name(net: ModuleType, name: str | bytes) -> None:
    with private_namespace("uts"):
        assert net.sethostname(name) is None
        assert net.gethostname() == os.uname().nodename == "berkeley-test"


@pytest.mark.req("FUN-112")
def test_sethostname_leaves_other_namespaces_alone(net: ModuleType) -> None:
    before = net.gethostname()
    with private_namespace("uts"):
        net.sethostname(before + "x")
    assert net.gethostname() == before


@pytest.mark.req("FUN-112")
def test_sethostname_passes_the_limit_of_the_system_through(net: ModuleType) -> None:
    with private_namespace("uts"), pytest.raises(OSError) as caught:
        net.sethostname("x" * 65)
    assert caught.value.errno == errno.EINVAL


@pytest.mark.req("FUN-112")
@pytest.mark.parametrize("name", [5, None])
def test_sethostname_takes_text_or_bytes(net: ModuleType, name: Any) -> None:
    with pytest.raises(TypeError):
        net.sethostname(name)


@pytest.mark.req("FUN-112")
def test_sethostname_needs_the_right(net: ModuleType) -> None:
    before = (
        "import contextlib, os\n"
        "with contextlib.suppress(PermissionError): os.setuid(65534)\n"
        "try: net.sethostname(net.gethostname())\n"
        "except PermissionError as error: number = error.errno\n"
    )
    assert evaluate(net, "number", before=before) == errno.EPERM
