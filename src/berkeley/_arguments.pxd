from cpython.buffer cimport Py_buffer
from berkeley.libc.socket cimport iovec

cdef int as_int(object value) except? -1
cdef int as_descriptor(object value) except? -1
cdef Py_ssize_t as_size(object value) except? -1
cdef tuple as_tuple(object values, str complaint)

cdef class Buffer:
    cdef Py_buffer view    # held for the whole life of the object, so that nothing can be resized below a call
    cdef bint held

    cdef int hold(self, object exporter, bint writable, str role) except -1

cdef class Buffers:
    cdef Py_buffer *views
    cdef iovec *iov
    cdef Py_ssize_t count    # views that are held; iov has as many entries

    cdef int hold(self, tuple exporters, bint writable, str role) except -1
