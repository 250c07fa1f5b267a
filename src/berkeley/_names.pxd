from berkeley.sockaddr._layout cimport Names

cdef Names NAMES
