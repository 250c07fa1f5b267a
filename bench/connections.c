/* The connections of bench/connections.py in C: IPv4 on 127.0.0.1. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int connected(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((unsigned short)port);
    return connect(fd, (struct sockaddr *)&to, sizeof to) < 0 ? -1 : fd;
}

/* Nanoseconds of processor time that `number` connections took from beginning to end, or -1. */
long long connections(int listener, int port, int number)
{
    long long begin = now();
    for (int i = 0; i < number; i++) {
        struct sockaddr_storage peer;
        socklen_t length = sizeof peer;
        int near = connected(port), far = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
        if (near < 0 || far < 0 || close(far) < 0 || close(near) < 0)
            return -1;
    }
    return now() - begin;
}

/* Nanoseconds of processor time that it took to connect `number` sockets, whose descriptors are stored; or -1. */
long long connects(int port, int number, int *fds)
{
    long long begin = now();
    for (int i = 0; i < number; i++)
        if ((fds[i] = connected(port)) < 0)
            return -1;
    return now() - begin;
}
