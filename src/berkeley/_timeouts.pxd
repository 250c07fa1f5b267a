from libc.stdint cimport int64_t

cdef int64_t DEFAULT    # nanoseconds; -1 blocking, 0 non-blocking
cdef int64_t as_timeout(object seconds) except -2
cdef object as_seconds(int64_t timeout)
