/* AF_CAN where the kernel has none, among processes that share the directory $CAN_BUS. The only interface is vcan0,
   with the index 7. Every socket is an AF_UNIX datagram socket underneath.
   CAN_RAW: a frame sent goes, byte for byte, to every other socket of the directory whose name begins with "node-";
   each bound CAN_RAW socket is one.
   CAN_BCM: connect(2) makes a "bcm-" socket; what it sends goes to the socket "manager" there, which stands for the
   kernel's broadcast manager and answers to it. Nothing here sends frames by itself.
   CAN_ISOTP, CAN_J1939: socket(2), bind(2) and getsockname(2), no data.
   Left out: filters and other options of CAN, FD frames, recvmsg(2), sendmsg(2), dup(2). Errors and address lengths
   are those of net/can in Linux. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <linux/can.h>
#include <linux/can/bcm.h>
#include <net/if.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define TRUE(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define NAME "vcan0"
#define INDEX 7
#define DESCRIPTORS 1024

struct can {
    int type, proto;          /* as given to socket(2); proto is 0 for a descriptor that is no CAN socket */
    struct sockaddr_can name; /* as given to bind(2) or connect(2) */
    struct sockaddr_un place; /* in the directory, from then on */
};

static struct can cans[DESCRIPTORS];

static const int type_of[CAN_NPROTO] = {
    [CAN_RAW] = SOCK_RAW, [CAN_BCM] = SOCK_DGRAM, [CAN_ISOTP] = SOCK_DGRAM, [CAN_J1939] = SOCK_DGRAM};

static struct can *can_of(int fd)
{
    return fd >= 0 && fd < DESCRIPTORS && cans[fd].proto ? &cans[fd] : NULL;
}

static int failed(int error)
{
    errno = error;
    return -1;
}

/* The kernel takes and reports the part of the address that the protocol uses. */
static socklen_t name_size(int proto)
{
    if (proto == CAN_J1939)
        return sizeof(struct sockaddr_can);
    return offsetof(struct sockaddr_can, can_addr) + (proto == CAN_ISOTP ? 8 : 0);
}

static struct sockaddr_un place_of(const char *name)
{
    struct sockaddr_un place = {.sun_family = AF_UNIX};

    snprintf(place.sun_path, sizeof place.sun_path, "%s/%s", getenv("CAN_BUS"), name);
    return place;
}

static void report(struct sockaddr *address, socklen_t *length, const struct sockaddr_can *name, int proto)
{
    socklen_t size = name_size(proto);

    memcpy(address, name, *length < size ? *length : size);
    *length = size;
}

int socket(int family, int type, int proto)
{
    int flags = type & (SOCK_CLOEXEC | SOCK_NONBLOCK), fd;

    if (family != AF_CAN)
        return TRUE(socket)(family, type, proto);
    if (proto < 0 || proto >= CAN_NPROTO)
        return failed(EINVAL);
    if (!type_of[proto])
        return failed(EPROTONOSUPPORT);
    if (type_of[proto] != (type & ~flags))
        return failed(EPROTOTYPE);
    fd = TRUE(socket)(AF_UNIX, SOCK_DGRAM | flags, 0);
    if (fd >= DESCRIPTORS) {
        TRUE(close)(fd);
        return failed(EMFILE);
    }
    if (fd >= 0)
        cans[fd] = (struct can){.type = type & ~flags, .proto = proto, .name.can_family = AF_CAN};
    return fd;
}

static int join(int fd, struct can *can, const void *address, socklen_t length)
{
    const struct sockaddr_can *name = address;
    char own[64];

    if (length < name_size(can->proto) || name->can_family != AF_CAN)
        return failed(EINVAL);
    if (name->can_ifindex != INDEX && (name->can_ifindex || can->proto > CAN_BCM))
        return failed(ENODEV);
    snprintf(own, sizeof own, "%s-%d-%d", can->proto == CAN_RAW ? "node" : "bcm", getpid(), fd);
    can->place = place_of(own);
    memcpy(&can->name, name, name_size(can->proto));
    return TRUE(bind)(fd, (struct sockaddr *)&can->place, sizeof can->place);
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    struct can *can = can_of(fd);

    if (!can)
        return TRUE(bind)(fd, address, length);
    if (can->proto == CAN_BCM)
        return failed(EOPNOTSUPP);
    return join(fd, can, address, length);
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    struct can *can = can_of(fd);

    if (!can)
        return TRUE(connect)(fd, address, length);
    if (can->proto != CAN_BCM)
        return failed(EOPNOTSUPP);
    if (can->place.sun_family)
        return failed(EISCONN);
    return join(fd, can, address, length);
}

