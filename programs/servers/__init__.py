"""The servers that the programs talk to: each is started when it is first asked for, and ends with the block."""

from __future__ import annotations

import contextlib
import importlib
import os
import tempfile
from pathlib import Path

from programs.servers import certificates
from programs.servers.certificates import Certificates
from programs.servers.process import Missing

__all__ = ["NAMES", "Missing", "Servers"]

# The modules of this package that have serving(folder, certificates).
NAMES = ("nginx", "redis", "postgresql", "sshd", "resolver")


class Servers(contextlib.ExitStack):
    """Servers.arguments("redis") are those of a client; the server runs until the block ends."""

    def __init__(self) -> None:
        super().__init__()
        self._arguments: dict[str, list[str] | Missing] = {}
        self._certificates: Certificates | None = None

    def arguments(self, name: str) -> list[str]:
        """What a client has to be told; Missing says what the machine lacks."""
        if name not in self._arguments:
            try:
                self._arguments[name] = self._start(name)
            except Missing as missing:
                self._arguments[name] = missing
        found = self._arguments[name]
        if isinstance(found, Missing):
            raise found
        return found

    def certificates(self) -> Certificates:
        """Those of all servers."""
        if self._certificates is None:
            self._certificates = certificates.make(self._folder("certificates"))
        return self._certificates

    def _start(self, name: str) -> list[str]:
        module = importlib.import_module(f"programs.servers.{name}")
        arguments: list[str] = self.enter_context(module.serving(self._folder(name), self.certificates()))
        return arguments

    def _folder(self, name: str) -> Path:
        """Directly below the folder for temporary files, where a server that is not root can reach its own."""
        made = self.enter_context(tempfile.TemporaryDirectory(prefix=f"{name}-", ignore_cleanup_errors=True))
        return Path(os.path.realpath(made))
