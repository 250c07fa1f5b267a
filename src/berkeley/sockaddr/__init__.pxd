cdef bytes encode(int family, int proto, object address, object names, str caller)
cdef object decode(const void *raw, Py_ssize_t length, int proto, object names)
