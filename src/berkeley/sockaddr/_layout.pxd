from libc.stdint cimport uint32_t, uint64_t

# The bytes of one socket address, and the socket that it belongs to.
cdef struct Sockaddr:
    char *raw              # room for a sockaddr_storage when written
    Py_ssize_t length      # what is there when read, what has been filled when written
    int family             # goes into the header; a codec may change it (AF_SMC sockets have AF_INET addresses)
    int proto              # of the socket: the addresses of some families depend on it
    int fd                 # of the socket, whose network namespace names the interfaces; -1 where there is none

cdef class Names:
    cdef bytes host(self, object host, int family)
    cdef object text(self, bytes packed, int family)
    cdef int ifindex(self, bytes name, int fd) except? -1
    cdef object ifname(self, int index, int fd)
    cdef unsigned int control(self, str name, int fd) except? 0xFFFFFFFF

cdef class Asked(Names):
    cdef object answering

cdef class Codec:
    cdef readonly int family
    cdef int write(self, object address, Sockaddr *place, Names names, str caller) except -1
    cdef object read(self, Sockaddr *place, Names names)
    cdef int fill(self, object address, Sockaddr *place, Names names, str caller) except -1

cdef int family_of(const char *raw) noexcept
cdef char *room(Sockaddr *place, Py_ssize_t size) noexcept
cdef char *whole(Sockaddr *place, Py_ssize_t size, str family) except NULL
cdef tuple as_tuple(object address, str family, str caller)
cdef int as_port(object value, str caller) except -1
cdef uint64_t as_unsigned(object value, int bits, str what, str caller) except? 0xDEAD
cdef uint32_t as_uint32(object value, str what, str caller) except? 0xDEAD
cdef uint32_t as_uint32_or_all(object value, str what, str caller) except? 0xDEAD
cdef bytes as_bytes(object value)
cdef bytes as_name(object value, str unit)
