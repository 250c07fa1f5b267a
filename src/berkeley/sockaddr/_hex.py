"""Hexadecimal digits as ASCII codes, and their values."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)


def digit(code):
    # The value of a digit, -1 if it is none.
    if 48 <= code <= 57:
        return code - 48
    code |= 0x20
    return code - 87 if 97 <= code <= 102 else -1


def upper(value):
    return value + (48 if value < 10 else 55)


def lower(value):
    return value + (48 if value < 10 else 87)
