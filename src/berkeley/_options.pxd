cdef object get_option(int fd, int level, int optname, int buflen, bint wide)
cdef int set_option(int fd, int level, int optname, object value, bint wide) except -1
cdef int set_null_option(int fd, int level, int optname, object value, object optlen) except -1
cdef int set_blocking(int fd, bint blocking) except -1
