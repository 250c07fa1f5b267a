"""What every test shares: the module under test, live pairs of sockets, ticking signals, the requirements shown."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import socket as stdlib_socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import two_runs

MODULES = {"berkeley": "berkeley", "stdlib": "socket"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirements", help="write the outcome of every requirement id to this JSON file")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run behaviour tests on both modules; marks say where the interpreter's own one cannot take part."""
    name = "runs_on" if "runs_on" in metafunc.fixturenames else "net"
    if name not in metafunc.fixturenames:
        return
    contenders = ["berkeley"]
    if _stdlib_takes_part(metafunc.definition):
        contenders.append("stdlib")
    metafunc.parametrize(name, contenders, indirect=True)


def _stdlib_takes_part(item: Any) -> bool:
    if item.get_closest_marker("berkeley_only"):
        return False
    since = item.get_closest_marker("stdlib_since")
    if since and sys.version_info < tuple(map(int, since.args[0].split("."))):
        return False
    return all(
        hasattr(stdlib_socket, name) or hasattr(stdlib_socket.socket, name)
        for mark in item.iter_markers("stdlib_needs")
        for name in mark.args
    )


@pytest.fixture
def net(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """The socket module under test: berkeley, or the interpreter's own one as the judge of the test itself."""
    module = importlib.import_module(MODULES[request.param])
    before = module.getdefaulttimeout()
    yield module
    module.setdefaulttimeout(before)


@pytest.fixture
def closing() -> Iterator[Callable[[Any], Any]]:
    """Call it with anything that has close(); it is closed when the test ends."""
    with contextlib.ExitStack() as stack:
        yield lambda thing: stack.enter_context(contextlib.closing(thing))


@pytest.fixture
def listener(net: ModuleType, closing: Callable[[Any], Any]) -> Any:
    """A TCP socket listening on 127.0.0.1."""
    sock = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    sock.bind(("127.0.0.1", 0))
    sock.listen(16)
    return sock


@pytest.fixture
def unix_listener(net: ModuleType, closing: Callable[[Any], Any], tmp_path: Path) -> Any:
    """An AF_UNIX stream socket listening on a path of its own."""
    sock = closing(net.socket(net.AF_UNIX))
    sock.bind(str(tmp_path / "s"))
    sock.listen()
    return sock


@pytest.fixture
def tcp_pair(net: ModuleType, listener: Any, closing: Callable[[Any], Any]) -> tuple[Any, Any]:
    """(client, server side) of one TCP connection over 127.0.0.1."""
    client = closing(net.socket(net.AF_INET, net.SOCK_STREAM))
    client.connect(listener.getsockname())
    server, _ = listener.accept()
    return client, closing(server)


@pytest.fixture
def unix_pair(net: ModuleType, closing: Callable[[Any], Any]) -> tuple[Any, Any]:
    """Two connected AF_UNIX stream sockets."""
    left, right = net.socketpair()
    return closing(left), closing(right)


@pytest.fixture
def udp_pair(net: ModuleType, closing: Callable[[Any], Any]) -> tuple[Any, Any]:
    """Two UDP sockets bound to 127.0.0.1, not connected."""
    pair = tuple(closing(net.socket(net.AF_INET, net.SOCK_DGRAM)) for _ in range(2))
    for sock in pair:
        sock.bind(("127.0.0.1", 0))
    return pair[0], pair[1]


@pytest.fixture
def full_backlog(closing: Callable[[Any], Any]) -> tuple[str, int]:
    """Address of a TCP listener whose queue is full, so that a further connect() hangs (made with stdlib sockets)."""
    server = closing(stdlib_socket.socket())
    server.bind(("127.0.0.1", 0))
    server.listen(0)
    address = server.getsockname()
    while True:
        filler = closing(stdlib_socket.socket())
        filler.setblocking(False)
        filler.connect_ex(address)
        if not select.select([], [filler], [], 0.1)[1]:
            return address


@contextlib.contextmanager
def ticking(interval: float, handler: Callable[..., Any]) -> Iterator[None]:
    """Deliver SIGALRM to the main thread every `interval` seconds, with system calls not restarted by the kernel."""
    old = signal.signal(signal.SIGALRM, handler)
    signal.siginterrupt(signal.SIGALRM, True)
    signal.setitimer(signal.ITIMER_REAL, interval, interval)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


@pytest.fixture
def alarm() -> Callable[..., contextlib.AbstractContextManager[None]]:
    """`with alarm(0.05, handler):` delivers a signal every 0.05 s to the main thread."""
    return ticking


@pytest.fixture
def in_thread() -> Iterator[Callable[..., threading.Thread]]:
    """Start a function in a thread that is joined, and whose exception fails the test, at the end of the test."""
    threads: list[threading.Thread] = []
    failures: list[BaseException] = []

    def start(function: Callable[..., Any], *args: Any) -> threading.Thread:
        def run() -> None:
            try:
                function(*args)
            except BaseException as error:
                failures.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        threads.append(thread)
        return thread

    yield start
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive(), "a helper thread of the test did not end"
    if failures:
        raise failures[0]


@pytest.fixture
def open_descriptors() -> Callable[[], set[int]]:
    """The descriptors of this process now: compare before and after to find a leak."""

    def look() -> set[int]:
        found = {int(name) for name in os.listdir("/proc/self/fd")}
        return {fd for fd in found if os.path.exists(f"/proc/self/fd/{fd}")}

    return look


class RequirementRecord:
    """Collects, per requirement id, which tests showed it: only berkeley's runs count."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, dict[str, list[str]]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            ids = [str(name) for mark in item.iter_markers("req") for name in mark.args]
            params = getattr(getattr(item, "callspec", None), "params", {})
            if params.get("net") != "stdlib":
                kind = "simulated" if item.get_closest_marker("simulated") else "live"
                item.user_properties.append(("requirements", (ids, kind)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.outcome == "passed":
            return
        for name, value in report.user_properties:
            if name == "requirements":
                ids, kind = value  # type: ignore[misc]
                for requirement in ids:
                    row = self.rows.setdefault(requirement, {})
                    row.setdefault(kind if report.passed else report.outcome, []).append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.rows, indent=1, sort_keys=True), "utf-8")


def pytest_configure(config: pytest.Config) -> None:
    two_runs.take_part(config)
    path = config.getoption("--requirements")
    if path:
        config.pluginmanager.register(RequirementRecord(Path(path)))
