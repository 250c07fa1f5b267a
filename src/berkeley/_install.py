"""berkeley in the place of the interpreter's own modules, for a whole program, and the way back."""

from __future__ import annotations

import sys

from berkeley import _children, _holders, _interpreter, _stand_in
from berkeley._capi import check_layout


def install(*, best_effort: bool = False, children: bool = False) -> list[str]:
    """install(*, best_effort=False, children=False) -> names of the modules that stay on the interpreter's own.

    From now on `import socket` and `import _socket` give berkeley, in this program and in the processes that it
    starts with multiprocessing; with children=True also in other Python programs that it starts (through
    sitecustomize and the environment variable PYTHONPATH).

    It has to come first: RuntimeError names the modules that have the interpreter's socket module, or _ssl,
    already. With best_effort=True their globals are exchanged instead, and those are returned that are tied to
    the old module for good (the list is empty otherwise): modules with classes derived from its type, such as ssl.

    RuntimeError also if the sockets of this interpreter have another layout than the one that the ssl module would
    read from ours.
    """
    if not _interpreter.replaced():
        _refuse_latecomers(best_effort)
        _refuse_other_layouts()
        package = sys.modules[__package__]
        _interpreter.stand_in_for("socket", package, lambda: _stand_in.copied(package))
        _interpreter.stand_in_for("_socket", _stand_in.made(), _stand_in.made)
        _children.follow()
    if children:
        _children.follow_subprocesses()
    return _holders.exchange() if best_effort else []


def uninstall() -> None:
    """uninstall(): `import socket` gives the interpreter's module again, and so do children; for tests.

    What install() exchanged is changed back. Modules that were imported meanwhile keep berkeley.
    """
    _holders.change_back()
    _children.leave()
    _interpreter.step_forward()


def _refuse_latecomers(best_effort: bool) -> None:
    early = [] if best_effort else _holders.holders()
    if early:
        raise RuntimeError(
            f"install() comes too late: {', '.join(early)} already use(s) the interpreter's socket module; "
            "call it before they are imported, or with best_effort=True"
        )


def _refuse_other_layouts() -> None:
    try:
        check_layout(_interpreter.own("_socket").socket)
    except ModuleNotFoundError:
        return  # an interpreter without sockets has no ssl module either that could misread ours
