"""Builds sdist and wheel, and tries the wheel in a bare environment where no compiler can be found."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tools.environment import ROOT

TRY = """
import berkeley as socket
left, right = socket.socketpair()
with left, right, socket.create_server(("127.0.0.1", 0)) as server:
    with socket.create_connection(server.getsockname()) as client:
        conn, _ = server.accept()
        with conn:
            client.sendall(b"from a wheel")
            left.sendall(conn.recv(100))
            print(right.recv(100).decode(), "with", socket.__file__)
"""
NEEDED = (".py", ".pxd", ".pyi", "py.typed")


def main() -> int:
    """Exit status 0 if the wheel is complete and works."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = build(Path(folder))
        missing = [kind for kind in NEEDED if not holds(wheel, kind)]
        if missing:
            print(f"{wheel.name} lacks {', '.join(missing)}", file=sys.stderr)
            return 1
        python = bare_environment(Path(folder, "bare"), wheel)
        environ = {**os.environ, "PATH": str(python.parent)}
        environ.pop("PYTHONPATH", None)
        return subprocess.run([python, "-W", "error", "-c", TRY], cwd=folder, env=environ, check=False).returncode


def build(folder: Path) -> Path:
    """The wheel, built from the sdist and not from the work tree."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    make_sdist = "import setuptools.build_meta as m, sys; print(m.build_sdist(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", make_sdist, folder], cwd=ROOT, check=True, capture_output=True, text=True
    )
    sdist = folder / done.stdout.split()[-1]
    wheel = [*pip, "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(folder), str(sdist)]
    subprocess.run(wheel, cwd=folder, check=True)
    print(f"{sdist.name}: {sdist.stat().st_size // 1024} KiB", flush=True)
    built = next(folder.glob("*.whl"))
    print(f"{built.name}: {built.stat().st_size // 1024} KiB", flush=True)
    return built


def holds(wheel: Path, ending: str) -> bool:
    """Whether a wheel has files that end so."""
    return any(name.endswith(ending) for name in zipfile.ZipFile(wheel).namelist())


def bare_environment(home: Path, wheel: Path) -> Path:
    """The python of a new environment with nothing but the wheel and what it depends on."""
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    pip: list[str | Path] = [home / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    environ = {**os.environ, "CC": "no-compiler-here"}
    subprocess.run([*pip, wheel], check=True, env=environ)
    return home / "bin" / "python"


if __name__ == "__main__":
    sys.exit(main())
