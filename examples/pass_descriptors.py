"""Passes the two ends of a pipe to another process, with helpers made of sendmsg() and recvmsg()."""

import array
import os

import berkeley as socket


def send_fds(sock, msg, fds):
    return sock.sendmsg([msg], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))])


def recv_fds(sock, msglen, maxfds):
    fds = array.array('i')
    msg, ancdata, flags, addr = sock.recvmsg(msglen, socket.CMSG_LEN(maxfds * fds.itemsize))
    for cmsg_level, cmsg_type, cmsg_data in ancdata:
        if cmsg_level == socket.SOL_SOCKET and cmsg_type == socket.SCM_RIGHTS:
            # A cut message can end inside an int: keep the whole ones.
            fds.frombytes(cmsg_data[:len(cmsg_data) - (len(cmsg_data) % fds.itemsize)])
    return msg, list(fds)


def write_into_received_pipe(sock):
    msg, (read_end, write_end) = recv_fds(sock, 100, 2)
    print('Process two received', msg, 'with 2 descriptors', flush=True)
    os.write(write_end, b'written by process two')


parent, child = socket.socketpair()
with parent, child:
    pid = os.fork()
    if pid == 0:
        write_into_received_pipe(child)
        os._exit(0)
    read_end, write_end = os.pipe()
    sent = send_fds(parent, b'a pipe', [read_end, write_end])
    os.close(write_end)
    _, status = os.waitpid(pid, 0)
    print('Process one sent', sent, 'bytes and reads', os.read(read_end, 100))
    os.close(read_end)
raise SystemExit(os.waitstatus_to_exitcode(status))
