"""The system calls on a socket, one function each, all of the one shape that the wait loop repeats."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.libc import socket as libc


def recv(fd, request):
    return libc.recv(fd, request.data, request.size, request.flags)


def recvfrom(fd, request):
    request.address_length = cython.sizeof(libc.sockaddr_storage)
    return libc.recvfrom(
        fd,
        request.data,
        request.size,
        request.flags,
        cython.cast(cython.pointer[libc.sockaddr], request.address),
        cython.address(request.address_length),
    )


def recvmsg(fd, request):
    return libc.recvmsg(fd, request.message, request.flags)


def send(fd, request):
    return libc.send(fd, request.data, request.size, request.flags)


def sendto(fd, request):
    return libc.sendto(
        fd,
        request.data,
        request.size,
        request.flags,
        cython.cast(cython.pointer[libc.sockaddr], request.address),
        request.address_length,
    )


def sendmsg(fd, request):
    return libc.sendmsg(fd, request.message, request.flags)


def accept(fd, request):
    if request.address == cython.NULL:
        request.address_length = 0
        return libc.accept4(fd, cython.NULL, cython.NULL, request.number)
    request.address_length = cython.sizeof(libc.sockaddr_storage)
    return libc.accept4(
        fd,
        cython.cast(cython.pointer[libc.sockaddr], request.address),
        cython.address(request.address_length),
        request.number,
    )


def bind(fd, request):
    return libc.bind(fd, cython.cast(cython.pointer[libc.sockaddr], request.address), request.address_length)


def listen(fd, request):
    return libc.listen(fd, request.number)


def shutdown(fd, request):
    return libc.shutdown(fd, request.number)


def getsockname(fd, request):
    request.address_length = cython.sizeof(libc.sockaddr_storage)
    return libc.getsockname(
        fd, cython.cast(cython.pointer[libc.sockaddr], request.address), cython.address(request.address_length)
    )


def getpeername(fd, request):
    request.address_length = cython.sizeof(libc.sockaddr_storage)
    return libc.getpeername(
        fd, cython.cast(cython.pointer[libc.sockaddr], request.address), cython.address(request.address_length)
    )
