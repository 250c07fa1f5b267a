"""IPv4 echo server: returns everything one client sends, then ends (arguments: HOST PORT)."""

import sys

import berkeley as socket

HOST = sys.argv[1] if len(sys.argv) > 1 else ''  # '' is every local address
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 50007  # 0 lets the system choose
with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
    s.bind((HOST, PORT))
    s.listen(1)
    print('Listening on port', s.getsockname()[1], flush=True)
    conn, addr = s.accept()
    with conn:
        print('Connected by', addr)
        while True:
            data = conn.recv(1024)
            if not data: break
            conn.sendall(data)
