from types import CapsuleType

CAPI: CapsuleType

def check_layout(theirs: type, /) -> None: ...
