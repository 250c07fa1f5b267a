# Byte order and address texts: byteorder(3), inet_aton(3), inet_pton(3); interfaces: if_nametoindex(3).

from libc.stdint cimport uint16_t, uint32_t

cdef extern from "<arpa/inet.h>" nogil:
    cdef struct in_addr:
        uint32_t s_addr
    uint16_t htons(uint16_t value)
    uint32_t htonl(uint32_t value)
    int inet_aton(const char *text, in_addr *packed)
    int inet_pton(int family, const char *text, void *packed)
    const char *inet_ntop(int family, const void *packed, char *text, unsigned int size)

cdef extern from "<net/if.h>" nogil:
    enum: IF_NAMESIZE
    cdef struct if_nameindex_entry "if_nameindex":
        unsigned int if_index
        char *if_name
    if_nameindex_entry *if_nameindex()
    void if_freenameindex(if_nameindex_entry *entries)
    unsigned int if_nametoindex(const char *name)
    char *if_indextoname(unsigned int index, char *name)
