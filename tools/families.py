"""The table of address families in docs/families.md: which module has each, and speaks its addresses."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from typing import Any

from bench import compiled
from tools.environment import ROOT

PAGE = ROOT / "docs" / "families.md"
BEGIN, END = "<!-- table: python -m tools.families -->", "<!-- end of table -->"
OWN = "berkeley"
REMEMBERED = ROOT / "tools" / "families.json"  # of the other modules: what was measured where they are installed

# By family: its protocol, an address of it, and whether the 3.12 document describes the family's addresses.
FAMILIES: dict[str, tuple[int, object, str]] = {
    "AF_UNIX": (0, "/run/x", "described"),
    "AF_INET": (0, ("127.0.0.1", 80), "described"),
    "AF_INET6": (0, ("::1", 80, 0, 0), "described"),
    "AF_NETLINK": (0, (0, 1), "described"),
    "AF_PACKET": (0, ("lo", 3), "described"),
    "AF_CAN": (1, ("lo",), "described"),
    "AF_TIPC": (0, (2, 18888, 17, 0), "described"),
    "AF_BLUETOOTH": (3, ("00:11:22:33:44:55", 5), "described"),
    "AF_ALG": (0, ("hash", "sha256"), "described"),
    "AF_VSOCK": (0, (1, 1234), "described"),
    "AF_QIPCRTR": (0, (1, 1234), "described"),
    "AF_RDS": (0, ("127.0.0.1", 80), "named"),
    "AF_XDP": (0, ("lo", 0), "-"),
    "AF_LLC": (0, (b"\2" * 6, 2), "-"),
    "AF_PPPOX": (0, (1, b"\2" * 6, "lo"), "-"),
    "AF_SMC": (0, ("127.0.0.1", 80), "-"),
    "AF_PHONET": (0, (0, 0, 0), "-"),
    "AF_IEEE802154": (0, (1, 2), "-"),
    "AF_KCM": (0, (41, b""), "-"),
}

# Runs in any interpreter, with system calls that know every family: what connect() takes is what the codec speaks.
PROBE = """
import ast, importlib, json, sys
module = importlib.import_module(sys.argv[1])
answer = {"names": sum(name.isupper() for name in dir(module)), "families": {}}
for family, (proto, address, _) in ast.literal_eval(sys.argv[2]).items():
    number = getattr(module, family, None)
    if number is None:
        answer["families"][family] = "-"
        continue
    try:
        with module.socket(number, module.SOCK_DGRAM, proto) as sock:
            sock.connect(address)
        answer["families"][family] = "raw" if address[0] == number else "yes"
    except (OSError, TypeError, ValueError):
        answer["families"][family] = "name only"
print(json.dumps(answer))
"""


def probed(interpreter: str, module: str) -> dict[str, Any]:
    """What a module says of itself in an interpreter: how many names of constants, and each family."""
    shim = compiled.library("any_family")
    if shim is None:
        raise SystemExit("needs a C compiler (CC) for bench/any_family.c")
    environment = {**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": str(ROOT / "src")}
    command = [interpreter, "-c", PROBE, module, repr(FAMILIES)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def documented() -> int:
    """How many constants of Linux the 3.12 document has by name; of others it has the first letters."""
    names = json.loads((ROOT / "tests" / "documented_names.json").read_text("utf-8"))
    return len(names["constants"]) + len(names["bluetooth"])


def table(columns: dict[str, dict[str, Any]]) -> str:
    """One row per family, one column per module, and the counts of names at the end."""
    titles = ["family", "3.12 document", *columns]
    rows = [
        [name, described, *(each["families"][name] for each in columns.values())]
        for name, (_, _, described) in FAMILIES.items()
    ]
    rows.append(
        ["names of constants", f"{documented()}, and groups", *(str(each["names"]) for each in columns.values())]
    )
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page_with(new: str) -> str:
    """The text of the page with another table."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n\n{new}\n\n{END}{rest.partition(END)[2]}"


def main() -> int:
    """Write or check the page; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.families", description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 when the page is not what comes out")
    parser.add_argument("others", nargs="*", metavar="TITLE=INTERPRETER", help="measure these again, and remember them")
    options = parser.parse_args()
    others: dict[str, dict[str, Any]] = json.loads(REMEMBERED.read_text("utf-8"))
    others.update((title, probed(path, "socket")) for title, path in (each.split("=") for each in options.others))
    own = probed(sys.executable, OWN)
    if refused := [family for family, answer in own["families"].items() if answer not in ("yes", "raw")]:
        raise SystemExit(f"berkeley refuses addresses of {', '.join(refused)}: is the core built?")
    text = page_with(table({**others, OWN: own}))
    if options.check:
        print("up to date" if text == PAGE.read_text("utf-8") else f"{PAGE.relative_to(ROOT)} is not up to date")
        return int(text != PAGE.read_text("utf-8"))
    REMEMBERED.write_text(json.dumps(others, indent=1) + "\n", "utf-8")
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
