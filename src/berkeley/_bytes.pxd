cdef bytes fresh(Py_ssize_t size)
cdef bytes shortened(bytes data, Py_ssize_t used)
