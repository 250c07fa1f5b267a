"""requests to a web server with TLS: downloads, uploads, redirects, and what a client has to expect to go wrong."""

import hashlib
import socket

import requests
import timed

LARGE = b"0123456789abcdef" * (1 << 18)  # 4 MiB


def digest(parts):
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part)
    return sha.hexdigest()[:16]


def downloads(session, base):
    answer = session.get(f"{base}/small.txt", timeout=10)
    print("small", answer.status_code, len(answer.content), answer.headers.get("Content-Encoding"))
    with session.get(f"{base}/large.bin", stream=True, timeout=10) as answer:
        print("large", answer.headers["Content-Length"], digest(answer.iter_content(100_000)))
    answer = session.get(f"{base}/large.bin", headers={"Range": "bytes=1000-1999"}, timeout=10)
    print("range", answer.status_code, answer.headers["Content-Range"], digest([answer.content]))
    with session.get(f"{base}/large.bin", stream=True, timeout=10) as answer:
        print("abandoned after", len(answer.raw.read(1000)))


def uploads(session, base):
    print("put", session.put(f"{base}/up/bytes", data=LARGE, timeout=10).status_code)
    chunks = (LARGE[start : start + 65_536] for start in range(0, len(LARGE), 65_536))
    print("put in chunks", session.put(f"{base}/up/chunks", data=chunks, timeout=10).status_code)
    for name in ("bytes", "chunks"):
        same = session.get(f"{base}/up/{name}", timeout=10).content == LARGE
        print(name, same, session.delete(f"{base}/up/{name}", timeout=10).status_code)


def small_requests(session, base):
    for number in range(50):
        answer = session.get(f"{base}/echo", params={"n": number}, headers={"X-Word": "word"}, timeout=10)
    print("last of many", answer.text.strip())
    moved = session.get(f"{base}/moved", timeout=10)
    print("moved", [step.status_code for step in moved.history], moved.status_code, len(moved.content))
    print("missing", session.get(f"{base}/missing", timeout=10).status_code)


def failing(what, url, **options):
    try:
        requests.get(url, **options)
    except requests.RequestException as error:
        print(what, type(error).__name__)
    else:
        print(what, "did not fail")


def failures(base, authority):
    failing("not trusted", f"{base}/small.txt", timeout=10)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        failing("no answer", f"http://{address}/", timeout=0.2)
        failing("no handshake", f"https://{address}/", timeout=0.2, verify=authority)
    failing("refused", f"http://{address}/", timeout=10)


def main(tls, plain, authority):
    for base in (tls, plain):
        with requests.Session() as session:
            session.trust_env = False
            session.verify = authority
            downloads(session, base)
            uploads(session, base)
            small_requests(session, base)
    failures(tls, authority)


if __name__ == "__main__":
    timed.run(main)
