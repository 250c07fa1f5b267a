cdef tuple parsed(const char *control, size_t length)
cdef int close_rights(const char *control, size_t length) noexcept
cdef int close_all(const char *data, size_t count) noexcept
cpdef bytes build(object items)
