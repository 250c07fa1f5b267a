"""`make check`: everything that reads the project without running it, and the layers; all of it, whatever fails."""

from __future__ import annotations

import subprocess
import sys

from tools.environment import ROOT

RUFF = ["src", "tests", "tools", "bench", "lab", "programs", "setup.py"]
# The scripts of programs/ are as their users write them: without types.
TYPED = ["src/berkeley", "tools", "bench", "lab", "programs/servers", "programs/catalogue.py", "programs/timed.py"]

CHECKS: dict[str, list[str]] = {
    "ruff": ["ruff", "check", *RUFF],
    "format": ["ruff", "format", "--check", *RUFF],
    "mypy": ["mypy", *TYPED],
    "stubtest": [
        "mypy.stubtest",
        "berkeley",
        "--mypy-config-file",
        "pyproject.toml",
        "--allowlist",
        "tools/stubtest_allowed.txt",
        "--ignore-unused-allowlist",
    ],
    "layers": ["pytest", "-q", "tests/test_layers.py", "tests/test_sources.py"],
    "constants": ["tools.constants", "--check"],
    "other systems": ["tools.portability"],
    "families": ["tools.families", "--check"],
    "documentation": ["mkdocs", "build", "--strict", "--quiet", "--site-dir", "build/site"],
}


def main() -> int:
    """Exit status 0 if all is well."""
    failed = []
    for name, command in CHECKS.items():
        print(f"{name} ...", flush=True)
        if subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode:
            failed.append(name)
    print("failed: " + ", ".join(failed) if failed else "all checks passed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
