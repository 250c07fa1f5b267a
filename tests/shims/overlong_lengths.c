/* Calls that report an address or option longer than the room they were given. An AF_UNIX address fills that room with
   the letter u and has no NUL at its end. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/socket.h>

#define TRUE(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define LIE 100000

static void lie(struct sockaddr *address, socklen_t room, socklen_t *length)
{
    if (!address || !length)
        return;
    if (address->sa_family == AF_UNIX)
        memset(address->sa_data, 'u', room - sizeof(address->sa_family));
    *length += LIE;
}

int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    socklen_t room = *length;
    int result = TRUE(getsockname)(fd, address, length);
    lie(address, room, length);
    return result;
}

int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    socklen_t room = *length;
    int result = TRUE(getpeername)(fd, address, length);
    lie(address, room, length);
    return result;
}

int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    socklen_t room = length ? *length : 0;
    int result = TRUE(accept)(fd, address, length);
    lie(address, room, length);
    return result;
}

int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict length, int flags)
{
    socklen_t room = length ? *length : 0;
    int result = TRUE(accept4)(fd, address, length, flags);
    lie(address, room, length);
    return result;
}

ssize_t recvfrom(int fd, void *restrict data, size_t size, int flags, struct sockaddr *restrict address,
                 socklen_t *restrict length)
{
    socklen_t room = length ? *length : 0;
    ssize_t result = TRUE(recvfrom)(fd, data, size, flags, address, length);
    lie(address, room, length);
    return result;
}

int getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict length)
{
    int result = TRUE(getsockopt)(fd, level, option, value, length);
    *length += LIE;
    return result;
}
