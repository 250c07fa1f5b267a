/* Reads from the descriptor given as first argument, until its end. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static char buffer[1 << 18];

int main(int argc, char **argv)
{
    int fd = argc > 1 ? atoi(argv[1]) : 0;
    for (;;) {
        ssize_t received = read(fd, buffer, sizeof buffer);
        if (received == 0 || (received < 0 && errno != EINTR))
            return received != 0;
    }
}
