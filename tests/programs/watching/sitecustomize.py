"""Python imports this at its start: it notes of which module's base type the sockets of a program are."""

import atexit
import os
import sys

MADE = set()


def note(event: str, arguments: tuple) -> None:
    if event == "socket.__new__":
        derived, *_, base, _ = type(arguments[0]), *type(arguments[0]).__mro__
        # berkeley compares its base type with an object of the interpreter's; whatever a program makes is derived.
        if derived is not base:
            MADE.add(base.__module__)


def tell() -> None:
    with open(os.environ["SOCKETS_MADE"], "a") as file:
        file.writelines(f"{module}\n" for module in sorted(MADE))


sys.addaudithook(note)
atexit.register(tell)
