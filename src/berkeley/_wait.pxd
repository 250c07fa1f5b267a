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
    void *kept             # a message received but not yet handed over (owned by _kept)

cdef int TIMED_OUT         # what connect() answers when the deadline passed

cdef ssize_t perform(Endpoint *endpoint, SystemCall call, Request *request, short events,
                     int64_t *deadline, object address) except -1
cdef ssize_t once(Endpoint *endpoint, SystemCall call, Request *request, object address) except -1
cdef int connect(Endpoint *endpoint, const sockaddr *address, socklen_t length) except -1
cdef bint ready(Endpoint *endpoint, short events, int64_t *deadline) except -1
