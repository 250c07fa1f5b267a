"""Write berkeley's constant tables again, compare them with the headers, or find names that are new in the headers."""

from __future__ import annotations

import argparse
import runpy
import sys
from collections.abc import Iterable
from pathlib import Path

from tools.constants import probe, render, table, wanted

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "berkeley"


def every_system() -> table.Values:
    """The hand-kept names that need no table."""
    module = runpy.run_path(str(PACKAGE / "constants" / "every_system.py"))
    return {name: value for name, value in module.items() if not name.startswith("_")}


def generated() -> dict[Path, str]:
    """Every generated file with its text."""
    version = probe.compiler_version()
    tables = [table.build(wanted.read(system)) for system in wanted.systems()]
    shared = every_system()
    files = {
        PACKAGE / "_enums.pyi": render.enums_stub(shared, tables, version),
        PACKAGE / "_exported.pyi": render.exported_stub(shared, tables, version),
    }
    for each in tables:
        files[PACKAGE / "constants" / f"{each.system}.py"] = render.table_module(each, version)
        if each.machines:
            files[PACKAGE / "constants" / f"{each.system}_machines.py"] = render.machines_module(each, version)
    return files


def outdated(files: dict[Path, str]) -> list[Path]:
    """The files whose text on disk is not the generated one."""
    return [path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]


def discover() -> dict[str, dict[str, int]]:
    """By system and group, what the headers define and the lists pass over in silence."""
    return {
        f"{system}: {group}": names
        for system in wanted.systems()
        for group, names in table.unlisted(wanted.read(system)).items()
    }


def main(arguments: list[str]) -> int:
    """Do what the command line asks for; the result is the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.constants", description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="exit 1 when a generated file is not up to date")
    choice.add_argument("--discover", action="store_true", help="exit 1 when headers have names the lists do not know")
    options = parser.parse_args(arguments)
    if options.discover:
        return _report(f"{group}: {names}" for group, names in discover().items())
    files = generated()
    if options.check:
        return _report(f"{path.relative_to(ROOT)} is not up to date" for path in outdated(files))
    for path in outdated(files):
        path.write_text(files[path], "utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


def _report(lines: Iterable[str]) -> int:
    found = list(lines)
    print("\n".join(found) or "nothing to report")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
