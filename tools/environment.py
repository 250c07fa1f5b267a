"""Makes the virtual environments under build/ and keeps the package built in them: one for each interpreter."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = ("pyproject.toml", "setup.py", "src/berkeley/**/*.py", "src/berkeley/**/*.pxd")


def environment(interpreter: Path, version: str, extras: str) -> Path:
    """The python of an environment that has the package, built from the sources as they are, and the extras."""
    home = ROOT / "build" / f"venv-{version}"
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([interpreter, "-m", "venv", home], check=True)
    stamp = home / f"installed-{extras.replace(',', '-')}"
    state = _state()
    if not stamp.exists() or stamp.read_text() != state:
        _install(python, extras)
        stamp.write_text(state)
    return python


def current(extras: str) -> Path:
    """The environment of the interpreter that runs this."""
    version = "{}.{}".format(*sys.version_info)
    return environment(Path(sys.executable), version, extras)


def _state() -> str:
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _install(python: Path, extras: str) -> None:
    # Without build isolation, so that what Cython made for one interpreter serves the others too.
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    print(f"setting up {python.parent.parent.name} ...", file=sys.stderr, flush=True)
    subprocess.run([*pip, "setuptools>=77", "Cython>=3.3.1,<3.4"], check=True)
    subprocess.run([*pip, "--no-build-isolation", "--editable", f"{ROOT}[{extras}]"], check=True, stdout=sys.stderr)


if __name__ == "__main__":
    print(current(sys.argv[1]))
