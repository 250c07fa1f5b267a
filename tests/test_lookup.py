"""getaddrinfo() and getnameinfo()."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from isolation import evaluate, through_hosts_file

TOO_LONG_FOR_IDNA = "ü" * 80 + ".example"


def addresses(entries: list[Any]) -> set[str]:
    return {entry[4][0] for entry in entries}


@pytest.mark.req("FUN-049")
def test_getaddrinfo_takes_every_argument_by_keyword(net: ModuleType) -> None:
    found = net.getaddrinfo(
        host="::1", port=80, family=net.AF_INET6, type=net.SOCK_STREAM, proto=net.IPPROTO_TCP, flags=net.AI_NUMERICHOST
    )
    assert found == [(net.AF_INET6, net.SOCK_STREAM, net.IPPROTO_TCP, "", ("::1", 80, 0, 0))]


@pytest.mark.req("FUN-049", "FUN-057")
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_entry_makes_and_connects_a_socket(net: ModuleType, host: str, closing: Any) -> None:
    ((family, kind, proto, _, address),) = net.getaddrinfo(host, 0, type=net.SOCK_STREAM)
    server = closing(net.socket(family, kind, proto))
    server.bind(address)
    server.listen()
    ((_, _, _, _, target),) = net.getaddrinfo(host, server.getsockname()[1], type=net.SOCK_STREAM)
    client = closing(net.socket(family, kind, proto))
    client.connect(target)
    assert client.getpeername() == server.getsockname()


@pytest.mark.req("FUN-050")
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("::1", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        (b"127.0.0.1", "127.0.0.1"),
    ],
)
def test_a_numeric_host_gives_itself(net: ModuleType, host: Any, expected: str) -> None:
    assert addresses(net.getaddrinfo(host, 80)) == {expected}


@pytest.mark.req("FUN-050")
def test_a_host_name_is_resolved(net: ModuleType) -> None:
    assert addresses(net.getaddrinfo("localhost", 80)) <= {"127.0.0.1", "::1"}
    assert addresses(net.getaddrinfo("localhost", 80, net.AF_INET)) == {"127.0.0.1"}


@pytest.mark.req("FUN-050")
@pytest.mark.parametrize("host", [5, ["localhost"], 1.5])
def test_a_host_of_another_type_is_refused(net: ModuleType, host: Any) -> None:
    with pytest.raises(TypeError):
        net.getaddrinfo(host, 80)


@pytest.mark.req("FUN-051")
@pytest.mark.parametrize(("port", "number"), [("http", 80), (80, 80), ("80", 80), (b"80", 80), (None, 0)])
def test_a_port_is_a_service_name_a_number_or_none(net: ModuleType, port: Any, number: int) -> None:
    assert {entry[4] for entry in net.getaddrinfo("127.0.0.1", port)} == {("127.0.0.1", number)}


@pytest.mark.req("FUN-051")
def test_a_port_of_another_type_is_refused(net: ModuleType) -> None:
    with pytest.raises(OSError, match="Int or String expected"):
        net.getaddrinfo("127.0.0.1", 80.0)


@pytest.mark.req("FUN-051")
def test_an_unknown_service_is_an_error(net: ModuleType) -> None:
    with pytest.raises(net.gaierror) as caught:
        net.getaddrinfo("127.0.0.1", "no-such-service")
    assert caught.value.errno == net.EAI_SERVICE


@pytest.mark.req("FUN-051")
def test_a_negative_port_is_no_service(net: ModuleType) -> None:
    with pytest.raises(net.gaierror) as caught:
        net.getaddrinfo("127.0.0.1", -1)
    assert caught.value.errno == net.EAI_SERVICE


@pytest.mark.req("FUN-051")
@pytest.mark.stdlib_since("3.12")
@pytest.mark.parametrize("port", [1 << 64, -(1 << 64)])
def test_a_port_beyond_a_c_long_is_no_service(net: ModuleType, port: int) -> None:
    with pytest.raises(net.gaierror) as caught:
        net.getaddrinfo("127.0.0.1", port)
    assert caught.value.errno == net.EAI_SERVICE


@pytest.mark.req("FUN-052")
def test_no_host_means_the_loopback_addresses(net: ModuleType) -> None:
    found = addresses(net.getaddrinfo(None, 0))
    assert "127.0.0.1" in found
    assert found <= {"127.0.0.1", "::1"}


@pytest.mark.req("FUN-052")
def test_no_host_means_every_address_for_a_passive_socket(net: ModuleType) -> None:
    found = addresses(net.getaddrinfo(None, 0, flags=net.AI_PASSIVE))
    assert "0.0.0.0" in found
    assert found <= {"0.0.0.0", "::"}


@pytest.mark.req("FUN-052")
def test_neither_host_nor_port_is_an_error(net: ModuleType) -> None:
    with pytest.raises(net.gaierror) as caught:
        net.getaddrinfo(None, None)
    assert caught.value.errno == net.EAI_NONAME


@pytest.mark.req("FUN-053")
def test_without_restrictions_every_type_is_listed(net: ModuleType) -> None:
    kinds = [entry[1] for entry in net.getaddrinfo("127.0.0.1", 80)]
    assert sorted(kinds) == [net.SOCK_STREAM, net.SOCK_DGRAM, net.SOCK_RAW]


@pytest.mark.req("FUN-053")
@pytest.mark.parametrize("restriction", [{"type": "SOCK_STREAM"}, {"proto": "IPPROTO_TCP"}])
def test_type_and_proto_narrow_the_result(net: ModuleType, restriction: dict[str, str]) -> None:
    chosen = {key: getattr(net, name) for key, name in restriction.items()}
    assert [entry[1:3] for entry in net.getaddrinfo("127.0.0.1", 80, **chosen)] == [
        (net.SOCK_STREAM, net.IPPROTO_TCP),
    ]


@pytest.mark.req("FUN-053")
@pytest.mark.parametrize(("family", "only"), [("AF_INET", "127.0.0.1"), ("AF_INET6", "::1")])
def test_family_narrows_the_result(net: ModuleType, family: str, only: str) -> None:
    assert addresses(net.getaddrinfo(None, 0, getattr(net, family))) == {only}


@pytest.mark.req("FUN-053")
def test_a_numeric_host_of_another_family_is_an_error(net: ModuleType) -> None:
    with pytest.raises(net.gaierror) as caught:
        net.getaddrinfo("127.0.0.1", 80, net.AF_INET6)
    assert caught.value.errno in (net.EAI_ADDRFAMILY, net.EAI_NONAME)


@pytest.mark.req("FUN-054")
def test_ai_numerichost_forbids_a_lookup(net: ModuleType) -> None:
    with pytest.raises(net.gaierror) as caught:
        net.getaddrinfo("localhost", 80, flags=net.AI_NUMERICHOST)
    assert caught.value.args == (net.EAI_NONAME, "Name or service not known")


@pytest.mark.req("FUN-054")
def test_flags_outside_the_known_ones_are_an_error(net: ModuleType) -> None:
    with pytest.raises(net.gaierror) as caught:
        net.getaddrinfo("127.0.0.1", 80, flags=0x40000000)
    assert caught.value.errno == net.EAI_BADFLAGS


@pytest.mark.req("FUN-055")
def test_the_result_is_a_list_of_five_tuples_with_enum_members(net: ModuleType) -> None:
    found = net.getaddrinfo("127.0.0.1", 80)
    assert type(found) is list
    for entry in found:
        assert type(entry) is tuple
        assert [type(item) for item in entry] == [net.AddressFamily, net.SocketKind, int, str, tuple]


@pytest.mark.req("FUN-056")
def test_the_canonical_name_comes_with_its_flag_only(net: ModuleType) -> None:
    with_flag = net.getaddrinfo("localhost", 80, net.AF_INET, flags=net.AI_CANONNAME)
    assert with_flag[0][3] == "localhost"
    assert {entry[3] for entry in net.getaddrinfo("localhost", 80)} == {""}


@pytest.mark.req("FUN-057")
@pytest.mark.parametrize(
    ("host", "shape"),
    [("127.0.0.1", ("127.0.0.1", 80)), ("::1", ("::1", 80, 0, 0)), ("fe80::1", ("fe80::1", 80, 0, 0))],
)
def test_the_socket_address_has_the_shape_of_its_family(net: ModuleType, host: str, shape: tuple[Any, ...]) -> None:
    assert {entry[4] for entry in net.getaddrinfo(host, 80)} == {shape}


@pytest.mark.req("FUN-058", "FAM-021")
@pytest.mark.parametrize("host", ["ff02::1", "fe80::5"])
def test_the_zone_of_a_scoped_address_stands_in_the_scope_id_only(net: ModuleType, host: str) -> None:
    index = net.if_nametoindex("lo")
    ((*_, address),) = net.getaddrinfo(f"{host}%lo", 80, type=net.SOCK_STREAM)
    assert address == (host, 80, 0, index)


@pytest.mark.berkeley_only("decision: a NUL is an error, never a lookup of the part before it")
@pytest.mark.parametrize(
    ("host", "port"), [("127.0.0.1\0.example", 80), (b"127.0.0.1\0", 80), ("127.0.0.1", "80\0"), ("127.0.0.1", b"80\0")]
)
def test_a_nul_in_host_or_service_is_an_error(net: ModuleType, host: Any, port: Any) -> None:
    with pytest.raises(ValueError):
        net.getaddrinfo(host, port)


@pytest.mark.berkeley_only("decision: an IDNA failure is both a gaierror and a UnicodeError")
@pytest.mark.parametrize("name", [TOO_LONG_FOR_IDNA, "ü..example", "\udcff.example"])
def test_a_name_outside_idna_is_a_lookup_error_and_an_encoding_error(net: ModuleType, name: str) -> None:
    for look_up in (
        lambda: net.getaddrinfo(name, 80),
        lambda: net.gethostbyname(name),
        lambda: net.gethostbyname_ex(name),
        lambda: net.gethostbyaddr(name),
    ):
        with pytest.raises(net.gaierror) as caught:
            look_up()
        assert isinstance(caught.value, UnicodeError)


@pytest.mark.berkeley_only("decision: an error names the host it is about")
def test_a_failed_lookup_names_the_host(net: ModuleType) -> None:
    with pytest.raises(net.gaierror) as caught:
        net.getaddrinfo("not-a-number.example", 80, flags=net.AI_NUMERICHOST)
    assert caught.value.args == (net.EAI_NONAME, "Name or service not known")
    assert "not-a-number.example" in str(caught.value)


def test_international_names_are_looked_up_in_their_ascii_form(net: ModuleType, tmp_path: Path) -> None:
    through = through_hosts_file(tmp_path, "127.0.0.8 xn--bcher-kva.example\n")
    expression = "net.getaddrinfo('bücher.example', 0, net.AF_INET, net.SOCK_STREAM)[0][4]"
    assert evaluate(net, expression, through=through) == ("127.0.0.8", 0)


@pytest.mark.req("FUN-074")
def test_getnameinfo_gives_names(net: ModuleType) -> None:
    assert net.getnameinfo(("127.0.0.1", 80), 0) == ("localhost", "http")


@pytest.mark.req("FUN-075")
@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (("NI_NUMERICHOST",), ("127.0.0.1", "http")),
        (("NI_NUMERICSERV",), ("localhost", "80")),
        (("NI_NUMERICHOST", "NI_NUMERICSERV"), ("127.0.0.1", "80")),
    ],
)
def test_flags_choose_between_names_and_numbers(
    net: ModuleType, flags: tuple[str, ...], expected: tuple[str, str]
) -> None:
    assert net.getnameinfo(("127.0.0.1", 80), sum(getattr(net, name) for name in flags)) == expected


@pytest.mark.req("FUN-075")
def test_ni_dgram_asks_for_the_name_of_the_datagram_service(net: ModuleType) -> None:
    address = ("127.0.0.1", 514)
    assert net.getnameinfo(address, net.NI_NUMERICHOST) == ("127.0.0.1", "shell")
    assert net.getnameinfo(address, net.NI_NUMERICHOST | net.NI_DGRAM) == ("127.0.0.1", "syslog")


@pytest.mark.req("FUN-075")
def test_a_required_name_that_is_missing_is_an_error(net: ModuleType, tmp_path: Path) -> None:
    before = (
        "try: net.getnameinfo(('192.0.2.9', 80), net.NI_NAMEREQD)\n"
        "except net.gaierror as error: number = error.errno == net.EAI_NONAME"
    )
    through = through_hosts_file(tmp_path, "127.0.0.1 localhost\n")
    assert evaluate(net, "number", before=before, through=through) is True


@pytest.mark.req("FUN-076")
@pytest.mark.parametrize("host", ["ff02::1", "fe80::1"])
def test_a_scope_id_shows_as_zone_of_the_host(net: ModuleType, host: str) -> None:
    index = net.if_nametoindex("lo")
    numeric = net.NI_NUMERICHOST | net.NI_NUMERICSERV
    assert net.getnameinfo((host, 80, 0, index), numeric) == (f"{host}%lo", "80")
    assert net.getnameinfo((host, 80), numeric) == (host, "80")


@pytest.mark.req("FUN-074")
@pytest.mark.parametrize(
    ("address", "error"),
    [
        (["127.0.0.1", 80], TypeError),
        (("127.0.0.1",), TypeError),
        ((80, 80), TypeError),
        (("127.0.0.1", 80, 0, 0), OSError),
        (("::1", 80, 1 << 20), OverflowError),
        (("::1", 80, -1), OverflowError),
    ],
)
def test_a_malformed_address_for_getnameinfo_is_refused(net: ModuleType, address: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        net.getnameinfo(address, 0)


@pytest.mark.req("FUN-074")
def test_getnameinfo_takes_numeric_hosts_only(net: ModuleType) -> None:
    with pytest.raises(net.gaierror) as caught:
        net.getnameinfo(("localhost", 80), 0)
    assert caught.value.errno == net.EAI_NONAME
