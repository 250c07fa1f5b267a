"""Lists where a TCP client of a host would connect to, one line per address (arguments: HOST PORT)."""

import sys

import berkeley as socket

HOST = sys.argv[1] if len(sys.argv) > 1 else 'localhost'
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 80
for family, socktype, proto, canonname, sockaddr in socket.getaddrinfo(HOST, PORT, proto=socket.IPPROTO_TCP):
    print(family.name, socktype.name, proto, repr(canonname), sockaddr)
