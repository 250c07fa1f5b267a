"""The compile check for other systems, and what their C code does in the place of calls that they lack."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_size_t, c_void_p
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

LIBC = Path("src", "berkeley", "libc")
VERBATIM = re.compile(r'^cdef extern from \*:\n    """\n(.*?)^    """', re.MULTILINE | re.DOTALL)
MISSING = '#include <netdb.h>\nint f(void) { struct hostent *h = gethostbyname("x"); return h != 0 && no_call(); }\n'


class Service(ctypes.Structure):
    """struct servent (netdb.h)."""

    _fields_ = (("name", c_char_p), ("aliases", POINTER(c_char_p)), ("port", c_int), ("proto", c_char_p))


class Host(ctypes.Structure):
    """struct hostent (netdb.h)."""

    _fields_ = (
        ("name", c_char_p),
        ("aliases", POINTER(c_char_p)),
        ("family", c_int),
        ("length", c_int),
        ("addresses", POINTER(POINTER(ctypes.c_ubyte))),
    )


class Protocol(ctypes.Structure):
    """struct protoent (netdb.h)."""

    _fields_ = (("name", c_char_p), ("aliases", POINTER(c_char_p)), ("number", c_int))


ROOM = (c_char_p, c_size_t)
# The functions of the two verbatim blocks, by name, with their C types.
FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "socket": (c_int, c_int, c_int),
    "socketpair": (c_int, c_int, c_int, POINTER(c_int)),
    "accept4": (c_int, c_void_p, c_void_p, c_int),
    "gethostbyname_r": (c_char_p, POINTER(Host), *ROOM, POINTER(POINTER(Host)), POINTER(c_int)),
    "gethostbyaddr_r": (c_char_p, c_int, c_int, POINTER(Host), *ROOM, POINTER(POINTER(Host)), POINTER(c_int)),
    "getservbyname_r": (c_char_p, c_char_p, POINTER(Service), *ROOM, POINTER(POINTER(Service))),
    "getservbyport_r": (c_int, c_char_p, POINTER(Service), *ROOM, POINTER(POINTER(Service))),
    "getprotobyname_r": (c_char_p, POINTER(Protocol), *ROOM, POINTER(POINTER(Protocol))),
}

Call = Callable[..., int]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Call]:
    """The functions that stand in for calls that a system lacks, compiled for this one."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler (cc)")
    root = Path(__file__).parents[2]
    blocks = [VERBATIM.findall((root / LIBC / name).read_text("utf-8"))[0] for name in ("socket.pxd", "netdb.pxd")]
    addresses = "".join(f"void *at_{name} = (void *)berkeley_{name};\n" for name in FUNCTIONS)
    folder = tmp_path_factory.mktemp("plain")
    (folder / "plain.c").write_text("\n".join([*blocks, addresses]), "utf-8")
    command = [compiler, "-shared", "-fPIC", "-DBERKELEY_PLAIN_CALLS", "-DCYTHON_UNUSED=", "-Wall", "-Werror"]
    subprocess.run([*command, "-o", folder / "plain.so", folder / "plain.c"], check=True)
    library = ctypes.CDLL(str(folder / "plain.so"))
    return {
        name: CFUNCTYPE(c_int, *types)(c_void_p.in_dll(library, f"at_{name}").value or 0)
        for name, types in FUNCTIONS.items()
    }


def ask(call: Call, entry: ctypes.Structure, *question: object, room: int = 1024, code: c_int | None = None) -> Any:
    """The answer that a lookup has put into the entry and the buffer, None for none, or the errno value."""
    buffer = ctypes.create_string_buffer(room)
    result = POINTER(type(entry))()
    more = () if code is None else (byref(code),)
    status = call(*question, byref(entry), buffer, room, byref(result), *more)
    entry.buffer = buffer  # the texts of the answer live in it
    if status:
        return status
    return entry if result else None


def texts(items: Any) -> list[bytes]:
    found: list[bytes] = []
    while items and items[len(found)]:
        found.append(items[len(found)])
    return found


def is_inheritable(fd: int) -> bool:
    return not fcntl.fcntl(fd, fcntl.F_GETFD) & fcntl.FD_CLOEXEC


def test_a_socket_made_without_the_flag_is_not_inheritable(plain: dict[str, Call]) -> None:
    fd = plain["socket"](socket.AF_INET, socket.SOCK_STREAM, 0)
    assert not is_inheritable(fd)
    os.close(fd)


def test_a_socket_that_cannot_be_made_leaves_the_systems_answer(plain: dict[str, Call]) -> None:
    assert plain["socket"](-1, 0, 0) == -1


def test_both_ends_of_a_pair_made_without_the_flag_are_not_inheritable(plain: dict[str, Call]) -> None:
    pair = (c_int * 2)()
    assert plain["socketpair"](socket.AF_UNIX, socket.SOCK_STREAM, 0, pair) == 0
    assert [is_inheritable(fd) for fd in pair] == [False, False]
    for fd in pair:
        os.close(fd)


