cdef bytes fresh(Py_ssize_t size)
cdef bytes fresh_for(Py_ssize_t size, int flags)
cdef bytes shortened(bytes data, Py_ssize_t used)
