"""The 1.x document's echo client: sends one text and prints what comes back (arguments: HOST PORT)."""

import sys
from berkeley.classic import *

HOST = sys.argv[1] if len(sys.argv) > 1 else 'localhost'  # where the server runs
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 50007  # the server's port
s = socket(AF_INET, SOCK_STREAM)
s.connect(HOST, PORT)
s.send('Hello, world')
data = s.recv(1024)
s.close()
print('Received', repr(data))
