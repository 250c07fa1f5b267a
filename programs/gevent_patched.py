"""gevent's monkey patch: blocking programs of the standard library, hundreds at once in greenlets of one thread."""

from gevent import monkey

monkey.patch_all()

import http.client
import http.server
import select
import socket
import socketserver
import ssl
import threading
import time
import urllib.request

import gevent
import gevent.pool
import gevent.server
import timed

LARGE = bytes(range(256)) * 8192


def echo(sock, address):
    while data := sock.recv(65_536):
        sock.sendall(data)


def conversation(sock):
    sending = gevent.spawn(sock.sendall, LARGE)
    got = bytearray()
    while len(got) < len(LARGE):
        got += sock.recv(65_536)
    sending.get()
    print("large", got == LARGE)
    sock.settimeout(0.1)
    try:
        sock.recv(1)
    except TimeoutError:
        print("nothing came")


def streams(server_context, client_context):
    with gevent.server.StreamServer(("127.0.0.1", 0), echo) as server:
        server.start()
        with socket.create_connection(server.address, timeout=10) as sock:
            conversation(sock)

        def one(number):
            with socket.create_connection(server.address, timeout=10) as sock:
                sock.sendall(b"%d" % number)
                return int(sock.recv(100))

        print("crowd", sum(gevent.pool.Pool(50).map(one, range(300))))
    with gevent.server.StreamServer(("127.0.0.1", 0), echo, ssl_context=server_context) as server:
        server.start()
        plain = socket.create_connection(server.address, timeout=10)
        with client_context.wrap_socket(plain, server_hostname="localhost") as sock:
            conversation(sock)
            print(sock.version())


class Hello(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        time.sleep(0.2)
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.path)))
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *arguments):
        pass


def web():
    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Hello) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        base = f"http://127.0.0.1:{server.server_port}"

        def one(number):
            with urllib.request.urlopen(f"{base}/{number}", timeout=10) as answer:
                return len(answer.read())

        began = time.monotonic()
        jobs = [gevent.spawn(one, number) for number in range(100)]
        print("pages", sum(job.get() for job in jobs), "at once", time.monotonic() - began < 10)
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        for number in range(3):
            connection.request("GET", f"/kept/{number}")
            print(connection.getresponse().read())
        connection.close()
        server.shutdown()
        thread.join()


def sockets():
    left, right = socket.socketpair()
    with left, right:
        gevent.spawn_later(0.05, left.sendall, b"later\n")
        print("select", select.select([right], [], [], 5)[0] == [right], right.makefile("rb").readline())
        with right.dup() as dup:
            left.sendall(b"again")
            print("duplicate", dup.recv(100))
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two,
    ):
        one.bind(("127.0.0.1", 0))
        two.sendto(b"datagram", one.getsockname())
        print(one.recvfrom(100)[0])
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
    try:
        socket.create_connection(address, timeout=5)
    except ConnectionRefusedError:
        print("refused")
    print("address", socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)[0][4])


def main(certificate, key, authority):
    print("patched", socket.socket.__module__, ssl.SSLSocket.__module__)
    server_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_context.load_cert_chain(certificate, key)
    streams(server_context, ssl.create_default_context(cafile=authority))
    web()
    sockets()


if __name__ == "__main__":
    timed.run(main)