def test_a_connection_taken_without_accept4_is_blocking_and_not_inheritable(plain: dict[str, Call]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        fd = plain["accept4"](server.fileno(), None, None, 0)
        assert os.get_blocking(fd)
        assert not is_inheritable(fd)
        os.close(fd)


def test_a_connection_that_is_not_there_leaves_the_systems_answer(plain: dict[str, Call]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        assert plain["accept4"](server.fileno(), None, None, 0) == -1


def test_a_host_by_name_is_copied_with_its_addresses(plain: dict[str, Call]) -> None:
    found = ask(plain["gethostbyname_r"], Host(), b"localhost", code=c_int())
    assert socket.gethostbyname_ex("localhost")[0] == found.name.decode()
    assert bytes(found.addresses[0][: found.length]) == socket.inet_aton("127.0.0.1")
    assert not found.addresses[1]


def test_a_host_by_address_is_copied_with_its_aliases(plain: dict[str, Call]) -> None:
    packed = socket.inet_aton("127.0.0.1")
    found = ask(plain["gethostbyaddr_r"], Host(), packed, 4, socket.AF_INET, code=c_int())
    name, aliases, _ = socket.gethostbyaddr("127.0.0.1")
    assert found.name.decode() == name
    assert [text.decode() for text in texts(found.aliases)] == aliases


def test_a_host_that_is_not_found_has_a_code(plain: dict[str, Call]) -> None:
    code = c_int()
    assert ask(plain["gethostbyname_r"], Host(), b"a" * 300, code=code) is None
    assert code.value > 0


def test_a_service_by_name_is_copied(plain: dict[str, Call]) -> None:
    found = ask(plain["getservbyname_r"], Service(), b"http", b"tcp")
    assert (found.name, socket.ntohs(found.port), found.proto) == (b"http", 80, b"tcp")


def test_a_service_by_port_is_copied(plain: dict[str, Call]) -> None:
    assert ask(plain["getservbyport_r"], Service(), socket.htons(80), b"tcp").name == b"http"


def test_a_service_that_is_not_listed_is_no_answer(plain: dict[str, Call]) -> None:
    assert ask(plain["getservbyname_r"], Service(), b"no-such-service", None) is None


def test_a_protocol_is_copied(plain: dict[str, Call]) -> None:
    found = ask(plain["getprotobyname_r"], Protocol(), b"udp")
    assert (found.name, found.number, texts(found.aliases)) == (b"udp", 17, [b"UDP"])


def test_an_answer_is_refused_until_the_room_is_enough_for_all_of_it(plain: dict[str, Call]) -> None:
    answers = [ask(plain["getprotobyname_r"], Protocol(), b"udp", room=room) for room in range(64)]
    enough = next(room for room, answer in enumerate(answers) if answer != errno.ERANGE)
    # two texts, and a list of one alias and its end, each rounded up to the size of a pointer
    assert enough == 4 * ctypes.sizeof(c_void_p)
    assert all(answer.number == 17 for answer in answers[enough:])


@pytest.fixture
def portability(tool: Callable[[str], ModuleType]) -> ModuleType:
    return tool("portability")


def test_every_compiled_module_is_looked_at(portability: ModuleType, root: Path) -> None:
    names = {str(path.relative_to(portability.GENERATED)) for path in portability.sources()}
    assert {"_base.c", "_services.c", os.path.join("sockaddr", "inet6.c")} <= names
    package = root / "src" / "berkeley"
    assert all((package / name).with_suffix(".py").exists() for name in names)


def test_a_core_that_was_not_built_is_a_failure(
    portability: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(portability, "GENERATED", tmp_path)
    assert portability.main([]) == 1
    assert "not generated yet" in capsys.readouterr().out


def test_the_headers_are_those_of_this_interpreter_with_another_pyconfig(
    portability: ModuleType, tmp_path: Path
) -> None:
    folder = portability.python_headers(tmp_path / "include")
    assert (folder / "Python.h").is_symlink()
    assert not (folder / "pyconfig.h").is_symlink()
    assert "#define SIZEOF_LONG __SIZEOF_LONG__" in (folder / "pyconfig.h").read_text("utf-8")


@pytest.fixture
def checked(portability: ModuleType, tmp_path: Path) -> Callable[[str, str], list[str]]:
    """What the check has against a C text on a target."""
    pytest.importorskip("ziglang", reason="the compiler for other systems (ziglang) is not installed")

    def check(target: str, text: str) -> list[str]:
        source = tmp_path / "some.c"
        source.write_text(f"#include <Python.h>\n{text}", "utf-8")
        return portability.complaints(target, source, portability.python_headers(tmp_path / "include"))  # type: ignore[no-any-return]

    return check


@pytest.mark.parametrize("target", ["arm-linux-gnueabihf", "aarch64-macos", "x86_64-openbsd"])
def test_a_call_that_a_system_lacks_is_a_complaint_with_its_line(
    checked: Callable[[str, str], list[str]], target: str
) -> None:
    (line,) = checked(target, MISSING)
    assert re.match(rf"{target}: \S+some\.c:3: .*no_call", line)


def test_a_warning_is_a_complaint(checked: Callable[[str, str], list[str]]) -> None:
    (line,) = checked("x86_64-linux-musl", "int *f(long *p) { return p; }\n")
    assert "some.c:2:" in line


def test_code_that_a_system_takes_raises_no_complaint(checked: Callable[[str, str], list[str]]) -> None:
    assert checked("x86_64-freebsd", "int f(void) { return SIZEOF_LONG; }\n") == []
