from collections.abc import Callable
from typing import Any

from berkeley.sockaddr._layout import Codec

MODULES_BY_NAME: dict[str, str]
MODULES: dict[int, str]

def codec(family: int) -> Codec: ...
def register_family(
    family: int,
    /,
    *,
    encode: Callable[[Any, int], bytes | bytearray | memoryview],
    decode: Callable[[bytes, int], Any],
    replace: bool = False,
) -> None: ...
