"""Timeouts as programs give them, in seconds, and the default that new sockets take."""

import math

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.libc.math import ceil
from cython.cimports.libc.stdint import int64_t

_NANOSECONDS = 1_000_000_000
_NANOSECONDS_MAX = 2**63 - 1
PLAIN_MAX_INT = cython.declare(int64_t, 1_000_000_000)
PLAIN_MAX = cython.declare(cython.double, 1e9)  # seconds that C arithmetic serves without a look at overflow

DEFAULT = -1


def as_timeout(seconds):
    # Rounded up, so that a positive timeout never becomes the 0 of non-blocking mode.
    if seconds is None:
        return -1
    if type(seconds) is float and 0 <= cython.cast(cython.double, seconds) < PLAIN_MAX:
        return cython.cast(int64_t, ceil(cython.cast(cython.double, seconds) * 1e9))
    if type(seconds) is int and 0 <= seconds < PLAIN_MAX_INT:
        return cython.cast(int64_t, seconds) * 1_000_000_000
    if isinstance(seconds, float) and not math.isfinite(seconds):
        raise _not_finite(seconds)
    number = _number(seconds)
    nanoseconds = math.ceil(number * _NANOSECONDS)
    if not -_NANOSECONDS_MAX <= nanoseconds <= _NANOSECONDS_MAX:
        raise _too_large()
    if number < 0:
        raise ValueError("Timeout value out of range")
    return nanoseconds


@cython.cfunc
def _number(seconds):
    """Floats, ints and what else is a real number (Fraction, Decimal)."""
    if isinstance(seconds, (float, int)):
        return seconds
    if hasattr(seconds, "__index__"):
        return seconds.__index__()
    if hasattr(seconds, "as_integer_ratio"):
        return seconds
    raise TypeError(f"'{type(seconds).__name__}' object cannot be interpreted as an integer")


@cython.cfunc
def _not_finite(seconds: float):
    if math.isnan(seconds):
        return ValueError("Invalid value NaN (not a number)")
    return _too_large()


@cython.cfunc
def _too_large():
    return OverflowError("timestamp too large to convert to C PyTime_t")


def as_seconds(timeout):
    return None if timeout < 0 else timeout / 1e9


def getdefaulttimeout():
    """getdefaulttimeout() -> seconds as a float, or None: the timeout that new sockets take."""
    return as_seconds(DEFAULT)


def setdefaulttimeout(timeout, /):
    """setdefaulttimeout(seconds): the timeout of new sockets: None blocking, 0 non-blocking, else a positive number.

    Raises ValueError for a negative number or NaN, OverflowError beyond 292 years, TypeError for other types.
    """
    global DEFAULT
    DEFAULT = as_timeout(timeout)
