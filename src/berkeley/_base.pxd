from berkeley._wait cimport Endpoint

cdef class socket:
    # First and only field, and no C methods: _ssl reads the state from here on (see _wait.pxd).
    cdef Endpoint state
