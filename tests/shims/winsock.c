/* The calls of ws2_32.dll and iphlpapi.dll that berkeley makes by ctypes, on Linux: each writes down what it was given,
   calls() returns it all. With `refuse` set they fail instead. A shared socket is a duplicate of the descriptor, whose
   number stands in dwProviderReserved of the WSAPROTOCOL_INFOW. The table of interfaces has two rows.
   Before libc it also stands for Winsock's raw sockets: one of SOCK_RAW is a UDP socket underneath that receives one
   packet, from 192.0.2.7; the name of the host is localhost. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wchar.h>

#define TRUE(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define PACKET "E, a header and a payload"

enum { FAMILY = 76, TYPE = 88, PROTOCOL = 92, RESERVED = 112, INFO_SIZE = 628 };
enum { ROW_SIZE = 1352, ROWS = 2, TABLE_HEAD = 8, INVALID_PARAMETER = 87 };

int refuse;
static char noted[8192];
static int raw = -1;

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
    size_t used = strlen(noted);
    va_list rest;

    va_start(rest, format);
    vsnprintf(noted + used, sizeof noted - used, format, rest);
    va_end(rest);
}

const char *calls(void)
{
    return noted;
}

int WSAIoctl(uintptr_t handle, uint32_t code, const void *input, uint32_t size, void *output, uint32_t room,
             uint32_t *written, void *overlapped, void *routine)
{
    note("WSAIoctl %ld %#x ", (long)handle, code);
    for (uint32_t i = 0; i < size; i++)
        note("%02x", ((const unsigned char *)input)[i]);
    note(output || room || overlapped || routine ? " and more\n" : "\n");
    *written = 0;
    return refuse ? -1 : 0;
}

static void place(char *info, int offset, int value)
{
    memcpy(info + offset, &value, sizeof value);
}

static int option(int fd, int name)
{
    int value = -1;
    socklen_t size = sizeof value;

    getsockopt(fd, SOL_SOCKET, name, &value, &size);
    return value;
}

int WSADuplicateSocketW(uintptr_t handle, uint32_t process, void *info)
{
    note("WSADuplicateSocketW %ld %u\n", (long)handle, process);
    if (refuse)
        return -1;
    memset(info, 0, INFO_SIZE);
    place(info, FAMILY, option(handle, SO_DOMAIN));
    place(info, TYPE, option(handle, SO_TYPE));
    place(info, PROTOCOL, option(handle, SO_PROTOCOL));
    place(info, RESERVED, dup(handle));
    return 0;
}

uintptr_t WSASocketW(int family, int type, int protocol, const void *info, uint32_t group, uint32_t flags)
{
    int fd;

    note("WSASocketW %d %d %d %u %#x\n", family, type, protocol, group, flags);
    memcpy(&fd, (const char *)info + RESERVED, sizeof fd);
    return refuse ? (uintptr_t)-1 : (uintptr_t)fd;
}

int GetIfTable2Ex(int level, void **table)
{
    char *rows = calloc(1, TABLE_HEAD + ROWS * ROW_SIZE);
    uint32_t count = ROWS;

    note("GetIfTable2Ex %d\n", level);
    if (refuse) {
        free(rows);
        return INVALID_PARAMETER;
    }
    memcpy(rows, &count, sizeof count);
    for (uint32_t i = 0; i < ROWS; i++) {
        uint64_t luid = ((uint64_t)6 << 48) + i;
        uint32_t index = 10 + i;

        memcpy(rows + TABLE_HEAD + i * ROW_SIZE, &luid, sizeof luid);
        memcpy(rows + TABLE_HEAD + i * ROW_SIZE + sizeof luid, &index, sizeof index);
    }
    *table = rows;
    return 0;
}

void FreeMibTable(void *table)
{
    note("FreeMibTable\n");
    free(table);
}

int ConvertInterfaceLuidToNameW(const uint64_t *luid, wchar_t *name, size_t room)
{
    if (*luid >> 48 != 6)
        return INVALID_PARAMETER;
    swprintf(name, room, L"ethernet_%d", (int)(32770 + (*luid & 0xffff)));
    return 0;
}

int socket(int family, int type, int protocol)
{
    int flags = type & (SOCK_CLOEXEC | SOCK_NONBLOCK);

    if ((type & ~flags) != SOCK_RAW)
        return TRUE(socket)(family, type, protocol);
    note("socket %d %d %d\n", family, type & ~flags, protocol);
    return raw = TRUE(socket)(AF_INET, SOCK_DGRAM | flags, 0);
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    const struct sockaddr_in *name = (const void *)address;

    if (fd != raw)
        return TRUE(bind)(fd, address, length);
    note("bind %s %d\n", inet_ntoa(name->sin_addr), ntohs(name->sin_port));
    return 0;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    if (fd != raw)
        return TRUE(setsockopt)(fd, level, name, value, length);
    note("setsockopt %d %d %d\n", level, name, *(const int *)value);
    return 0;
}

ssize_t recvfrom(int fd, void *restrict data, size_t size, int flags, struct sockaddr *restrict address,
                 socklen_t *restrict length)
{
    struct sockaddr_in from = {.sin_family = AF_INET};

    if (fd != raw)
        return TRUE(recvfrom)(fd, data, size, flags, address, length);
    note("recvfrom %zu\n", size);
    memcpy(data, PACKET, sizeof PACKET - 1);
    inet_aton("192.0.2.7", &from.sin_addr);
    memcpy(address, &from, sizeof from);
    *length = sizeof from;
    return sizeof PACKET - 1;
}

int gethostname(char *name, size_t room)
{
    snprintf(name, room, "localhost");
    return 0;
}
