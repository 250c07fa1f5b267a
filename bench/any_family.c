/* Stands before libc so that encoding and decoding of addresses can be timed by themselves, for families that the
   running kernel need not have: every socket is a datagram socket of AF_INET, connect() keeps the address it is given
   and getpeername() gives it back. ioctl() stays real, because some codecs ask the kernel about interfaces. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/socket.h>

static char address[sizeof(struct sockaddr_storage)];
static socklen_t length;

int socket(int family, int type, int protocol)
{
    int (*real)(int, int, int) = (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");

    (void)family, (void)protocol;
    return real(AF_INET, SOCK_DGRAM | (type & SOCK_CLOEXEC), 0);
}

int connect(int fd, const struct sockaddr *given, socklen_t size)
{
    (void)fd;
    length = size < sizeof(address) ? size : sizeof(address);
    memcpy(address, given, length);
    return 0;
}

int getpeername(int fd, struct sockaddr *room, socklen_t *size)
{
    (void)fd;
    memcpy(room, address, length < *size ? length : *size);
    *size = length;
    return 0;
}
