# Name lookups in their reentrant forms: getaddrinfo(3), gethostbyname(3), getservbyname_r(3).
#
# musl has the host and service calls but no getprotobyname_r: its getprotobyname reads a table
# compiled into the library, so calling it with the GIL held is safe there.

from berkeley.libc.socket cimport sockaddr, socklen_t

cdef extern from *:
    """
    #ifndef _GNU_SOURCE
    #define _GNU_SOURCE
    #endif
    #include <netdb.h>
    #include <unistd.h>

    #if defined(__GLIBC__)
    #define BERKELEY_HAVE_GETPROTOBYNAME_R 1
    #else
    #define BERKELEY_HAVE_GETPROTOBYNAME_R 0
    #define getprotobyname_r(name, entry, buffer, size, result) (-1)
    #endif
    """
    int HAVE_GETPROTOBYNAME_R "BERKELEY_HAVE_GETPROTOBYNAME_R"

    cdef struct addrinfo:
        int ai_flags
        int ai_family
        int ai_socktype
        int ai_protocol
        socklen_t ai_addrlen
        sockaddr *ai_addr
        char *ai_canonname
        addrinfo *ai_next
    cdef struct hostent:
        char *h_name
        char **h_aliases
        int h_length
        char **h_addr_list
    cdef struct servent:
        char *s_name
        int s_port
    cdef struct protoent:
        int p_proto

    enum: EAI_SYSTEM
    enum: EAI_NONAME
    enum: EAI_SERVICE
    enum: AF_INET
    enum: AF_INET6
    enum: AI_NUMERICHOST

    int getaddrinfo(const char *host, const char *service, const addrinfo *hints, addrinfo **found) nogil
    void freeaddrinfo(addrinfo *found) nogil
    const char *gai_strerror(int code) nogil
    const char *hstrerror(int code) nogil
    int getnameinfo(const sockaddr *address, socklen_t length, char *host, socklen_t host_size,
                    char *service, socklen_t service_size, int flags) nogil
    int gethostbyname_r(const char *name, hostent *entry, char *buffer, size_t size,
                        hostent **result, int *code) nogil
    int gethostbyaddr_r(const void *packed, socklen_t length, int family, hostent *entry, char *buffer,
                        size_t size, hostent **result, int *code) nogil
    int getservbyname_r(const char *name, const char *proto, servent *entry, char *buffer, size_t size,
                        servent **result) nogil
    int getservbyport_r(int port, const char *proto, servent *entry, char *buffer, size_t size,
                        servent **result) nogil
    int getprotobyname_r(const char *name, protoent *entry, char *buffer, size_t size, protoent **result) nogil
    protoent *getprotobyname(const char *name) nogil
    int gethostname(char *name, size_t size) nogil
    int sethostname(const char *name, size_t length) nogil
