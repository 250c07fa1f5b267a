"""Echo server on the first of IPv4 and IPv6 that can be bound (arguments: HOST PORT, an empty HOST for every address)."""

import sys

import berkeley as socket

HOST = (sys.argv[1] or None) if len(sys.argv) > 1 else None  # None is every local address
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 50007  # 0 lets the system choose
s = None
for res in socket.getaddrinfo(HOST, PORT, socket.AF_UNSPEC,
                              socket.SOCK_STREAM, 0, socket.AI_PASSIVE):
    af, socktype, proto, canonname, sa = res
    try:
        s = socket.socket(af, socktype, proto)
    except OSError as msg:
        s = None
        continue
    try:
        s.bind(sa)
        s.listen(1)
    except OSError as msg:
        s.close()
        s = None
        continue
    break
if s is None:
    print('could not open socket')
    sys.exit(1)
print('Listening on port', s.getsockname()[1], flush=True)
conn, addr = s.accept()
s.close()
with conn:
    print('Connected by', addr)
    while True:
        data = conn.recv(1024)
        if not data: break
        conn.send(data)
