"""PF_SYSTEM addresses: the name of a kernel control or (id, unit), as the 32 bytes of sockaddr_ctl (kern_control.h)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import Codec, Names, Sockaddr, as_uint32, room, whole
from cython.cimports.libc.stdint import uint16_t, uint32_t

SockaddrCtl = cython.struct(
    sc_family=uint16_t, ss_sysaddr=uint16_t, sc_id=uint32_t, sc_unit=uint32_t, sc_reserved=uint32_t[5]
)

SYSPROTO_CONTROL = cython.declare(cython.int, 2)
AF_SYS_CONTROL = cython.declare(cython.int, 2)


@cython.cclass
class System(Codec):
    """The name of a kernel control as str, whose number the kernel tells, or (id, unit), which is the form of results.

    Only sockets of SYSPROTO_CONTROL have addresses. A name asks for unit 0, which lets the control choose one.
    """

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def write(self, address, place: cython.pointer[Sockaddr], names: Names, caller: str) -> cython.int:
        if place.proto != SYSPROTO_CONTROL:
            raise OSError(f"{caller}(): unsupported PF_SYSTEM protocol")
        control: uint32_t = 0
        unit: uint32_t = 0
        if isinstance(address, str):
            control = names.control(str(address), place.fd)
        elif isinstance(address, tuple) and len(address) == 2:
            control = as_uint32(address[0], "id", caller)
            unit = as_uint32(address[1], "unit", caller)
        else:
            raise TypeError(f"{caller}(): PF_SYSTEM address must be a str or a pair (id, unit)")
        at = cython.cast(cython.pointer[SockaddrCtl], room(place, cython.sizeof(SockaddrCtl)))
        at.ss_sysaddr = AF_SYS_CONTROL
        at.sc_id = control
        at.sc_unit = unit
        return 0

    @cython.cfunc
    def read(self, place: cython.pointer[Sockaddr], names: Names):
        if place.proto != SYSPROTO_CONTROL:
            raise ValueError("Invalid address type")
        at = cython.cast(cython.pointer[SockaddrCtl], whole(place, cython.sizeof(SockaddrCtl), "PF_SYSTEM"))
        return at.sc_id, at.sc_unit


CODEC = System()
