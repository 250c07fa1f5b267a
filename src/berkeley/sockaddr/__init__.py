"""Which codec speaks for which family: the only dispatch between socket addresses and their Python values."""

import sys

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.cpython.bytes import PyBytes_FromStringAndSize
from cython.cimports.libc.stdint import uint16_t

from berkeley.constants import load
from berkeley.sockaddr import can, inet, inet6, netlink, packet, unix
from berkeley.sockaddr import raw as unknown

HEADER_SIZE = cython.declare(cython.Py_ssize_t, cython.sizeof(uint16_t))

# A family is served where the system has its constant; a new one is a line here and a file beside this one.
CODECS_BY_NAME = {
    "AF_CAN": can,
    "AF_INET": inet,
    "AF_INET6": inet6,
    "AF_NETLINK": netlink,
    "AF_PACKET": packet,
    "AF_UNIX": unix,
}


def _serving(system: str) -> dict:
    constants = load(system)
    return {constants[name]: codec for name, codec in CODECS_BY_NAME.items() if name in constants}


CODECS: dict = _serving(sys.platform)
ENCODERS: dict = {family: codec.encode for family, codec in CODECS.items()}
DECODERS: dict = {family: codec.decode for family, codec in CODECS.items()}


def encode(family, proto, address, names, caller):
    encoder = ENCODERS.get(family)
    if encoder is None:
        return unknown.encode(address, caller)
    return encoder(address, names, caller, proto, family)


def decode(raw, length, proto, names):
    # Some calls report no address at all (recvfrom on a connected stream): None.
    if length < HEADER_SIZE:
        return None
    family: cython.int = cython.cast(cython.pointer[uint16_t], raw)[0]
    address: bytes = PyBytes_FromStringAndSize(cython.cast(cython.p_char, raw), length)
    decoder = DECODERS.get(family)
    if decoder is None:
        return unknown.decode(address)
    return decoder(address, names, proto)
