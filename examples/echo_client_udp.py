"""UDP echo client: sends one datagram, prints what comes back and stops the server (arguments: HOST PORT)."""

import sys

import berkeley as socket

HOST = sys.argv[1] if len(sys.argv) > 1 else 'localhost'  # where the server runs
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 50007  # the server's port
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.settimeout(5)  # a lost datagram is not sent again
    s.sendto(b'Hello, world', (HOST, PORT))
    data, addr = s.recvfrom(1024)
    s.sendto(b'', addr)
print('Received', repr(data))
