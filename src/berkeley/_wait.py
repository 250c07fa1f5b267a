"""The wait loop: the only place that knows deadlines, EINTR, EAGAIN, poll and when the GIL is let go."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley import _calls
from cython.cimports.berkeley._errors import raise_errno, raise_timeout
from cython.cimports.berkeley.libc import python
from cython.cimports.berkeley.libc import socket as libc
from cython.cimports.libc import errno as c
from cython.cimports.libc.limits import INT_MAX
from cython.cimports.libc.stdint import int64_t
from cython.cimports.posix.time import CLOCK_MONOTONIC, clock_gettime, timespec

TIMED_OUT = -2

NANOSECONDS = cython.declare(int64_t, 1_000_000_000)
NANOSECONDS_PER_POLL_UNIT = cython.declare(int64_t, 1_000_000)
FOREVER = cython.declare(int64_t, 2**62)  # 146 years: what can be added to the clock without overflow


@cython.cfunc
@cython.exceptval(check=False)
def monotonic() -> int64_t:
    now: timespec
    clock_gettime(CLOCK_MONOTONIC, cython.address(now))
    return now.tv_sec * NANOSECONDS + now.tv_nsec


def begin(endpoint):
    deadline: Deadline
    deadline.timeout = endpoint.timeout
    deadline.expires = 0
    return deadline


def perform(endpoint, call, request, events, deadline, address):
    # In timeout mode the call is tried before any poll: data is there more often than not. MSG_DONTWAIT, because
    # another holder of the descriptor may have cleared its O_NONBLOCK. accept(2) has no such flag: it polls first.
    # Without a deadline to share with other calls (NULL), this one has its own.
    result: cython.Py_ssize_t
    code: cython.int
    own: Deadline = begin(endpoint)
    false_alarms: cython.int = 0
    waits: cython.bint = False
    if deadline == cython.NULL:
        deadline = cython.address(own)
    if deadline.timeout > 0:
        request.flags |= libc.MSG_DONTWAIT
        waits = polls_first(endpoint, call, request, events)
    while True:
        if waits and not ready(endpoint, events, deadline):
            return raise_timeout(address)
        with cython.nogil:
            result = call(endpoint.fd, request)
            code = c.errno
        if result >= 0:
            return result
        if code == c.EINTR:
            python.PyErr_CheckSignals()
        elif code == c.EAGAIN and deadline.timeout > 0:
            false_alarms += waits
            waits = True
            if false_alarms > 0 and not outlasted(false_alarms, deadline.expires):
                return raise_timeout(address)
        else:
            return raise_errno(code, address)


@cython.cfunc
@cython.exceptval(check=False)
def polls_first(
    endpoint: cython.pointer[Endpoint],
    call: SystemCall,
    request: cython.pointer[Request],
    events: cython.short,
) -> cython.bint:
    """Whether a call must not be tried before poll(2) has said that it is worth it."""
    if call == _calls.accept:
        return request.address != cython.NULL  # it is NULL for AF_ALG alone, which never waits and cannot be polled
    return events == libc.POLLIN and (endpoint.polls_first or request.flags & libc.MSG_OOB != 0)


def once(endpoint, call, request, address):
    # A call that never waits for a peer: no deadline, no second try.
    result: cython.Py_ssize_t
    code: cython.int
    with cython.nogil:
        result = call(endpoint.fd, request)
        code = c.errno
    if result < 0:
        return raise_errno(code, address)
    return result


@cython.cfunc
@cython.exceptval(-1, check=False)
def outlasted(false_alarms: cython.int, deadline: int64_t) -> cython.int:
    """After poll(2) said ready and the call did not agree: whether there is time left to ask again.

    Some sockets do so for long (an unconnected AF_UNIX datagram socket whose receiver is full), so from the second
    time on a pause keeps the loop from burning the processor.
    """
    python.PyErr_CheckSignals()
    if monotonic() >= deadline:
        return False
    if false_alarms > 1:
        with cython.nogil:
            libc.poll(cython.NULL, 0, 1)
        python.PyErr_CheckSignals()
    return True


def ready(endpoint, events, deadline):
    # Answers False when the deadline has passed. A closed descriptor counts as ready: the call itself says EBADF.
    descriptor: libc.pollfd
    answer: cython.int
    code: cython.int
    descriptor.events = events
    while endpoint.fd >= 0:
        descriptor.fd = endpoint.fd
        left: cython.int = poll_timeout(deadline)
        with cython.nogil:
            answer = libc.poll(cython.address(descriptor), 1, left)
            code = c.errno
        if answer > 0:
            return True
        if answer == 0 and left < INT_MAX:
            return False
        if answer < 0 and code != c.EINTR:
            raise_errno(code, None)
        python.PyErr_CheckSignals()
    return True


@cython.cfunc
@cython.exceptval(check=False)
def poll_timeout(deadline: cython.pointer[Deadline]) -> cython.int:
    """Milliseconds until the deadline, rounded up; the first wait of an operation sets the deadline."""
    if deadline.timeout < 0:
        return -1
    now: int64_t = monotonic()
    if deadline.expires == 0:
        deadline.expires = now + min(deadline.timeout, FOREVER)
    left: int64_t = deadline.expires - now + NANOSECONDS_PER_POLL_UNIT - 1
    if left <= 0:
        return 0
    left = left // NANOSECONDS_PER_POLL_UNIT
    return INT_MAX if left > INT_MAX else cython.cast(cython.int, left)


def connect(endpoint, address, length):
    # connect(2) interrupted by a signal goes on in the background for TCP, and its outcome is then read from
    # SO_ERROR. A blocking AF_UNIX connect has not begun anything by then and is simply issued again.
    outcome: cython.int
    code: cython.int
    deadline: Deadline = begin(endpoint)
    while True:
        with cython.nogil:
            outcome = libc.connect(endpoint.fd, address, length)
            code = c.errno
        if outcome == 0:
            return 0
        if code == c.EINTR:
            python.PyErr_CheckSignals()
            if deadline.timeout == 0:
                return code
            if endpoint.family != libc.AF_UNIX:
                return connection_outcome(endpoint, cython.address(deadline))
        elif code == c.EINPROGRESS and deadline.timeout > 0:
            return connection_outcome(endpoint, cython.address(deadline))
        else:
            return code


@cython.cfunc
@cython.exceptval(-1, check=False)
def connection_outcome(endpoint: cython.pointer[Endpoint], deadline: cython.pointer[Deadline]) -> cython.int:
    code: cython.int = 0
    size: libc.socklen_t = cython.sizeof(cython.int)
    if not ready(endpoint, libc.POLLOUT, deadline):
        return TIMED_OUT
    if libc.getsockopt(endpoint.fd, libc.SOL_SOCKET, libc.SO_ERROR, cython.address(code), cython.address(size)) < 0:
        return c.errno
    return 0 if code == c.EISCONN else code
