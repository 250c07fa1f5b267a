cdef tuple parsed(const char *control, size_t length)
cdef int close_rights(const char *control, size_t length) noexcept
cdef bytes build(object items)
