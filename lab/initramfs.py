"""Writes the initial RAM disk: a cpio archive in the newc format, of busybox, a few modules and the init script."""

from __future__ import annotations

import dataclasses
import lzma
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

INIT = Path(__file__).parent / "init"
MAGIC = b"070701"
ALIGNMENT = 4
DIRECTORIES = ("bin", "dev", "proc", "sys", "sbin", "modules", "host")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One file or directory of the archive."""

    name: str
    mode: int
    content: bytes = b""


def _padded(raw: bytes) -> bytes:
    return raw + bytes(-len(raw) % ALIGNMENT)


def encode(entries: Iterable[Entry]) -> bytes:
    """The archive: per entry a header of thirteen eight-digit hexadecimal fields, the name, and the content."""
    trailer = Entry("TRAILER!!!", 0)
    return b"".join(_encode_entry(number, entry) for number, entry in enumerate([*entries, trailer], 1))


def _encode_entry(inode: int, entry: Entry) -> bytes:
    name = entry.name.encode() + b"\0"
    # ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check
    fields = (inode, entry.mode, 0, 0, 1, 0, len(entry.content), 0, 0, 0, 0, len(name), 0)
    header = MAGIC + "".join(f"{field:08x}" for field in fields).encode()
    return _padded(header + name) + _padded(entry.content)


def _plain(module: Path) -> bytes:
    """A module as the kernel takes it: Debian 13 ships them compressed."""
    content = module.read_bytes()
    return lzma.decompress(content) if module.suffix == ".xz" else content


def entries(busybox: Path, modules: Iterable[Path]) -> Iterator[Entry]:
    """What the archive holds; the modules are numbered in the order in which they have to be loaded."""
    for name in DIRECTORIES:
        yield Entry(name, stat.S_IFDIR | 0o755)
    yield Entry("bin/busybox", stat.S_IFREG | 0o755, busybox.read_bytes())
    yield Entry("init", stat.S_IFREG | 0o755, INIT.read_bytes())
    for number, module in enumerate(modules):
        yield Entry(f"modules/{number:03}.ko", stat.S_IFREG | 0o644, _plain(module))
