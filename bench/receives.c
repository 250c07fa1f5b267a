/* The receives of bench/large_receives.py and bench/senders.py in C. */
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <time.h>

static char buffer[1 << 20];

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Nanoseconds of processor time that one receive from each descriptor took, or -1. */
long long receive_each(const int *fds, int number, size_t size)
{
    long long begin = now();
    for (int i = 0; i < number; i++)
        if (size > sizeof buffer || recv(fds[i], buffer, size, 0) <= 0)
            return -1;
    return now() - begin;
}

/* Nanoseconds of processor time that `number` receives with the address of the sender took, or -1. */
long long receive_from(int fd, int number, size_t size, int flags)
{
    struct sockaddr_storage sender;
    long long begin = now();
    for (int i = 0; i < number; i++) {
        socklen_t length = sizeof sender;
        if (size > sizeof buffer || recvfrom(fd, buffer, size, flags, (struct sockaddr *)&sender, &length) <= 0)
            return -1;
    }
    return now() - begin;
}
