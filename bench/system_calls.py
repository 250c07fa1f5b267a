"""How many system calls an operation makes: strace looks on while a process does each of OPERATIONS once."""

from __future__ import annotations

import dataclasses
import importlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from types import ModuleType

from bench.bounds import Bound, costs, within
from bench.measure import Comparison

TITLE = "system calls per operation"


@dataclasses.dataclass(frozen=True)
class Operation:
    """`code` is what is counted, `before` makes what it needs; `calls` are the system calls that it takes, in order."""

    name: str
    before: str
    code: str
    calls: tuple[str, ...]


# Names that `before` and `code` find: net (the module), left and right (a TCP connection), server and port (a listener
# and its address), udp (a bound datagram socket), wait(sock) for something to read, later(function, ...) for what
# happens while the call waits, failing(function, ...) for a call that fails.
QUIET = "left.settimeout(None)"
TIMED = "left.settimeout(5)"
NON_BLOCKING = "left.settimeout(0)"
READY = "; right.send(b'data'); wait(left)"
CALLER = "caller = net.socket(); caller.connect(port); wait(server)"
TIMED_SERVER = "; server.settimeout(5)"
UNCONNECTED = "caller = net.socket()"
UDP_READY = "udp.sendto(b'data', udp.getsockname()); wait(udp)"

