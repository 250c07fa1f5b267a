from cpython.buffer cimport Py_buffer
from berkeley._calls cimport Request
from berkeley._wait cimport Deadline, Endpoint
from berkeley.libc.socket cimport sockaddr_storage

cdef ssize_t receive_from(Endpoint *endpoint, Request *request, sockaddr_storage *storage, void *data, Py_ssize_t size) except -1
cdef int keep_received(Endpoint *endpoint, Request *request, Py_ssize_t received) except -1
cdef int into_buffer(Request *request, Py_buffer *view, Py_ssize_t nbytes, str caller) except -1
cdef Py_ssize_t checked_room(object value) except -1
cdef int send_all(Endpoint *endpoint, Py_buffer *view, Request *request) except -1
cdef ssize_t send_some(Endpoint *endpoint, Py_buffer *view, Py_ssize_t start, Request *request, Deadline *deadline) except -1
