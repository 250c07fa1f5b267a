/* The loop of bench/roundtrips.py in C, called in the same process on the same descriptor. */
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <time.h>

enum mode { BLOCKING, TIMEOUT, NON_BLOCKING };

static char buffer[1 << 16];

static int readable(int fd)
{
    struct pollfd entry = {.fd = fd, .events = POLLIN};
    return poll(&entry, 1, 5000) == 1 ? 0 : -1;
}

static ssize_t receive(int fd, enum mode mode, size_t size)
{
    /* With a timeout the data are asked for before they are waited for; an event loop always waits first. */
    int flags = mode == BLOCKING ? 0 : MSG_DONTWAIT;
    if (mode == NON_BLOCKING && readable(fd) < 0)
        return -1;
    for (;;) {
        ssize_t received = recv(fd, buffer, size, flags);
        if (received >= 0 || errno != EAGAIN || readable(fd) < 0)
            return received;
    }
}

static int round_trip(int fd, enum mode mode, size_t size)
{
    size_t done = 0;
    if (send(fd, buffer, size, MSG_NOSIGNAL) != (ssize_t)size)
        return -1;
    while (done < size) {
        ssize_t received = receive(fd, mode, size - done);
        if (received <= 0)
            return -1;
        done += (size_t)received;
    }
    return 0;
}

/* Nanoseconds that `trips` round trips took, or -1. */
long long round_trips(int fd, int mode, size_t size, long trips)
{
    struct timespec begin, end;
    if (size > sizeof buffer)
        return -1;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (long trip = 0; trip < trips; trip++)
        if (round_trip(fd, (enum mode)mode, size) < 0)
            return -1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (end.tv_sec - begin.tv_sec) * 1000000000LL + (end.tv_nsec - begin.tv_nsec);
}
