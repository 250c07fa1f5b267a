from cpython.buffer cimport Py_buffer
from berkeley.libc.socket cimport iovec

cdef int as_int(object value) except? -1
cdef int as_descriptor(object value) except? -1
cdef Py_ssize_t as_size(object value) except? -1
cdef tuple as_tuple(object values, str complaint)

# The caller releases the buffer, after the whole call.
cdef int get_buffer(object exporter, Py_buffer *view, bint writable, str role) except -1

cdef class Buffers:
    cdef Py_buffer *views
    cdef iovec *iov
    cdef Py_ssize_t count    # views that are held; iov has as many entries

    cdef int hold(self, tuple exporters, bint writable, str role) except -1
