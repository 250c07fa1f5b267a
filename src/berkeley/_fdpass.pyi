from collections.abc import Iterable
from typing import Any, SupportsIndex

from typing_extensions import Buffer

def send_fds(
    sock: Any, buffers: Iterable[Buffer], fds: Iterable[int], flags: SupportsIndex = 0, address: Any = None
) -> int: ...
def recv_fds(
    sock: Any, bufsize: int, maxfds: int, flags: SupportsIndex = 0, *, inheritable: bool = False
) -> tuple[bytes, list[int], int, Any]: ...
