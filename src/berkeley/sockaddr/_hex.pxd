cdef int digit(int code) noexcept
cdef char upper(int value) noexcept
cdef char lower(int value) noexcept
