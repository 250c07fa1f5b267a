"""redis-py over TCP, TLS and AF_UNIX: pipelines, large values, a subscriber in a thread, waiting with a timeout."""

import socket

import redis
import timed

LARGE = b"\x00\xff" * (1 << 20)


def values(client):
    client.flushall()
    print("ping", client.ping())
    with client.pipeline(transaction=False) as pipeline:
        for number in range(2000):
            pipeline.set(f"key:{number}", number)
        print("set", all(pipeline.execute()))
    print("sum", sum(int(value) for value in client.mget([f"key:{number}" for number in range(2000)])))
    print("scanned", sum(1 for key in client.scan_iter(match="key:*", count=100)))
    for number in range(300):
        client.incr("counter", number)
    print("counter", client.get("counter"))
    client.set("large", LARGE)
    print("large", client.get("large") == LARGE, client.strlen("large"))


def subscription(client):
    heard = []
    with client.pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.subscribe(news=lambda message: heard.append(message["data"]))
        pubsub.get_message(timeout=5)
        thread = pubsub.run_in_thread(sleep_time=0.05)
        for number in range(100):
            client.publish("news", f"item {number}")
        client.publish("news", LARGE)
        while len(heard) < 101:
            thread.join(0.001)
        thread.stop()
        thread.join()
    print("heard", heard[0], heard[99], heard[100] == LARGE)


def waiting(client):
    print("nothing came", client.blpop("queue", timeout=0.1))
    client.rpush("queue", b"first", b"second")
    print("came", client.blpop("queue", timeout=5), client.llen("queue"))
    try:
        client.lpush("counter", 1)
    except redis.ResponseError as error:
        print("refused by the server", str(error).split()[0])


def failing(what, **options):
    client = redis.Redis(retry=redis.retry.Retry(redis.backoff.NoBackoff(), 1), **options)
    try:
        client.ping()
    except redis.RedisError as error:
        print(what, type(error).__name__)
    finally:
        client.close()


def failures(tls):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        failing("no answer", host="127.0.0.1", port=port, socket_timeout=0.1)
    failing("refused", host="127.0.0.1", port=port)
    failing("not trusted", host="127.0.0.1", port=tls, ssl=True)
    failing("no such socket", unix_socket_path="/no/such/socket")


def main(plain, tls, path, authority):
    ways = {
        "tcp": {"host": "127.0.0.1", "port": int(plain), "socket_keepalive": True},
        "tls": {"host": "127.0.0.1", "port": int(tls), "ssl": True, "ssl_ca_certs": authority},
        "unix": {"unix_socket_path": path},
    }
    for name, options in ways.items():
        print(name)
        with redis.Redis(socket_timeout=10, **options) as client:
            values(client)
            subscription(client)
            waiting(client)
    failures(int(tls))


if __name__ == "__main__":
    timed.run(main)
