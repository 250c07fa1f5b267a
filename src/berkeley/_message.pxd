from berkeley._arguments cimport Buffers
from berkeley._calls cimport Request
from berkeley._wait cimport Endpoint
from berkeley.libc.socket cimport iovec, msghdr, sockaddr_storage, socklen_t

cdef object receive(Endpoint *endpoint, iovec *iov, size_t count, Py_ssize_t ancbufsize, int flags, bytes data,
                    bint rights)
cdef Py_ssize_t send(Endpoint *endpoint, Buffers buffers, bytes control, int flags, sockaddr_storage *address,
                     socklen_t length, object given) except -1
