"""Shows that SOCK_NONBLOCK in the type makes the socket non-blocking and is not part of .type afterwards."""

import berkeley as socket

with socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as s:
    print('type', repr(s.type))
    print('blocking', s.getblocking())
    print('timeout', s.gettimeout())