int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    struct can *can = can_of(fd);

    if (!can)
        return TRUE(getsockname)(fd, address, length);
    if (can->proto == CAN_BCM)
        return failed(EOPNOTSUPP);
    report(address, length, &can->name, can->proto);
    return 0;
}

int getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict length)
{
    struct can *can = can_of(fd);

    if (!can || level != SOL_SOCKET || (option != SO_DOMAIN && option != SO_TYPE && option != SO_PROTOCOL))
        return TRUE(getsockopt)(fd, level, option, value, length);
    *(int *)value = option == SO_DOMAIN ? AF_CAN : option == SO_TYPE ? can->type : can->proto;
    *length = sizeof(int);
    return 0;
}

/* A node that has gone, or does not read, loses the frame as it would on a wire. */
static int broadcast(int fd, const struct can *can, const void *frame)
{
    DIR *bus = opendir(getenv("CAN_BUS"));

    if (!bus)
        return failed(ENETDOWN);
    for (struct dirent *entry; (entry = readdir(bus));) {
        struct sockaddr_un place = place_of(entry->d_name);

        if (!strncmp(entry->d_name, "node-", 5) && strcmp(place.sun_path, can->place.sun_path))
            TRUE(sendto)(fd, frame, CAN_MTU, MSG_DONTWAIT, (struct sockaddr *)&place, sizeof place);
    }
    closedir(bus);
    return CAN_MTU;
}

static ssize_t raw_send(int fd, const struct can *can, const void *frame, size_t size, const void *address)
{
    const struct sockaddr_can *name = address ? address : &can->name;

    if (name->can_ifindex != INDEX)
        return failed(ENXIO);
    return size == CAN_MTU ? broadcast(fd, can, frame) : failed(EINVAL);
}

static ssize_t bcm_send(int fd, const struct can *can, const void *message, size_t size, int flags)
{
    struct sockaddr_un manager = place_of("manager");
    size_t head = sizeof(struct bcm_msg_head);

    if (!can->place.sun_family)
        return failed(ENOTCONN);
    if (size < head || (size - head) % CAN_MTU)
        return failed(EINVAL);
    return TRUE(sendto)(fd, message, size, flags, (struct sockaddr *)&manager, sizeof manager);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address, socklen_t length)
{
    struct can *can = can_of(fd);

    if (!can)
        return TRUE(sendto)(fd, data, size, flags, address, length);
    if (can->proto > CAN_BCM)
        return failed(EOPNOTSUPP);
    return can->proto == CAN_RAW ? raw_send(fd, can, data, size, address) : bcm_send(fd, can, data, size, flags);
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    return can_of(fd) ? sendto(fd, data, size, flags, NULL, 0) : TRUE(send)(fd, data, size, flags);
}

ssize_t recvfrom(int fd, void *restrict data, size_t size, int flags, struct sockaddr *restrict address,
                 socklen_t *restrict length)
{
    struct sockaddr_can from = {.can_family = AF_CAN, .can_ifindex = INDEX};
    struct can *can = can_of(fd);
    ssize_t result;

    if (!can)
        return TRUE(recvfrom)(fd, data, size, flags, address, length);
    result = TRUE(recv)(fd, data, size, flags);
    if (result >= 0 && address)
        report(address, length, &from, can->proto);
    return result;
}

int close(int fd)
{
    struct can *can = can_of(fd);

    if (can && can->place.sun_family)
        unlink(can->place.sun_path);
    if (can)
        *can = (struct can){0};
    return TRUE(close)(fd);
}

unsigned int if_nametoindex(const char *name)
{
    return strcmp(name, NAME) ? TRUE(if_nametoindex)(name) : INDEX;
}

char *if_indextoname(unsigned int index, char name[IF_NAMESIZE])
{
    return index == INDEX ? strcpy(name, NAME) : TRUE(if_indextoname)(index, name);
}

int ioctl(int fd, unsigned long request, ...)
{
    struct ifreq *interface;
    va_list rest;

    va_start(rest, request);
    interface = va_arg(rest, struct ifreq *);
    va_end(rest);
    if (request == SIOCGIFINDEX && !strcmp(interface->ifr_name, NAME))
        return interface->ifr_ifindex = INDEX, 0;
    if (request == SIOCGIFNAME && interface->ifr_ifindex == INDEX)
        return strcpy(interface->ifr_name, NAME), 0;
    return TRUE(ioctl)(fd, request, (void *)interface);
}
