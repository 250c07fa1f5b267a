"""AF_UNIX echo client: sends one message and prints what comes back (argument: PATH)."""

import sys

import berkeley as socket

PATH = sys.argv[1] if len(sys.argv) > 1 else '/tmp/berkeley-echo'
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
    s.connect(PATH)
    s.sendall(b'Hello, world')
    data = s.recv(1024)
print('Received', repr(data))
