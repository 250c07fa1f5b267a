from collections.abc import Callable
from types import ModuleType
from typing import Any

CODECS_BY_NAME: dict[str, ModuleType]
CODECS: dict[int, ModuleType]
ENCODERS: dict[int, Callable[..., bytes]]
DECODERS: dict[int, Callable[..., Any]]
