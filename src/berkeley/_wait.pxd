from libc.stdint cimport int64_t
from berkeley._calls cimport Request, SystemCall
from berkeley.libc.socket cimport sockaddr, socklen_t

# The state of one socket, as the first bytes of the Python object. The part up to module_state has the order
# that CPython's _ssl module reads through its C API capsule: do not insert anything before or between.
cdef struct Endpoint:
    int fd                 # -1 once closed; read again after every wait
    int family
    int type               # without SOCK_NONBLOCK and SOCK_CLOEXEC
    int proto
    void *errorhandler     # unused
    int64_t timeout        # nanoseconds; -1 blocking, 0 non-blocking
    void *module_state     # unused
    bint polls_first       # SO_RCVLOWAT was set: poll(2) honours it, a non-blocking receive does not
    int send_flags         # MSG_NOSIGNAL where a broken peer could raise SIGPIPE
    bint has_owned         # it has been the owner of a descriptor, whatever became of that since
    void *kept             # a message received but not yet handed over (owned by _kept)

# How long one whole operation may wait. The timeout is taken once: another thread may change the socket's meanwhile.
cdef struct Deadline:
    int64_t timeout        # as in Endpoint
    int64_t expires        # on the monotonic clock; 0 until the first wait

cdef int TIMED_OUT         # what connect() answers when the deadline passed

cdef ssize_t perform(Endpoint *endpoint, SystemCall call, Request *request, short events,
                     Deadline *deadline, object address) except -1
cdef ssize_t once(Endpoint *endpoint, SystemCall call, Request *request, object address) except -1
cdef int connect(Endpoint *endpoint, const sockaddr *address, socklen_t length) except -1
cdef Deadline begin(Endpoint *endpoint) noexcept
cdef bint ready(Endpoint *endpoint, short events, Deadline *deadline) except -1
