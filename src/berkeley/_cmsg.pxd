cpdef object CMSG_LEN(object length)
cdef tuple parsed(const char *control, size_t length)
cdef int close_rights(const char *control, size_t length) noexcept
cpdef bytes build(object items, bint several=*)
