"""IPv4 echo client: sends one message and prints what comes back (arguments: HOST PORT)."""

import sys

import berkeley as socket

HOST = sys.argv[1] if len(sys.argv) > 1 else 'localhost'  # where the server runs
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 50007  # the server's port
with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
    s.connect((HOST, PORT))
    s.sendall(b'Hello, world')
    data = s.recv(1024)
print('Received', repr(data))
