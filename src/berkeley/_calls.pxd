from berkeley.libc.socket cimport msghdr, sockaddr_storage, socklen_t

# One system call's arguments. Each call below reads the fields it needs; the same block serves again
# when the call is repeated after a wait.
cdef struct Request:
    void *data
    size_t size
    int flags                    # MSG_* flags
    sockaddr_storage *address    # filled or read: the local, remote or sender's address
    socklen_t address_length     # in: room or length; out: what the kernel reports (may exceed the room)
    msghdr *message
    int number                   # the one int of a call: SOCK_* flags of accept4, backlog, how

ctypedef ssize_t (*SystemCall)(int fd, Request *request) noexcept nogil

cdef ssize_t recv(int fd, Request *request) noexcept nogil
cdef ssize_t recvfrom(int fd, Request *request) noexcept nogil
cdef ssize_t recvmsg(int fd, Request *request) noexcept nogil
cdef ssize_t send(int fd, Request *request) noexcept nogil
cdef ssize_t sendto(int fd, Request *request) noexcept nogil
cdef ssize_t sendmsg(int fd, Request *request) noexcept nogil
cdef ssize_t bind(int fd, Request *request) noexcept nogil
cdef ssize_t listen(int fd, Request *request) noexcept nogil
cdef ssize_t shutdown(int fd, Request *request) noexcept nogil
cdef ssize_t getsockname(int fd, Request *request) noexcept nogil
cdef ssize_t getpeername(int fd, Request *request) noexcept nogil
cdef ssize_t accept(int fd, Request *request) noexcept nogil
