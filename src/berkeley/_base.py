"""The compiled socket type: one method per system call on a socket; waiting is _wait's, addresses are the codecs'."""

import sys

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley import (
    _addresses,
    _calls,
    _cmsg,
    _descriptor,
    _kept,
    _message,
    _options,
    _timeouts,
    _transfer,
    _wait,
)
from cython.cimports.berkeley._arguments import Buffers, as_descriptor, as_int, as_size, as_tuple, get_buffer
from cython.cimports.berkeley._bytes import fresh_for, shortened
from cython.cimports.berkeley._errors import raise_errno, raise_timeout
from cython.cimports.berkeley.libc import python
from cython.cimports.berkeley.libc import socket as libc
from cython.cimports.berkeley.sockaddr import prepare
from cython.cimports.cpython.buffer import Py_buffer, PyBuffer_Release
from cython.cimports.cpython.bytes import PyBytes_AS_STRING
from cython.cimports.cpython.object import PyObject
from cython.cimports.libc import errno as c
from cython.cimports.libc.string import memset

from berkeley import _algorithm as algorithm
from berkeley._platform import absent_functions
from berkeley.constants import load

_ABSENT = object()
_CONSTANTS = load(sys.platform)
AF_ALG = cython.declare(cython.int, _CONSTANTS.get("AF_ALG", -1))
AF_VSOCK = cython.declare(cython.int, _CONSTANTS.get("AF_VSOCK", -1))
_DEFAULT_BACKLOG = min(_CONSTANTS.get("SOMAXCONN", 128), 128)
SEVERAL_ITEMS = cython.declare(cython.bint, "CMSG_SPACE" not in absent_functions())
SOCKADDR_ROOM = cython.declare(cython.Py_ssize_t, cython.sizeof(libc.sockaddr_storage))


@cython.cfunc
@cython.exceptval(-1, check=False)
def audit_new(sock: socket, family: cython.int, type: cython.int, proto: cython.int) -> cython.int:
    return python.PySys_Audit(
        "socket.__new__", "Oiii", cython.cast(cython.pointer[PyObject], sock), family, type, proto
    )


@cython.cfunc
@cython.exceptval(-1, check=False)
def audit_address(event: cython.p_const_char, sock: socket, address) -> cython.int:
    return python.PySys_Audit(
        event, "OO", cython.cast(cython.pointer[PyObject], sock), cython.cast(cython.pointer[PyObject], address)
    )


@cython.cfunc
def asked_address(endpoint: cython.pointer[_wait.Endpoint], call: _calls.SystemCall):
    """What getsockname(2) or getpeername(2) answers."""
    request: _calls.Request
    storage: libc.sockaddr_storage
    memset(cython.address(storage), 0, SOCKADDR_ROOM)
    request.address = cython.address(storage)
    _wait.once(endpoint, call, cython.address(request), None)
    return _addresses.reported(endpoint, cython.address(storage), request.address_length)


@cython.cfunc
@cython.exceptval(-1, check=False)
def connected(sock: socket, address, caller: str) -> cython.int:
    """Encode, audit and connect: 0, an errno value or TIMED_OUT."""
    storage: libc.sockaddr_storage
    length: libc.socklen_t = _addresses.given(cython.address(sock.state), cython.address(storage), address, caller)
    audit_address("socket.connect", sock, address)
    target = cython.cast(cython.pointer[libc.sockaddr], cython.address(storage))
    return _wait.connect(cython.address(sock.state), target, length)


@cython.cfunc
def counted(
    endpoint: cython.pointer[_wait.Endpoint],
    request: cython.pointer[_calls.Request],
    received: cython.Py_ssize_t,
    with_address: cython.bint,
):
    """The result of a receive into a buffer: the count, and the sender's address if it was asked for."""
    try:
        if not with_address:
            return received
        return received, _addresses.reported(endpoint, request.address, request.address_length)
    except MemoryError:
        _transfer.keep_received(endpoint, request, received)
        raise


@cython.cfunc
def message(sock: socket, bufsize, room: cython.Py_ssize_t, flags: cython.int, rights: cython.bint):
    """One message into new bytes, with its control data or, of that, the descriptors alone."""
    size: cython.Py_ssize_t = as_size(bufsize)
    if size < 0:
        raise ValueError("negative buffer size in recvmsg()")
    data: bytes = fresh_for(size, flags)
    iov: libc.iovec
    iov.iov_base = PyBytes_AS_STRING(data)
    iov.iov_len = size
    return _message.receive(cython.address(sock.state), cython.address(iov), 1, room, flags, data, rights)


