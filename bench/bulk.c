/* The transfers of bench/bulk.py in C. */
#include <stddef.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>

static char buffer[1 << 20];

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Nanoseconds of processor time that it took to send so much, or -1. */
long long send_all(int fd, size_t size)
{
    long long begin = now();
    for (size_t sent = 0; sent < size;) {
        ssize_t done = send(fd, buffer, size - sent, MSG_NOSIGNAL);
        if (size > sizeof buffer || done < 0)
            return -1;
        sent += (size_t)done;
    }
    return now() - begin;
}

long long receive_all(int fd, size_t size)
{
    long long begin = now();
    for (size_t received = 0; received < size;) {
        ssize_t done = recv(fd, buffer, size - received, 0);
        if (size > sizeof buffer || done <= 0)
            return -1;
        received += (size_t)done;
    }
    return now() - begin;
}

long long send_file(int fd, int file, size_t size)
{
    long long begin = now();
    off_t offset = 0;
    while ((size_t)offset < size)
        if (sendfile(fd, file, &offset, size - (size_t)offset) <= 0)
            return -1;
    return now() - begin;
}
