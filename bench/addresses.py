"""What it costs to turn an address into a sockaddr and back: connect() and getpeername() with no kernel behind them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from bench import compiled, fresh
from bench.bounds import faster
from bench.measure import Comparison, Contender, clock, interleave, share, stay_on_one_cpu

TITLE = "one address in and out"
BOUNDS = (faster(0.91),)  # at most a tenth slower
ROUNDS = 51  # of 101

# The family, its protocol, and an address of each form.
ADDRESSES: list[tuple[str, int, Any]] = [
    ("AF_INET", 0, ("127.0.0.1", 80)),
    ("AF_INET6", 0, ("::1", 80, 0, 0)),
    ("AF_UNIX", 0, "/run/some/server.sock"),
    ("AF_UNIX", 0, b"\0abstract"),
    ("AF_NETLINK", 0, (0, 1)),
    ("AF_PACKET", 0, ("lo", 0x0800)),
    ("AF_CAN", 1, ("lo",)),
    ("AF_CAN", 6, ("lo", 0x123, 0x321)),
    ("AF_CAN", 7, ("lo", 1 << 40, 0x3FFFF, 0x20)),
    ("AF_TIPC", 0, (2, 18888, 17, 0)),
    ("AF_ALG", 0, ("skcipher", "cbc(aes)")),
    ("AF_VSOCK", 0, (1, 1234)),
    ("AF_QIPCRTR", 0, (1, 1234)),
    ("AF_RDS", 0, ("127.0.0.1", 80)),
    ("AF_BLUETOOTH", 0, ("00:11:22:33:44:55", 4097)),
    ("AF_BLUETOOTH", 3, ("00:11:22:33:44:55", 5)),
    ("AF_BLUETOOTH", 1, (0,)),
    ("AF_BLUETOOTH", 2, b"00:11:22:33:44:55"),
]


def contender(sock: Any, address: Any, trips: int) -> Contender:
    """Rounds of one socket."""

    def run() -> float:
        connect, getpeername = sock.connect, sock.getpeername
        begin = clock()
        for _ in range(trips):
            connect(address)
            getpeername()
        return (clock() - begin) / trips

    return run


def round_trip(sock: Any, address: Any) -> Any:
    """What a module makes of its own bytes: any_family.c keeps one address at a time."""
    sock.connect(address)
    return sock.getpeername()


def compare(modules: dict[str, ModuleType], row: tuple[str, int, Any], trips: int, rounds: int) -> dict[str, Any]:
    """The seconds of each module, which have to agree on what the address is."""
    family, proto, address = row
    socks = {name: module.socket(getattr(module, family), module.SOCK_DGRAM, proto) for name, module in modules.items()}
    try:
        contenders = {name: contender(sock, address, trips) for name, sock in socks.items()}
        seconds = interleave(contenders, rounds)
        reported = {name: round_trip(sock, address) for name, sock in socks.items()}
        if len(set(reported.values())) != 1:
            raise RuntimeError(f"the modules do not agree: {reported}")
        return {"family": family, "address": repr(address), "seconds": seconds}
    finally:
        for sock in socks.values():
            sock.close()


def comparisons(modules: dict[str, ModuleType], trips: int, rounds: int) -> Iterator[Comparison]:
    """Every family that all modules have, in a process of its own whose system calls are those of any_family.c."""
    shim = compiled.library("any_family")
    if shim is None:
        print("addresses: not measured, for want of a C compiler")
        return
    rows = fresh.figures("bench.addresses", modules, trips, share(rounds, ROUNDS), LD_PRELOAD=str(shim))
    for row in rows:
        yield Comparison(row["family"], row["address"], row["seconds"], BOUNDS)
    if lacking := {family for family, *_ in ADDRESSES if not all(hasattr(each, family) for each in modules.values())}:
        print(f"addresses: not compared, because one of the modules lacks it: {', '.join(sorted(lacking))}")


def main() -> None:
    """Measure in this process, and print the figures as JSON."""
    options = fresh.parser(__doc__).parse_args()
    modules = fresh.named(options.modules)
    rows = [row for row in ADDRESSES if all(hasattr(module, row[0]) for module in modules.values())]
    json.dump([compare(modules, row, options.trips, options.rounds) for row in rows], sys.stdout)


if __name__ == "__main__":
    stay_on_one_cpu()
    main()
