"""A plugin for pytest, `pytest -p berkeley.pytest`: the whole test run on berkeley."""

from __future__ import annotations

import berkeley

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# When the plugin is imported, and so before plugins that were installed and every conftest.py. pytest itself, and the
# plugins named earlier on its command line, may have the interpreter's module by then: it is exchanged.
TIED = berkeley.install(best_effort=True)


def pytest_report_header(config: Any) -> str:
    """One line at the top of the run."""
    staying = f"; {', '.join(TIED)} on the interpreter's own module" if TIED else ""
    return f"socket: berkeley {berkeley.__version__}{staying}"


def pytest_unconfigure(config: Any) -> None:
    """The process may go on after the run."""
    berkeley.uninstall()
