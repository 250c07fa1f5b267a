cdef object NAMES
