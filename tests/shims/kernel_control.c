/* The kernel controls of macOS: ioctl() knows the number of one name, and connect() takes what macOS takes, a
   sockaddr_ctl with its length in front, which getpeername() reports. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#define CTLIOCGINFO 0xC0644E03UL
#define AF_SYSTEM 32
#define AF_SYS_CONTROL 2

struct ctl_info {
    uint32_t ctl_id;
    char ctl_name[96];
};

struct sockaddr_ctl {
    uint8_t sc_len, sc_family;
    uint16_t ss_sysaddr;
    uint32_t sc_id, sc_unit, sc_reserved[5];
};

static struct sockaddr_ctl peer;

int ioctl(int fd, unsigned long request, ...)
{
    int (*original)(int, unsigned long, void *) = dlsym(RTLD_NEXT, "ioctl");
    va_list arguments;
    struct ctl_info *info;

    va_start(arguments, request);
    info = va_arg(arguments, void *);
    va_end(arguments);
    if (request != CTLIOCGINFO)
        return original(fd, request, info);
    if (strcmp(info->ctl_name, "com.apple.net.utun_control")) {
        errno = ENOENT;
        return -1;
    }
    info->ctl_id = 4000000001U;
    return 0;
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    const struct sockaddr_ctl *control = (const struct sockaddr_ctl *)address;

    if (length != sizeof *control || control->sc_len != sizeof *control || control->sc_family != AF_SYSTEM
        || control->ss_sysaddr != AF_SYS_CONTROL) {
        errno = EINVAL;
        return -1;
    }
    peer = *control;
    return 0;
}

int getpeername(int fd, struct sockaddr *address, socklen_t *length)
{
    memcpy(address, &peer, sizeof peer);
    *length = sizeof peer;
    return 0;
}
