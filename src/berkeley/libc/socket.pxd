# The socket calls of the C library: socket(7), recvmsg(2), cmsg(3), accept4(2).
#
# The verbatim block only fills in what a system lacks, so that one source compiles everywhere: a flag
# that a system does not know becomes 0. macOS alone has no SOCK_CLOEXEC; there, what makes a descriptor
# goes through a function that does afterwards what the flag does elsewhere. BERKELEY_PLAIN_CALLS takes
# these functions on any system, so that they can be tested (tools/portability.py).

cdef extern from *:
    """
    #ifndef _GNU_SOURCE
    #define _GNU_SOURCE
    #endif
    #include <sys/types.h>
    #include <sys/socket.h>
    #include <sys/uio.h>
    #include <sys/un.h>
    #include <netinet/in.h>
    #include <arpa/inet.h>
    #include <net/if.h>
    #include <sys/ioctl.h>
    #include <fcntl.h>
    #include <unistd.h>
    #include <poll.h>

    #ifdef BERKELEY_PLAIN_CALLS
    #undef SOCK_CLOEXEC
    #undef SOCK_NONBLOCK
    #endif
    #ifdef SOCK_CLOEXEC
    #define berkeley_socket socket
    #define berkeley_socketpair socketpair
    #define berkeley_accept4 accept4
    #else
    #define SOCK_CLOEXEC 0
    #define SOCK_NONBLOCK 0

    /* F_SETFD fails for no open descriptor; SO_NOSIGPIPE where the peer has gone, and then no SIGPIPE comes. */
    static CYTHON_UNUSED int berkeley_settled(int fd)
    {
    #ifdef SO_NOSIGPIPE
        int on = 1;
        setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
    #endif
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        return fd;
    }

    static CYTHON_UNUSED int berkeley_socket(int family, int type, int proto)
    {
        int fd = socket(family, type, proto);
        return fd < 0 ? fd : berkeley_settled(fd);
    }

    static CYTHON_UNUSED int berkeley_socketpair(int family, int type, int proto, int *pair)
    {
        if (socketpair(family, type, proto, pair) < 0)
            return -1;
        berkeley_settled(pair[0]);
        berkeley_settled(pair[1]);
        return 0;
    }

    /* accept(2) of BSD gives the new descriptor the listener's O_NONBLOCK, accept4(2) does not. */
    static CYTHON_UNUSED int berkeley_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
    {
        int off = flags & SOCK_NONBLOCK;
        int taken = accept(fd, address, length);
        if (taken < 0)
            return taken;
        ioctl(taken, FIONBIO, &off);
        return berkeley_settled(taken);
    }
    #endif

    #ifndef MSG_ERRQUEUE
    #define MSG_ERRQUEUE 0
    #endif
    #ifndef MSG_NOSIGNAL
    #define MSG_NOSIGNAL 0
    #endif
    #ifndef MSG_CMSG_CLOEXEC
    #define MSG_CMSG_CLOEXEC 0
    #endif
    #ifdef SO_DOMAIN
    #define BERKELEY_SO_DOMAIN SO_DOMAIN
    #else
    #define BERKELEY_SO_DOMAIN -1
    #endif
    #ifdef SO_PROTOCOL
    #define BERKELEY_SO_PROTOCOL SO_PROTOCOL
    #else
    #define BERKELEY_SO_PROTOCOL -1
    #endif
    """
    ctypedef unsigned int socklen_t
    ctypedef unsigned short sa_family_t

    cdef struct sockaddr:
        sa_family_t sa_family
    cdef struct sockaddr_storage:
        sa_family_t ss_family
    cdef struct iovec:
        void *iov_base
        size_t iov_len
    cdef struct msghdr:
        void *msg_name
        socklen_t msg_namelen
        iovec *msg_iov
        size_t msg_iovlen
        void *msg_control
        size_t msg_controllen
        int msg_flags
    cdef struct cmsghdr:
        size_t cmsg_len
        int cmsg_level
        int cmsg_type
    cdef struct pollfd:
        int fd
        short events
        short revents

    int AF_INET
    int AF_INET6
    int AF_UNIX
    int SOCK_STREAM
    int SOCK_DGRAM
    int SOCK_SEQPACKET
    int SOCK_CLOEXEC
    int SOCK_NONBLOCK
    int SOL_SOCKET
    int SO_TYPE
    int SO_ERROR
    int SO_RCVLOWAT
    int SO_DOMAIN "BERKELEY_SO_DOMAIN"
    int SO_PROTOCOL "BERKELEY_SO_PROTOCOL"
    int SCM_RIGHTS
    int MSG_DONTWAIT
    int MSG_NOSIGNAL
    int MSG_TRUNC
    int MSG_CTRUNC
    int MSG_PEEK
    int MSG_OOB
    int MSG_ERRQUEUE
    int MSG_CMSG_CLOEXEC
    short POLLIN
    short POLLOUT
    unsigned long FIONBIO
    int F_DUPFD_CLOEXEC

    int socket "berkeley_socket" (int family, int type, int proto) nogil
    int socketpair "berkeley_socketpair" (int family, int type, int proto, int *pair) nogil
    int bind(int fd, const sockaddr *address, socklen_t length) nogil
    int connect(int fd, const sockaddr *address, socklen_t length) nogil
    int listen(int fd, int backlog) nogil
    int accept4 "berkeley_accept4" (int fd, sockaddr *address, socklen_t *length, int flags) nogil
    int getsockname(int fd, sockaddr *address, socklen_t *length) nogil
    int getpeername(int fd, sockaddr *address, socklen_t *length) nogil
    int getsockopt(int fd, int level, int optname, void *value, socklen_t *length) nogil
    int setsockopt(int fd, int level, int optname, const void *value, socklen_t length) nogil
    int shutdown(int fd, int how) nogil
    ssize_t recv(int fd, void *data, size_t size, int flags) nogil
    ssize_t recvfrom(int fd, void *data, size_t size, int flags, sockaddr *address, socklen_t *length) nogil
    ssize_t recvmsg(int fd, msghdr *message, int flags) nogil
    ssize_t send(int fd, const void *data, size_t size, int flags) nogil
    ssize_t sendto(int fd, const void *data, size_t size, int flags, const sockaddr *address, socklen_t length) nogil
    ssize_t sendmsg(int fd, const msghdr *message, int flags) nogil
    int poll(pollfd *descriptors, unsigned long count, int timeout) nogil
    int ioctl(int fd, unsigned long request, ...) nogil
    int fcntl(int fd, int command, ...) nogil
    int close(int fd) nogil

    size_t CMSG_LEN(size_t length) nogil
    size_t CMSG_SPACE(size_t length) nogil
