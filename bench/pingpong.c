/* The loop of bench/pingpong.py in C, called in the same process on the same descriptors. */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

static char buffer[1 << 16];

static int ready(int fd, short events)
{
    struct pollfd entry = {.fd = fd, .events = events};
    return poll(&entry, 1, 5000) == 1 ? 0 : -1;
}

/* What is sent is received before anything else is sent, so that calls find room and data, and none has to wait. */
static int pass(int from, int to, size_t size, int flags)
{
    size_t sent = 0, received = 0;
    while (received < size) {
        ssize_t done = sent < size ? send(from, buffer, size - sent, flags | MSG_NOSIGNAL) : 0;
        if (done < 0 && (errno != EAGAIN || ready(from, POLLOUT) < 0))
            return -1;
        sent += done > 0 ? (size_t)done : 0;
        done = recv(to, buffer, size - received, flags);
        if (done == 0 || (done < 0 && (errno != EAGAIN || ready(to, POLLIN) < 0)))
            return -1;
        received += done > 0 ? (size_t)done : 0;
    }
    return 0;
}

/* Nanoseconds of processor time that `trips` messages there and back took, or -1. */
long long ping_pong(int left, int right, int flags, size_t size, long trips)
{
    struct timespec begin, end;
    if (size > sizeof buffer)
        return -1;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    for (long trip = 0; trip < trips; trip++)
        if (pass(left, right, size, flags) < 0 || pass(right, left, size, flags) < 0)
            return -1;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    return (end.tv_sec - begin.tv_sec) * 1000000000LL + (end.tv_nsec - begin.tv_nsec);
}
