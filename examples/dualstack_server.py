"""Serves one client over IPv4 or IPv6 from one socket, or IPv4 alone where the system cannot (arguments: HOST PORT)."""

import sys

import berkeley as socket

HOST = sys.argv[1] if len(sys.argv) > 1 else ''  # '' is every local address
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8080  # 0 lets the system choose
addr = (HOST, PORT)
if socket.has_dualstack_ipv6():
    s = socket.create_server(addr, family=socket.AF_INET6, dualstack_ipv6=True)
else:
    s = socket.create_server(addr)
with s:
    print('Listening on port', s.getsockname()[1], flush=True)
    conn, peer = s.accept()
    with conn:
        print(s.family.name, 'socket connected by', peer[0])  # IPv4 clients appear as ::ffff:a.b.c.d
        while data := conn.recv(1024):
            conn.sendall(data)
