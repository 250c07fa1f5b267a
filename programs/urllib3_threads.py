"""urllib3 from several threads at once, over TLS: one pool of connections, retries, timeouts, answers read in parts."""

import concurrent.futures
import hashlib
import io
import socket
import ssl

import timed
import urllib3

TIMEOUT = urllib3.Timeout(connect=5, read=10)


def fetch(pool, url):
    answer = pool.request("GET", url)
    return answer.status, hashlib.sha256(answer.data).hexdigest()[:16]


def threads(pool, base):
    urls = [f"{base}/small.txt", f"{base}/large.bin", f"{base}/echo?word"] * 10
    with concurrent.futures.ThreadPoolExecutor(8) as executor:
        answers = list(executor.map(lambda url: fetch(pool, url), urls))
    for answer in answers[:3]:
        print(*answer, answers.count(answer))


def streams(pool, base):
    answer = pool.request("GET", f"{base}/large.bin", preload_content=False)
    sizes = [len(part) for part in answer.stream(1 << 20)]
    answer.release_conn()
    print("stream", sum(sizes), max(sizes))
    answer = pool.request("GET", f"{base}/small.txt", preload_content=False)
    answer.auto_close = False
    with io.TextIOWrapper(io.BufferedReader(answer)) as lines:
        print("lines", sum(1 for line in lines))


def upload(pool, base):
    body = io.BytesIO(bytes(range(256)) * 8192)
    print("put", pool.request("PUT", f"{base}/up/urllib3", body=body).status)
    print("the same", pool.request("GET", f"{base}/up/urllib3").data == body.getvalue())
    print("deleted", pool.request("DELETE", f"{base}/up/urllib3").status)


def failing(what, pool, url, **options):
    try:
        pool.request("GET", url, **options)
    except urllib3.exceptions.HTTPError as error:
        reason = getattr(error, "reason", None)
        print(what, type(error).__name__, type(reason).__name__)
    else:
        print(what, "did not fail")


def failures(pool, base):
    failing("busy", pool, f"{base}/busy", retries=urllib3.Retry(2, status_forcelist=[503], raise_on_status=True))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        failing("no answer", pool, f"http://{address}/", timeout=0.1, retries=1)
        failing("no handshake", pool, f"https://{address}/", timeout=0.1, retries=1)
    failing("refused", pool, f"http://{address}/", retries=1)
    with urllib3.PoolManager(retries=False) as stranger:
        failing("not trusted", stranger, f"{base}/small.txt")


def main(tls, plain, authority):
    context = ssl.create_default_context(cafile=authority)
    options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    with urllib3.PoolManager(maxsize=8, ssl_context=context, timeout=TIMEOUT, socket_options=options) as pool:
        for base in (tls, plain):
            threads(pool, base)
            streams(pool, base)
            upload(pool, base)
        failures(pool, tls)


if __name__ == "__main__":
    timed.run(main)
