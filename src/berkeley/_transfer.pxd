from libc.stdint cimport int64_t
from berkeley._arguments cimport Buffer
from berkeley._calls cimport Request
from berkeley._wait cimport Endpoint
from berkeley.libc.socket cimport sockaddr_storage

cdef ssize_t receive_from(Endpoint *endpoint, Request *request, sockaddr_storage *storage, void *data, Py_ssize_t size) except -1
cdef int keep_received(Endpoint *endpoint, Request *request, Py_ssize_t received) except -1
cdef Buffer writable(object buffer, Py_ssize_t nbytes, int flags, str caller, Request *request)
cdef Py_ssize_t checked_room(object value) except -1
cdef ssize_t send_some(Endpoint *endpoint, Buffer buffer, Py_ssize_t start, Request *request, int64_t *deadline) except -1
