from berkeley.sockaddr._layout cimport Names, Sockaddr

cdef int encode(object address, Sockaddr *place, Names names, str caller) except -1
cdef object decode(Sockaddr *place, Names names)
cdef int prepare(int family) except -1
