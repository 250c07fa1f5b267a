/* Echo peer: writes back whatever it reads from the descriptor given as first argument, until its end. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static char buffer[1 << 16];

static int write_all(int fd, size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t written = write(fd, buffer + done, length - done);
        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0)
            done += (size_t)written;
    }
    return 0;
}

int main(int argc, char **argv)
{
    int fd = argc > 1 ? atoi(argv[1]) : 0;
    for (;;) {
        ssize_t received = read(fd, buffer, sizeof buffer);
        if (received < 0 && errno == EINTR)
            continue;
        if (received <= 0 || write_all(fd, (size_t)received) < 0)
            return received != 0;
    }
}
