"""AF_UNIX echo server: returns everything one client sends, then ends and removes its path (argument: PATH)."""

import os
import sys

import berkeley as socket

PATH = sys.argv[1] if len(sys.argv) > 1 else '/tmp/berkeley-echo'
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
    s.bind(PATH)
    s.listen(1)
    print('Listening on', s.getsockname(), flush=True)
    conn, addr = s.accept()
    with conn:
        print('Connected by', repr(addr))  # '' unless the client has a name of its own
        while True:
            data = conn.recv(1024)
            if not data: break
            conn.sendall(data)
os.unlink(PATH)  # close() leaves the name behind
