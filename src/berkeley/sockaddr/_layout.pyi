from typing import Any

from typing_extensions import disjoint_base

@disjoint_base
class Names: ...

@disjoint_base
class Asked(Names):
    def __init__(self, answering: Any) -> None: ...

@disjoint_base
class Codec:
    @property
    def family(self) -> int: ...
    def serve(self, family: int) -> Codec: ...
    def encode(
        self, address: Any, names: Any = None, caller: str = "bind", proto: int = 0, family: int = -1
    ) -> bytes: ...
    def decode(self, raw: bytes, names: Any = None, proto: int = 0) -> Any: ...
