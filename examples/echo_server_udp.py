"""UDP echo server: returns datagrams to whoever sent them until an empty one comes (arguments: HOST PORT)."""

import sys

import berkeley as socket

HOST = sys.argv[1] if len(sys.argv) > 1 else ''  # '' is every local address
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 50007  # 0 lets the system choose
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind((HOST, PORT))
    print('Listening on port', s.getsockname()[1], flush=True)
    while True:
        data, addr = s.recvfrom(1024)
        if not data: break
        print('Datagram from', addr)
        s.sendto(data, addr)