OPERATIONS = (
    Operation("socket", "", "made = net.socket()", ("socket",)),
    Operation("close", "made = net.socket()", "made.close()", ("close",)),
    Operation("settimeout", "made = net.socket()", "made.settimeout(5)", ("ioctl",)),
    Operation("setblocking", "made = net.socket()", "made.setblocking(False)", ("ioctl",)),
    Operation("gettimeout", "", "left.gettimeout()", ()),
    Operation("fileno", "", "left.fileno()", ()),
    Operation("detach", "made = net.socket()", "fd = made.detach()", ()),
    Operation("bind", "made = net.socket()", "made.bind(('127.0.0.1', 0))", ("bind",)),
    Operation("listen", "made = net.socket()", "made.listen()", ("listen",)),
    Operation("getsockname", "", "left.getsockname()", ("getsockname",)),
    Operation("getpeername", "", "left.getpeername()", ("getpeername",)),
    Operation("setsockopt", "", "left.setsockopt(net.SOL_SOCKET, net.SO_KEEPALIVE, 1)", ("setsockopt",)),
    Operation("getsockopt", "", "left.getsockopt(net.SOL_SOCKET, net.SO_KEEPALIVE)", ("getsockopt",)),
    Operation("accept", CALLER + "; server.settimeout(None)", "taken = server.accept()", ("accept4",)),
    Operation("accept, timeout", CALLER + TIMED_SERVER, "taken = server.accept()", ("poll", "accept4")),
    Operation("accept, non-blocking", CALLER + "; server.settimeout(0)", "taken = server.accept()", ("accept4",)),
    Operation("connect", UNCONNECTED, "caller.connect(port)", ("connect",)),
    Operation(
        "connect, timeout",
        UNCONNECTED + "; caller.settimeout(5)",
        "caller.connect(port)",
        ("connect", "poll", "getsockopt"),
    ),
    Operation("connect, UDP", "made = net.socket(type=net.SOCK_DGRAM)", "made.connect(port)", ("connect",)),
    Operation("send", QUIET, "left.send(b'data')", ("sendto",)),
    Operation("send, timeout", TIMED, "left.send(b'data')", ("sendto",)),
    Operation("send, non-blocking", NON_BLOCKING, "left.send(b'data')", ("sendto",)),
    Operation("sendall", QUIET, "left.sendall(b'data')", ("sendto",)),
    Operation("sendall, timeout", TIMED, "left.sendall(b'data')", ("sendto",)),
    Operation("sendto", "", "udp.sendto(b'data', ('127.0.0.1', 9))", ("sendto",)),
    Operation("sendto, timeout", "udp.settimeout(5)", "udp.sendto(b'data', ('127.0.0.1', 9))", ("sendto",)),
    Operation("sendmsg", QUIET, "left.sendmsg([b'da', b'ta'])", ("sendmsg",)),
    Operation("recv", QUIET + READY, "left.recv(100)", ("recvfrom",)),
    Operation("recv, timeout", TIMED + READY, "left.recv(100)", ("recvfrom",)),
    Operation("recv, non-blocking", NON_BLOCKING + READY, "left.recv(100)", ("recvfrom",)),
    Operation("recv, non-blocking, nothing there", NON_BLOCKING, "failing(left.recv, 100)", ("recvfrom",)),
    Operation("recv_into", QUIET + READY, "left.recv_into(room)", ("recvfrom",)),
    Operation("recv_into, timeout", TIMED + READY, "left.recv_into(room)", ("recvfrom",)),
    Operation("recvfrom", UDP_READY + "; udp.settimeout(None)", "udp.recvfrom(100)", ("recvfrom",)),
    Operation("recvfrom, timeout", UDP_READY + "; udp.settimeout(5)", "udp.recvfrom(100)", ("recvfrom",)),
    Operation("recvfrom_into", UDP_READY + "; udp.settimeout(None)", "udp.recvfrom_into(room)", ("recvfrom",)),
    Operation("recvfrom_into, timeout", UDP_READY + "; udp.settimeout(5)", "udp.recvfrom_into(room)", ("recvfrom",)),
    Operation("recvmsg", QUIET + READY, "left.recvmsg(100)", ("recvmsg",)),
    Operation("recvmsg, timeout", TIMED + READY, "left.recvmsg(100)", ("recvmsg",)),
    Operation(
        "recv, timeout, data late",
        TIMED + "; later(right.send, b'data')",
        "left.recv(100)",
        ("recvfrom", "poll", "recvfrom"),
    ),
    Operation(
        "recv, timeout, SO_RCVLOWAT set",
        "left.setsockopt(net.SOL_SOCKET, net.SO_RCVLOWAT, 2); " + TIMED + READY,
        "left.recv(100)",
        ("poll", "recvfrom"),
    ),
    Operation("socketpair", "", "pair = net.socketpair()", ("socketpair",)),
    Operation("dup", "", "copy = left.dup()", ("fcntl",)),
    Operation("dup, timeout", TIMED, "copy = left.dup()", ("fcntl",)),
    Operation("shutdown", "", "left.shutdown(net.SHUT_WR)", ("shutdown",)),
    Operation("create_connection", "", "made = net.create_connection(port)", ("socket", "connect")),
    Operation(
        "create_connection, timeout",
        "",
        "made = net.create_connection(port, 5)",
        ("socket", "ioctl", "connect", "poll", "getsockopt"),
    ),
    Operation(
        "create_server", "", "made = net.create_server(('127.0.0.1', 0))", ("socket", "setsockopt", "bind", "listen")
    ),
    Operation("getaddrinfo, numeric", "", "net.getaddrinfo('127.0.0.1', 80)", ()),
    Operation("send_fds", "a, b = net.socketpair()", "net.send_fds(a, [b'x'], [0])", ("sendmsg",)),
    Operation(
        "recv_fds", "a, b = net.socketpair(); net.send_fds(a, [b'x'], [0])", "net.recv_fds(b, 9, 9)", ("recvmsg",)
    ),
    Operation(
        "readline of makefile",
        QUIET + "; f = left.makefile('rb'); right.send(b'line\\n')",
        "f.readline()",
        ("recvfrom",),
    ),
)

