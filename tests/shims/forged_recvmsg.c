/* A recvmsg that receives the byte Z with the control data of $FORGED_CONTROL (hexadecimal), whatever the socket.
   $FORGED_CONTROLLEN and $FORGED_NAMELEN, if set, are claimed as lengths instead of the true ones. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static size_t claimed(const char *name, size_t length)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : length;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    const char *text = getenv("FORGED_CONTROL");
    size_t length = strlen(text) / 2, room = message->msg_control ? message->msg_controllen : 0;
    unsigned int byte;

    (void)fd, (void)flags;
    if (length > room)
        length = room;
    for (size_t i = 0; i < length; i++) {
        sscanf(text + 2 * i, "%2x", &byte);
        ((unsigned char *)message->msg_control)[i] = byte;
    }
    if (message->msg_iovlen && message->msg_iov[0].iov_len)
        memset(message->msg_iov[0].iov_base, 'Z', 1);
    if (message->msg_name && getenv("FORGED_NAMELEN")) {
        memset(message->msg_name, 'n', message->msg_namelen);
        ((struct sockaddr *)message->msg_name)->sa_family = AF_UNIX;
        message->msg_namelen = claimed("FORGED_NAMELEN", 0);
    } else
        message->msg_namelen = 0;
    message->msg_controllen = claimed("FORGED_CONTROLLEN", length);
    message->msg_flags = 0;
    return 1;
}
