from berkeley._arguments cimport Buffers
from berkeley._calls cimport Request
from berkeley._wait cimport Endpoint
from berkeley.libc.socket cimport iovec, msghdr

cdef object receive(Endpoint *endpoint, iovec *iov, size_t count, Py_ssize_t ancbufsize, int flags, bytes data,
                    bint rights)
cdef Py_ssize_t send(Endpoint *endpoint, Buffers buffers, bytes control, int flags, bytes address, object given) except -1
