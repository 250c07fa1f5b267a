"""The addresses of one socket: what a program gives goes into a sockaddr, what the kernel reports comes out of one."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley._names import NAMES
from cython.cimports.berkeley._wait import Endpoint
from cython.cimports.berkeley.libc.socket import sockaddr_storage
from cython.cimports.berkeley.sockaddr import decode, encode
from cython.cimports.berkeley.sockaddr._layout import Sockaddr

ROOM = cython.declare(cython.Py_ssize_t, cython.sizeof(sockaddr_storage))


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def place_of(endpoint: cython.pointer[Endpoint], storage: cython.pointer[sockaddr_storage]) -> Sockaddr:
    place: Sockaddr
    place.raw = cython.cast(cython.p_char, storage)
    place.length = 0
    place.family = endpoint.family
    place.proto = endpoint.proto
    place.fd = endpoint.fd
    return place


def given(endpoint, storage, address, caller):
    # The length of the sockaddr that is in the storage now.
    place: Sockaddr = place_of(endpoint, storage)
    encode(address, cython.address(place), NAMES, caller)
    return place.length


def reported(endpoint, storage, length):
    # As far as it lies inside the storage: some families report more than they wrote.
    place: Sockaddr = place_of(endpoint, storage)
    place.length = min(length, ROOM)
    return decode(cython.address(place), NAMES)
