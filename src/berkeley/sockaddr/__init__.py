"""Which codec speaks for which family: the only dispatch between socket addresses and their Python values."""

import sys
from operator import index

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.sockaddr._layout import Codec, family_of

from berkeley.constants import load
from berkeley.sockaddr._systems import own_modules
from berkeley.sockaddr.raw import CODEC
from berkeley.sockaddr.registered import Registered

# The module that has the codec of a family, by the name of its constant; a new family is a line here and a file beside
# this one. They are imported when a socket of theirs is made, for few programs use more than three families.
MODULES_BY_NAME = {
    "AF_ALG": "alg",
    "AF_BLUETOOTH": "bluetooth",
    "AF_CAN": "can",
    "AF_IEEE802154": "ieee802154",
    "AF_INET": "inet",
    "AF_INET6": "inet6",
    "AF_LINK": "link",
    "AF_LLC": "llc",
    "AF_NETLINK": "netlink",
    "AF_PACKET": "packet",
    "AF_PHONET": "phonet",
    "AF_PPPOX": "pppox",
    "AF_QIPCRTR": "qipcrtr",
    "AF_RDS": "rds",
    "AF_SMC": "smc",
    "AF_TIPC": "tipc",
    "AF_UNIX": "unix",
    "AF_VSOCK": "vsock",
    "AF_XDP": "xdp",
    "PF_SYSTEM": "system",
}

HEADER_SIZE = cython.declare(cython.Py_ssize_t, 2)
FAMILIES_AT_MOST = cython.declare(cython.int, 256)

UNKNOWN = cython.declare(Codec, CODEC)
CODECS = cython.declare(list, [None] * 256)


_NUMBERS = load(sys.platform)
_OWN_MODULES = {**MODULES_BY_NAME, **own_modules()}
MODULES: dict = {_NUMBERS[name]: module for name, module in _OWN_MODULES.items() if module and name in _NUMBERS}


def prepare(family):
    # Import the codec now, so that no import happens between a system call and the use of its result.
    if 0 <= family < FAMILIES_AT_MOST and CODECS[family] is None:
        found = _codec(family)
        if CODECS[family] is None:  # another thread may have registered one during the import
            CODECS[family] = found
    return 0


def _codec(family):
    module = MODULES.get(family)
    if module is None:
        return UNKNOWN
    name = f"{__name__}.{module}"
    __import__(name)
    return sys.modules[name].CODEC.serve(family)


@cython.cfunc
@cython.boundscheck(False)
@cython.wraparound(False)
def serving(family: cython.int) -> Codec:
    if not 0 <= family < FAMILIES_AT_MOST:
        return UNKNOWN
    if CODECS[family] is None:
        prepare(family)
    return CODECS[family]


def encode(address, place, names, caller):
    return serving(place.family).fill(address, place, names, caller)


def decode(place, names):
    # Some calls report no address at all (recvfrom on a connected stream): None.
    if place.length < HEADER_SIZE:
        return None
    return serving(family_of(place.raw)).read(place, names)


def codec(family):
    """The codec that serves a family."""
    return serving(family)


def register_family(family, /, *, encode, decode, replace=False):
    """register_family(family, *, encode, decode, replace=False): give an address family a format of your own.

    encode(address, proto) -> the bytes of the sockaddr after its header, at most 126; decode(bytes, proto) -> address.
    Both see the protocol number of the socket (0 where none is known). The header, which is sa_family or on BSD
    sa_len and sa_family, is berkeley's. Holds for every socket of the process from now on. A family that berkeley
    has a format for is only changed with replace=True. An address that comes in the header of another family, as those
    of AF_SMC and AF_RDS sockets do, is read in that family's format. What decode() raises goes to the caller of
    recvfrom() or accept(), and the message or connection is gone: let it give the bytes back where they make no sense.

    Raises ValueError where there is a format already, or for a family outside 0-255, and TypeError for functions that
    cannot be called.
    """
    number = index(family)
    if not 0 <= number < FAMILIES_AT_MOST:
        raise ValueError(f"register_family(): family must be 0-{FAMILIES_AT_MOST - 1}, not {number}")
    if not callable(encode) or not callable(decode):
        raise TypeError("register_family(): encode and decode must be callable")
    if not replace and serving(number) is not UNKNOWN:
        raise ValueError(f"register_family(): family {number} has an address format; replace=True changes it")
    CODECS[number] = Registered(encode, decode).serve(number)


for _family in ("AF_INET", "AF_INET6", "AF_UNIX"):
    prepare(_NUMBERS.get(_family, -1))
