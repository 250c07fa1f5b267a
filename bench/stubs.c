/* Stands before libc so that the Python side of a call can be timed by itself: data calls come back at once, without a
   kernel. Every receive finds the 64 bytes that RECEIVED says; every send takes all. Senders are 127.0.0.1 and the
   ports from FIRST_PORT on, as many as stub_peers() was told, one after the other. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define RECEIVED 64
#define FIRST_PORT 20000

static unsigned peers = 1, turn;

void stub_peers(unsigned number)
{
    peers = number;
    turn = 0;
}

static ssize_t received(size_t room)
{
    return room < RECEIVED ? (ssize_t)room : RECEIVED;
}

static void sender(void *room, socklen_t *size)
{
    struct sockaddr_in from = {.sin_family = AF_INET};
    if (!room)
        return;
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    from.sin_port = htons((unsigned short)(FIRST_PORT + turn));
    if (++turn >= peers)
        turn = 0;
    memcpy(room, &from, *size < sizeof from ? *size : sizeof from);
    *size = sizeof from;
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    (void)fd, (void)data, (void)flags;
    return (ssize_t)size;
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length)
{
    (void)fd, (void)data, (void)flags, (void)to, (void)length;
    return (ssize_t)size;
}

ssize_t recv(int fd, void *room, size_t size, int flags)
{
    (void)fd, (void)room, (void)flags;
    return received(size);
}

ssize_t recvfrom(int fd, void *restrict room, size_t size, int flags, struct sockaddr *restrict from,
                 socklen_t *restrict length)
{
    (void)fd, (void)room, (void)flags;
    sender(from, length);
    return received(size);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    size_t size = 0;
    (void)fd, (void)flags;
    for (size_t i = 0; i < message->msg_iovlen; i++)
        size += message->msg_iov[i].iov_len;
    return (ssize_t)size;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    (void)fd, (void)flags;
    sender(message->msg_name, &message->msg_namelen);
    message->msg_controllen = 0;
    message->msg_flags = 0;
    return message->msg_iovlen ? received(message->msg_iov[0].iov_len) : 0;
}

/* Under another name in C, since headers declare that poll() only writes to its entries. */
int stub_poll(struct pollfd *entries, nfds_t number, int timeout) __asm__("poll");

int stub_poll(struct pollfd *entries, nfds_t number, int timeout)
{
    (void)timeout;
    for (nfds_t i = 0; i < number; i++)
        entries[i].revents = entries[i].events;
    return (int)number;
}