PROGRAM = """
import gc, importlib, os, select, sys, threading, time
sys.path[:0] = {path!r}
net = importlib.import_module({module!r})
room = bytearray(100)

def wait(sock):
    select.select([sock], [], [], 5)

def failing(call, *arguments):
    try:
        call(*arguments)
    except OSError:
        pass

def later(call, *arguments):
    thread = threading.Timer(0.2, call, arguments)
    thread.start()
    threads.append(thread)

def stage():
    server = net.create_server(("127.0.0.1", 0))
    port = server.getsockname()
    left = net.socket()
    left.connect(port)
    right = server.accept()[0]
    udp = net.socket(type=net.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    return dict(globals(), server=server, port=port, left=left, right=right, udp=udp)

def act(number, before, code):
    names = stage()
    exec(before, names)
    gc.disable()
    mark(number, b"begin")
    exec(code, names)
    mark(number, b"end")
    for thread in threads:
        thread.join()

def mark(number, word):
    try:
        os.write(-1, b"%d %s" % (number, word))
    except OSError:
        pass

for rehearsal in (True, False):  # what is done once in a process is not counted
    for number, (before, code) in enumerate({operations!r}):
        threads = []
        act(-1 if rehearsal else number, before, compile(code, "counted", "exec"))
os._exit(0)
"""

LINE = re.compile(r"^(\d+) +(?:<\.\.\. )?(\w+)(\(.*| resumed.*)$")
MARK = re.compile(r'^\(-1, "(-?\d+) (begin|end)"')
# What the allocator and the interpreter's lock do by the way.
NOT_COUNTED = {"brk", "mmap", "munmap", "mremap", "madvise", "mprotect", "futex", "sched_yield"}

# Some processors have these calls under other names alone.
ALSO_NAMED = {"ppoll": "poll", "ppoll_time64": "poll", "fcntl64": "fcntl"}


class Missing(Exception):
    """Says what is not there to count with."""


def counted(module: ModuleType) -> dict[str, tuple[str, ...]]:
    """The system calls that each of OPERATIONS makes with this module."""
    strace = shutil.which("strace")
    if strace is None:
        raise Missing("strace is missing")
    operations = [(each.before, each.code) for each in OPERATIONS]
    program = PROGRAM.format(path=sys.path, module=module.__name__, operations=operations)
    with tempfile.NamedTemporaryFile("r", prefix="berkeley-strace-") as trace:
        watching = [strace, "-f", "-qq", "-e", "signal=none", "-o", trace.name]
        done = subprocess.run([*watching, sys.executable, "-W", "ignore", "-c", program], check=False)
        if done.returncode:
            raise Missing(f"strace, or the program under it, ended with {done.returncode}")
        found = between_marks(trace.read().splitlines())
    return {each.name: tuple(found[number]) for number, each in enumerate(OPERATIONS)}


def between_marks(trace: list[str]) -> dict[int, list[str]]:
    """The calls of the marking thread from each `begin` to its `end`."""
    found: dict[int, list[str]] = {}
    now: list[str] | None = None
    first = ""
    for line in trace:
        match = LINE.match(line)
        if not match or match[3].startswith(" resumed") or match[1] != (first := first or match[1]):
            continue
        mark = MARK.match(match[3])
        if mark:
            now = found.setdefault(int(mark[1]), []) if mark[2] == "begin" else None
        elif now is not None and match[2] not in NOT_COUNTED:
            now.append(ALSO_NAMED.get(match[2], match[2]))
    return found


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """The number of calls of every operation; a list that is right in number and wrong in kind is the tests' affair."""
    del trips, rounds  # counting once is exact
    try:
        calls = {name: counted(module) for name, module in modules.items()}
    except Missing as missing:
        print(f"system calls: not counted: {missing}")
        return
    for each in OPERATIONS:
        found = {name: [float(len(calls[name][each.name]))] for name in modules}
        found["c"] = [float(len(each.calls))]
        yield Comparison(each.name, " ".join(each.calls) or "none", found, limits(each), "calls")


def limits(operation: Operation) -> tuple[Bound, ...]:
    """As many calls as the list says; none at all has no ratio."""
    return (within(1.0),) if operation.calls else (costs(0.0),)


def main() -> None:
    """Print the calls of every operation, of berkeley or the module named, and where they are not those of the list."""
    module = importlib.import_module(sys.argv[1] if len(sys.argv) > 1 else "berkeley")
    for name, calls in counted(module).items():
        expected = next(each.calls for each in OPERATIONS if each.name == name)
        print(f"{'ok' if calls == expected else 'NO':3}{name:40}{' '.join(calls)}")


if __name__ == "__main__":
    main()
