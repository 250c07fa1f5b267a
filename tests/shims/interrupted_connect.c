/* A connect that fails with EINTR the first time, without having begun anything, and is the true one afterwards.
   With $INTERRUPTED_CONNECT set it also delivers the SIGUSR1 that would be the cause. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    static int calls;
    int (*original)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");

    if (calls++ == 0) {
        if (getenv("INTERRUPTED_CONNECT"))
            raise(SIGUSR1);
        errno = EINTR;
        return -1;
    }
    return original(fd, address, length);
}
