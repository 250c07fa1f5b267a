# Name lookups in their reentrant forms: getaddrinfo(3), gethostbyname(3), getservbyname_r(3).
#
# The verbatim block makes them where a system has only the plain calls, which answer in memory of their own:
# macOS, NetBSD and OpenBSD have no *_r call with this signature, Android has those for hosts alone, and musl all
# but the one for protocols. The answer is copied into the caller's buffer before another thread may ask.
# BERKELEY_PLAIN_CALLS takes these functions on any system, so that they can be tested (tools/portability.py).

from berkeley.libc.socket cimport sockaddr, socklen_t

cdef extern from *:
    """
    #ifndef _GNU_SOURCE
    #define _GNU_SOURCE
    #endif
    #include <errno.h>
    #include <netdb.h>
    #include <pthread.h>
    #include <string.h>
    #include <unistd.h>

    #if defined(BERKELEY_PLAIN_CALLS) || !(defined(__linux__) || defined(__FreeBSD__))
    #define BERKELEY_PLAIN_HOSTS
    #endif
    #if defined(BERKELEY_PLAIN_HOSTS) || defined(__ANDROID__)
    #define BERKELEY_PLAIN_SERVICES
    #endif
    #if defined(BERKELEY_PLAIN_SERVICES) || !(defined(__GLIBC__) || defined(__FreeBSD__))
    #define BERKELEY_PLAIN_PROTOCOLS
    #endif

    #ifdef BERKELEY_PLAIN_PROTOCOLS
    static pthread_mutex_t berkeley_lookup = PTHREAD_MUTEX_INITIALIZER;

    /* The part of the caller's buffer that is still free; NULL once something did not fit. */
    typedef struct { char *next; size_t left; } berkeley_room;

    /* Room for size bytes with the alignment of pointers, filled from data if there is any. */
    static CYTHON_UNUSED void *berkeley_copied(berkeley_room *room, const void *data, size_t size)
    {
        char *place = room->next;
        size_t whole = (size + sizeof(char *) - 1) / sizeof(char *) * sizeof(char *);
        if (place == NULL || whole > room->left)
            return room->next = NULL;
        room->next += whole;
        room->left -= whole;
        return data == NULL ? place : memcpy(place, data, size);
    }

    static CYTHON_UNUSED char *berkeley_text(berkeley_room *room, const char *text)
    {
        return (char *)berkeley_copied(room, text, strlen(text) + 1);
    }

    /* A list that ends with NULL, of items with size bytes, or of texts if size is 0. */
    static CYTHON_UNUSED char **berkeley_list(berkeley_room *room, char **items, size_t size)
    {
        size_t i, count = 0;
        char **copy;
        while (items != NULL && items[count] != NULL)
            count++;
        copy = (char **)berkeley_copied(room, NULL, (count + 1) * sizeof(char *));
        if (copy == NULL)
            return NULL;
        for (i = 0; i < count; i++)
            copy[i] = size ? (char *)berkeley_copied(room, items[i], size) : berkeley_text(room, items[i]);
        copy[count] = NULL;
        return copy;
    }
    #endif

    #ifdef BERKELEY_PLAIN_HOSTS
    static CYTHON_UNUSED int berkeley_host(const struct hostent *found, struct hostent *entry, char *buffer,
                                           size_t size, struct hostent **result)
    {
        berkeley_room room = {buffer, size};
        *result = NULL;
        if (found == NULL)
            return 0;
        *entry = *found;
        entry->h_name = berkeley_text(&room, found->h_name);
        entry->h_aliases = berkeley_list(&room, found->h_aliases, 0);
        entry->h_addr_list = berkeley_list(&room, found->h_addr_list, (size_t)found->h_length);
        if (room.next == NULL)
            return ERANGE;
        *result = entry;
        return 0;
    }

    static CYTHON_UNUSED int berkeley_gethostbyname_r(const char *name, struct hostent *entry, char *buffer,
                                                      size_t size, struct hostent **result, int *code)
    {
        int status;
        pthread_mutex_lock(&berkeley_lookup);
        status = berkeley_host(gethostbyname(name), entry, buffer, size, result);
        *code = *result == NULL ? h_errno : 0;
        pthread_mutex_unlock(&berkeley_lookup);
        return status;
    }

    static CYTHON_UNUSED int berkeley_gethostbyaddr_r(const void *packed, socklen_t length, int family,
                                                      struct hostent *entry, char *buffer, size_t size,
                                                      struct hostent **result, int *code)
    {
        int status;
        pthread_mutex_lock(&berkeley_lookup);
        status = berkeley_host(gethostbyaddr(packed, length, family), entry, buffer, size, result);
        *code = *result == NULL ? h_errno : 0;
        pthread_mutex_unlock(&berkeley_lookup);
        return status;
    }
    #else
    #define berkeley_gethostbyname_r gethostbyname_r
    #define berkeley_gethostbyaddr_r gethostbyaddr_r
    #endif

    #ifdef BERKELEY_PLAIN_SERVICES
    static CYTHON_UNUSED int berkeley_service(const struct servent *found, struct servent *entry, char *buffer,
                                              size_t size, struct servent **result)
    {
        berkeley_room room = {buffer, size};
        *result = NULL;
        if (found == NULL)
            return 0;
        *entry = *found;
        entry->s_name = berkeley_text(&room, found->s_name);
        entry->s_aliases = berkeley_list(&room, found->s_aliases, 0);
        entry->s_proto = berkeley_text(&room, found->s_proto);
        if (room.next == NULL)
            return ERANGE;
        *result = entry;
        return 0;
    }

    static CYTHON_UNUSED int berkeley_getservbyname_r(const char *name, const char *proto, struct servent *entry,
                                                      char *buffer, size_t size, struct servent **result)
    {
        int status;
        pthread_mutex_lock(&berkeley_lookup);
        status = berkeley_service(getservbyname(name, proto), entry, buffer, size, result);
        pthread_mutex_unlock(&berkeley_lookup);
        return status;
    }

    static CYTHON_UNUSED int berkeley_getservbyport_r(int port, const char *proto, struct servent *entry,
                                                      char *buffer, size_t size, struct servent **result)
    {
        int status;
        pthread_mutex_lock(&berkeley_lookup);
        status = berkeley_service(getservbyport(port, proto), entry, buffer, size, result);
        pthread_mutex_unlock(&berkeley_lookup);
        return status;
    }
    #else
    #define berkeley_getservbyname_r getservbyname_r
    #define berkeley_getservbyport_r getservbyport_r
    #endif

    #ifdef BERKELEY_PLAIN_PROTOCOLS
    static CYTHON_UNUSED int berkeley_getprotobyname_r(const char *name, struct protoent *entry, char *buffer,
                                                       size_t size, struct protoent **result)
    {
        berkeley_room room = {buffer, size};
        const struct protoent *found;
        *result = NULL;
        pthread_mutex_lock(&berkeley_lookup);
        found = getprotobyname(name);
        if (found != NULL) {
            *entry = *found;
            entry->p_name = berkeley_text(&room, found->p_name);
            entry->p_aliases = berkeley_list(&room, found->p_aliases, 0);
            *result = room.next == NULL ? NULL : entry;
        }
        pthread_mutex_unlock(&berkeley_lookup);
        return room.next == NULL ? ERANGE : 0;
    }
    #else
    #define berkeley_getprotobyname_r getprotobyname_r
    #endif
    """
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
    int gethostbyname_r "berkeley_gethostbyname_r" (
        const char *name, hostent *entry, char *buffer, size_t size, hostent **result, int *code) nogil
    int gethostbyaddr_r "berkeley_gethostbyaddr_r" (
        const void *packed, socklen_t length, int family, hostent *entry, char *buffer, size_t size,
        hostent **result, int *code) nogil
    int getservbyname_r "berkeley_getservbyname_r" (
        const char *name, const char *proto, servent *entry, char *buffer, size_t size, servent **result) nogil
    int getservbyport_r "berkeley_getservbyport_r" (
        int port, const char *proto, servent *entry, char *buffer, size_t size, servent **result) nogil
    int getprotobyname_r "berkeley_getprotobyname_r" (
        const char *name, protoent *entry, char *buffer, size_t size, protoent **result) nogil
    int gethostname(char *name, size_t size) nogil
    int sethostname(const char *name, size_t length) nogil
