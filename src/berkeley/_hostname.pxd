cdef bytes checked_host_bytes(object host)
cdef bytes host_bytes(object host)
cdef bytes text_bytes(object text, str what)
