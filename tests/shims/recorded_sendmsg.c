/* A sendmsg that sends nothing: it writes the message header to $RECORDED_SENDMSG and reports all data as sent. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    FILE *record = fopen(getenv("RECORDED_SENDMSG"), "w");
    const unsigned char *control = message->msg_control;
    ssize_t total = 0;

    (void)fd;
    fprintf(record, "%d %zu ", flags, (size_t)message->msg_iovlen);
    for (size_t i = 0; i < message->msg_controllen; i++)
        fprintf(record, "%02x", control[i]);
    fclose(record);
    for (size_t i = 0; i < message->msg_iovlen; i++)
        total += message->msg_iov[i].iov_len;
    return total;
}
