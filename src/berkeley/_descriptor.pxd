from berkeley._wait cimport Endpoint

cdef int create(Endpoint *endpoint, int family, int type, int proto) except -1
cdef int adopt(Endpoint *endpoint, int fd, int family, int type, int proto) except -1
cdef int adopt_foreign(Endpoint *endpoint, int fd, int family, int type, int proto, bint duplicated) except -1
cdef void abandon(Endpoint *endpoint) noexcept
cdef int release(Endpoint *endpoint) except -1
cdef int duplicate(int fd) except -1
