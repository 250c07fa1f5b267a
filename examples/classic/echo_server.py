"""The 1.x document's echo server: returns everything one client sends, then ends (arguments: HOST PORT)."""

import sys
from berkeley.classic import *

HOST = sys.argv[1] if len(sys.argv) > 1 else ''  # '' is every local address
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 50007  # 0 lets the system choose
s = socket(AF_INET, SOCK_STREAM)
s.bind(HOST, PORT)
s.listen(1)
print('Listening on port', s.getsockname()[1], flush=True)
conn, addr = s.accept()
print('Connected by', addr)
while 1:
    data = conn.recv(1024)
    if not data: break
    conn.send(data)
conn.close()
s.close()
