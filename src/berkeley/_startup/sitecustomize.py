"""What a child interpreter imports at its start: it installs berkeley, and hands on to the sitecustomize it hides."""

import os
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

HERE = os.path.dirname(os.path.abspath(__file__))


def install() -> None:
    """Run on berkeley, unless this interpreter has none (another version, another environment)."""
    try:
        import berkeley
    except ImportError:
        return
    berkeley.install(best_effort=True)


def hand_on() -> None:
    """Import the sitecustomize that would have been found without this one, under the same name."""
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder or os.curdir) != HERE]
    spec = PathFinder.find_spec("sitecustomize")
    if spec is not None and spec.loader is not None:
        module = sys.modules["sitecustomize"] = module_from_spec(spec)
        spec.loader.exec_module(module)


install()
hand_on()
