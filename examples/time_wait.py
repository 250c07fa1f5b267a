"""Binds a port again while TIME_WAIT holds it: refused, unless both runs set SO_REUSEADDR (argument: HOST)."""

import sys

import berkeley as socket

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'


def serve_one_client(port, reuse):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        if reuse:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((HOST, port))
        s.listen(1)
        address = s.getsockname()
        with socket.create_connection(address) as client:
            conn, _ = s.accept()
            conn.close()  # the side that closes first is the one left in TIME_WAIT
            client.recv(1)
    return address[1]


def serve_again(title, first, second):
    port = serve_one_client(0, first)
    try:
        serve_one_client(port, second)
        print(title, 'served port', port, 'again')
    except OSError as error:
        print(title, 'port', port, 'is refused: errno', error.errno)


serve_again('Without the option,', first=False, second=False)
serve_again('With the option on the second run only,', first=False, second=True)
serve_again('With the option on both runs,', first=True, second=True)
