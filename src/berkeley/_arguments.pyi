from typing_extensions import disjoint_base

# Used by the other compiled modules alone: what matters of these is declared in the .pxd file.
@disjoint_base
class Buffers: ...