class socket:
    """socket(family=AF_INET, type=SOCK_STREAM, proto=0, fileno=None): a socket as the kernel knows it: socket(2)."""

    def __cinit__(self):
        self.state.fd = -1
        self.state.timeout = -1

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        family_number: cython.int = as_int(family)
        type_number: cython.int = as_int(type)
        proto_number: cython.int = as_int(proto)
        if fileno is None:
            family_number = libc.AF_INET if family_number == -1 else family_number
            type_number = libc.SOCK_STREAM if type_number == -1 else type_number
            proto_number = 0 if proto_number == -1 else proto_number
            audit_new(self, family_number, type_number, proto_number)
            _descriptor.create(cython.address(self.state), family_number, type_number, proto_number)
            return
        audit_new(self, family_number, type_number, proto_number)
        fd: cython.int = as_descriptor(fileno)
        if fd < 0:
            raise ValueError("negative file descriptor")
        _descriptor.adopt_foreign(cython.address(self.state), fd, family_number, type_number, proto_number, False)

    def __repr__(self):
        state = self.state
        return f"<socket object, fd={state.fd}, family={state.family}, type={state.type}, proto={state.proto}>"

    def __del__(self):
        if self.state.fd < 0:
            return
        try:
            python.PyErr_ResourceWarning(self, 1, "unclosed %R", cython.cast(cython.pointer[PyObject], self))
        finally:
            _descriptor.abandon(cython.address(self.state))

    def __dealloc__(self):
        _descriptor.abandon(cython.address(self.state))

    @property
    def family(self):
        """Address family, an int."""
        return self.state.family

    @property
    def type(self):
        """Socket type, an int without SOCK_NONBLOCK and SOCK_CLOEXEC."""
        return self.state.type

    @property
    def proto(self):
        """Protocol number within the family."""
        return self.state.proto

    @property
    def timeout(self):
        """The timeout in seconds as a float, None in blocking mode."""
        return _timeouts.as_seconds(self.state.timeout)

    def fileno(self):
        """fileno() -> the descriptor, -1 once closed or detached."""
        return self.state.fd

    def detach(self):
        """detach() -> the descriptor, which stays open and is the caller's from now on."""
        fd: cython.int = self.state.fd
        self.state.fd = -1
        return fd

    def close(self):
        """close(): close the descriptor; doing so twice is harmless. Raises OSError where close(2) fails."""
        _descriptor.release(cython.address(self.state))

    def _accept(self):
        """_accept() -> (descriptor, address) of a new connection: accept(2). The descriptor is the caller's."""
        taken = socket.__new__(socket)
        address = self._accept_into(taken)
        result = (taken.fileno(), address)
        taken.detach()
        return result

    def _accept_into(self, taken: socket, /):
        """Make a blank socket the owner of the next connection and tell the peer's address.

        The object exists before the call: nothing that fails afterwards can lose the connection's descriptor.
        """
        request: _calls.Request
        storage: libc.sockaddr_storage
        memset(cython.address(request), 0, cython.sizeof(_calls.Request))
        # AF_ALG has no addresses, and its accept(2) fails when it is asked for one.
        memset(cython.address(storage), 0, SOCKADDR_ROOM)
        request.address = cython.NULL if self.state.family == AF_ALG else cython.address(storage)
        request.number = libc.SOCK_CLOEXEC
        fd: cython.int = _wait.perform(
            cython.address(self.state),
            _calls.accept,
            cython.address(request),
            libc.POLLIN,
            cython.NULL,
            None,
        )
        try:
            audit_new(taken, self.state.family, self.state.type, self.state.proto)
            address = _addresses.reported(cython.address(self.state), cython.address(storage), request.address_length)
        except BaseException:
            libc.close(fd)
            raise
        _descriptor.adopt(cython.address(taken.state), fd, self.state.family, self.state.type, self.state.proto)
        taken.state.polls_first = self.state.polls_first
        return address

    def _duplicate_into(self, copy: socket, /):
        """Make a blank socket the owner of a duplicate of this one, in the same mode: dup(2)."""
        audit_new(copy, self.state.family, self.state.type, self.state.proto)
        copy.state = self.state
        copy.state.kept = cython.NULL
        copy.state.fd = -1
        copy.state.fd = _descriptor.duplicate(self.state.fd)

    def _adopt_duplicate(self, fd, family, type, proto, /):
        """Become the owner of a duplicate of a descriptor, which has to be a socket."""
        original: cython.int = as_descriptor(fd)
        numbers = as_int(family), as_int(type), as_int(proto)
        audit_new(self, numbers[0], numbers[1], numbers[2])
        _descriptor.adopt_foreign(cython.address(self.state), original, numbers[0], numbers[1], numbers[2], True)

    def _has_owned(self):
        """Whether the object has been the owner of a descriptor, be it closed or detached since."""
        return self.state.has_owned

    def _pair_with(self, other: socket, family, type, proto, /):
        """Make two blank sockets the two ends of a new connection: socketpair(2)."""
        numbers = as_int(family), as_int(type), as_int(proto)
        pair: cython.int[2]
        for end in (self, other):
            audit_new(end, numbers[0], numbers[1], numbers[2])
        prepare(numbers[0])
        if libc.socketpair(numbers[0], numbers[1] | libc.SOCK_CLOEXEC, numbers[2], pair) < 0:
            raise_errno(c.errno, None)
        other.state.fd = pair[1]
        _descriptor.adopt(cython.address(self.state), pair[0], numbers[0], numbers[1], numbers[2])
        _descriptor.adopt(cython.address(other.state), pair[1], numbers[0], numbers[1], numbers[2])

    def bind(self, address, /):
        """bind(address): give the socket a local address, in the format of its family. See bind(2)."""
        request: _calls.Request
        storage: libc.sockaddr_storage
        request.address = cython.address(storage)
        request.address_length = _addresses.given(cython.address(self.state), request.address, address, "bind")
        audit_address("socket.bind", self, address)
        _wait.once(cython.address(self.state), _calls.bind, cython.address(request), address)

    def connect(self, address, /):
        """connect(address): connect to a remote address, in the format of the family. See connect(2).

        Raises TimeoutError at the timeout, InterruptedError for a signal in non-blocking mode.
        """
        code: cython.int = connected(self, address, "connect")
        if code == _wait.TIMED_OUT:
            raise_timeout(address)
        if code != 0:
            raise_errno(code, address)

    def connect_ex(self, address, /):
        """connect_ex(address) -> 0 or the errno value of a failed connect(2); EAGAIN at the timeout."""
        code: cython.int = connected(self, address, "connect_ex")
        return c.EAGAIN if code == _wait.TIMED_OUT else code

    def listen(self, backlog=_DEFAULT_BACKLOG, /):
        """listen([backlog]): accept connections, of which at most `backlog` (0 at least) wait. See listen(2)."""
        request: _calls.Request
        request.number = max(as_int(backlog), 0)
        _wait.once(cython.address(self.state), _calls.listen, cython.address(request), None)

    def shutdown(self, how, /):
        """shutdown(how): end receiving (SHUT_RD), sending (SHUT_WR) or both (SHUT_RDWR). See shutdown(2)."""
        request: _calls.Request
        request.number = as_int(how)
        _wait.once(cython.address(self.state), _calls.shutdown, cython.address(request), None)

    def getsockname(self):
        """getsockname() -> the local address, in the format of the family. See getsockname(2)."""
        return asked_address(cython.address(self.state), _calls.getsockname)

    def getpeername(self):
        """getpeername() -> the address of the connected peer. See getpeername(2)."""
        return asked_address(cython.address(self.state), _calls.getpeername)

    def getsockopt(self, level, optname, buflen=0, /):
        """getsockopt(level, optname[, buflen]) -> int, or bytes of at most `buflen` (1 to 1024). See getsockopt(2)."""
        return _options.get_option(
            self.state.fd, as_int(level), as_int(optname), as_int(buflen), self.state.family == AF_VSOCK
        )

    def setsockopt(self, level, optname, value, optlen=_ABSENT, /):
        """setsockopt(level, optname, value): value is an int or a bytes-like object. See setsockopt(2).

        setsockopt(level, optname, None, optlen) passes a NULL pointer with that length.
        """
        level_number: cython.int = as_int(level)
        option: cython.int = as_int(optname)
        wide: cython.bint = self.state.family == AF_VSOCK
        if optlen is _ABSENT:
            _options.set_option(self.state.fd, level_number, option, value, wide)
        else:
            _options.set_null_option(self.state.fd, level_number, option, value, optlen)
        if level_number == libc.SOL_SOCKET and option == libc.SO_RCVLOWAT:
            self.state.polls_first = True

    def setblocking(self, flag, /):
        """setblocking(flag): True is settimeout(None), False is settimeout(0)."""
        blocking: cython.bint = bool(flag)
        self.state.timeout = -1 if blocking else 0
        _options.set_blocking(self.state.fd, blocking)

    def getblocking(self):
        """getblocking() -> False in non-blocking mode, else True."""
        return self.state.timeout != 0

    def settimeout(self, timeout, /):
        """settimeout(seconds): None for blocking mode, 0 for non-blocking mode, else the longest time to wait.

        Raises ValueError for a negative number or NaN, OverflowError beyond 292 years.
        """
        self.state.timeout = _timeouts.as_timeout(timeout)
        _options.set_blocking(self.state.fd, self.state.timeout < 0)

    def gettimeout(self):
        """gettimeout() -> seconds as a float, None in blocking mode."""
        return _timeouts.as_seconds(self.state.timeout)

    def _wait_until_writable(self):
        """Wait for room to send. Raises TimeoutError."""
        deadline: _wait.Deadline = _wait.begin(cython.address(self.state))
        if not _wait.ready(cython.address(self.state), libc.POLLOUT, cython.address(deadline)):
            raise_timeout(None)

    def recv(self, bufsize, flags=0, /):
        """recv(bufsize[, flags]) -> at most `bufsize` bytes; b"" at the end of the stream. See recv(2)."""
        request: _calls.Request
        size: cython.Py_ssize_t = as_size(bufsize)
        request.flags = as_int(flags)
        if size < 0:
            raise ValueError("negative buffersize in recv")
        if size == 0:
            return b""
        data: bytes = fresh_for(size, request.flags)
        request.data = PyBytes_AS_STRING(data)
        request.size = size
        request.address = cython.NULL
        request.message = cython.NULL
        received: cython.Py_ssize_t = _kept.receive(cython.address(self.state), _calls.recv, cython.address(request))
        # With MSG_TRUNC the kernel reports the whole length of a datagram that was cut.
        return shortened(data, min(received, size))

    def recvfrom(self, bufsize, flags=0, /):
        """recvfrom(bufsize[, flags]) -> (bytes, address); address is None on a connected stream. See recv(2)."""
        request: _calls.Request
        storage: libc.sockaddr_storage
        size: cython.Py_ssize_t = as_size(bufsize)
        request.flags = as_int(flags)
        if size < 0:
            raise ValueError("negative buffersize in recvfrom")
        data: bytes = fresh_for(size, request.flags)
        received: cython.Py_ssize_t = _transfer.receive_from(
            cython.address(self.state), cython.address(request), cython.address(storage), PyBytes_AS_STRING(data), size
        )
        try:
            address = _addresses.reported(cython.address(self.state), cython.address(storage), request.address_length)
            return shortened(data, min(received, size)), address
        except MemoryError:
            _transfer.keep_received(cython.address(self.state), cython.address(request), received)
            raise

    def recv_into(self, buffer, nbytes=0, flags=0):
        """recv_into(buffer[, nbytes[, flags]]) -> count of bytes stored; nbytes 0 means the buffer's size."""
        request: _calls.Request
        view: Py_buffer
        size: cython.Py_ssize_t = as_size(nbytes)
        request.flags = as_int(flags)
        get_buffer(buffer, cython.address(view), True, "recv_into() argument 1")
        try:
            _transfer.into_buffer(cython.address(request), cython.address(view), size, "recv_into")
            if request.size == 0:
                return 0
            received: cython.Py_ssize_t = _kept.receive(
                cython.address(self.state), _calls.recv, cython.address(request)
            )
            return counted(cython.address(self.state), cython.address(request), received, False)
        finally:
            PyBuffer_Release(cython.address(view))

    def recvfrom_into(self, buffer, nbytes=0, flags=0):
        """recvfrom_into(buffer[, nbytes[, flags]]) -> (count of bytes stored, address)."""
        request: _calls.Request
        storage: libc.sockaddr_storage
        view: Py_buffer
        size: cython.Py_ssize_t = as_size(nbytes)
        request.flags = as_int(flags)
        get_buffer(buffer, cython.address(view), True, "recvfrom_into() argument 1")
        try:
            _transfer.into_buffer(cython.address(request), cython.address(view), size, "recvfrom_into")
            received: cython.Py_ssize_t = _transfer.receive_from(
                cython.address(self.state), cython.address(request), cython.address(storage), request.data, request.size
            )
            return counted(cython.address(self.state), cython.address(request), received, True)
        finally:
            PyBuffer_Release(cython.address(view))

    def recvmsg(self, bufsize, ancbufsize=0, flags=0, /):
        """recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address). See recvmsg(2).

        ancdata is a list of (level, type, bytes). Warns with RuntimeWarning of an item that runs over its buffer.
        """
        return message(self, bufsize, _transfer.checked_room(ancbufsize), as_int(flags), False)

    def _recv_fds(self, bufsize, maxfds, flags, /):
        """(data, descriptors, msg_flags, address): recvmsg() for descriptors alone, which never get lost."""
        room = _cmsg.CMSG_LEN(maxfds * cython.sizeof(cython.int))
        return message(self, bufsize, room, as_int(flags), True)

    def recvmsg_into(self, buffers, ancbufsize=0, flags=0, /):
        """recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address).

        buffers is an iterable of writable buffers, filled one after the other. See recvmsg(2).
        """
        room: cython.Py_ssize_t = _transfer.checked_room(ancbufsize)
        flags_number: cython.int = as_int(flags)
        vector = Buffers()
        vector.hold(
            as_tuple(buffers, "recvmsg_into() argument 1 must be an iterable"),
            True,
            "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers: each",
        )
        return _message.receive(cython.address(self.state), vector.iov, vector.count, room, flags_number, None, False)

    def send(self, data, flags=0, /):
        """send(data[, flags]) -> count of bytes sent, which may be fewer than given. See send(2)."""
        request: _calls.Request
        view: Py_buffer
        request.flags = as_int(flags) | self.state.send_flags
        get_buffer(data, cython.address(view), False, "send() argument 1")
        try:
            return _transfer.send_some(
                cython.address(self.state), cython.address(view), 0, cython.address(request), cython.NULL
            )
        finally:
            PyBuffer_Release(cython.address(view))

    def sendall(self, data, flags=0, /):
        """sendall(data[, flags]): send everything; the timeout counts for all of it. See send(2)."""
        request: _calls.Request
        view: Py_buffer
        request.flags = as_int(flags) | self.state.send_flags
        get_buffer(data, cython.address(view), False, "sendall() argument 1")
        try:
            _transfer.send_all(cython.address(self.state), cython.address(view), cython.address(request))
        finally:
            PyBuffer_Release(cython.address(view))

    def sendto(self, data, flags_or_address, address=_ABSENT, /):
        """sendto(data, address) or sendto(data, flags, address) -> count of bytes sent. See sendto(2)."""
        request: _calls.Request
        view: Py_buffer
        flags = 0 if address is _ABSENT else flags_or_address
        target = flags_or_address if address is _ABSENT else address
        request.flags = as_int(flags) | self.state.send_flags
        storage: libc.sockaddr_storage
        request.address = cython.address(storage)
        request.address_length = _addresses.given(cython.address(self.state), request.address, target, "sendto")
        audit_address("socket.sendto", self, target)
        get_buffer(data, cython.address(view), False, "sendto() argument 1")
        try:
            request.data = view.buf
            request.size = view.len
            return _wait.perform(
                cython.address(self.state),
                _calls.sendto,
                cython.address(request),
                libc.POLLOUT,
                cython.NULL,
                target,
            )
        finally:
            PyBuffer_Release(cython.address(view))

    def sendmsg(self, buffers, ancdata=(), flags=0, address=None, /):
        """sendmsg(buffers[, ancdata[, flags[, address]]]) -> count of data bytes sent. See sendmsg(2).

        buffers is an iterable of bytes-like objects, ancdata one of (level, type, bytes-like) items.
        """
        flags_number: cython.int = as_int(flags)
        parts = as_tuple(buffers, "sendmsg() argument 1 must be an iterable")
        control: bytes = _cmsg.build(ancdata, SEVERAL_ITEMS)
        storage: libc.sockaddr_storage
        length: libc.socklen_t = 0
        if address is not None:
            length = _addresses.given(cython.address(self.state), cython.address(storage), address, "sendmsg")
        audit_address("socket.sendmsg", self, address)
        vector = Buffers()
        vector.hold(parts, False, "sendmsg() argument 1")
        return _message.send(
            cython.address(self.state),
            vector,
            control,
            flags_number | self.state.send_flags,
            cython.address(storage),
            length,
            address,
        )

    def sendmsg_afalg(self, msg=(), *, op=algorithm.ABSENT, iv=None, assoclen=algorithm.ABSENT, flags=0):
        """sendmsg_afalg([msg], *, op[, iv[, assoclen[, flags]]]) -> count of bytes sent to an AF_ALG socket.

        Sets operation, initialisation vector and length of associated data; see the kernel's crypto/userspace-if.
        """
        if self.state.family != AF_ALG:
            raise OSError("algset is only supported for AF_ALG")
        control: bytes = _cmsg.build(algorithm.items(op, iv, assoclen))
        flags_number: cython.int = as_int(flags)
        vector = Buffers()
        vector.hold(
            as_tuple(msg, "sendmsg_afalg() argument 1 must be an iterable"), False, "sendmsg_afalg() argument 1"
        )
        return _message.send(cython.address(self.state), vector, control, flags_number, cython.NULL, 0, None)


# Programs replace methods on berkeley.socket, never on this type: what the C API sees stays as it is.
python.make_immutable(socket)
