# Hexadecimal digits as ASCII codes, inside the functions that use them.

cdef inline int digit(int code) noexcept:
    """The value of a digit, -1 if it is none."""
    if 48 <= code <= 57:
        return code - 48
    code |= 0x20
    return code - 87 if 97 <= code <= 102 else -1

cdef inline char upper(int value) noexcept:
    return value + (48 if value < 10 else 55)

cdef inline char lower(int value) noexcept:
    return value + (48 if value < 10 else 87)
