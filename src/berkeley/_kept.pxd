from berkeley._calls cimport Request, SystemCall
from berkeley._wait cimport Endpoint

cdef ssize_t receive(Endpoint *endpoint, SystemCall call, Request *request) except -1
cdef int keep(Endpoint *endpoint, Request *request, Py_ssize_t received) except -1
cdef void forget(Endpoint *endpoint) noexcept
