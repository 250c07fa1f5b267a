from berkeley._wait cimport Endpoint
from berkeley.libc.socket cimport sockaddr_storage, socklen_t

cdef socklen_t given(Endpoint *endpoint, sockaddr_storage *storage, object address, str caller) except? 0
cdef object reported(Endpoint *endpoint, sockaddr_storage *storage, Py_ssize_t length)
