from berkeley.libc.netdb cimport addrinfo

cdef addrinfo *lookup(const char *host, const char *service, const addrinfo *hints, object given) except NULL
cdef bytes resolve_first(bytes name, int family, object given)
