"""dnspython to a resolver: UDP, TCP, answers that are cut off, many queries at once, errors, asyncio."""

import asyncio
import socket

import dns.asyncquery
import dns.asyncresolver
import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.resolver
import timed

HOST = "127.0.0.1"
NAMES = [f"host{number}.example.test" for number in range(10, 60)]


def records(resolver):
    for name, kind in [
        ("www.example.test", "A"),
        ("www.example.test", "AAAA"),
        ("alias.example.test", "A"),
        ("example.test", "MX"),
        ("_echo._tcp.example.test", "SRV"),
        ("short.example.test", "TXT"),
    ]:
        print(name, kind, sorted(record.to_text() for record in resolver.resolve(name, kind)))
    print("many", sorted(resolver.resolve(name)[0].to_text() for name in NAMES)[-1])
    print("over TCP", [record.to_text() for record in resolver.resolve("www.example.test", tcp=True)])


def messages(port):
    query = dns.message.make_query("long.example.test", "TXT")
    try:
        dns.query.udp(query, HOST, timeout=5, port=port, raise_on_truncation=True)
    except dns.message.Truncated as error:
        print("cut off", len(error.message().answer))
    answer, by_tcp = dns.query.udp_with_fallback(query, HOST, timeout=5, port=port)
    print("asked again over TCP", by_tcp, sum(len(text) for text in answer.answer[0][0].strings))
    with socket.create_connection((HOST, port), timeout=5) as sock:
        for name in NAMES:
            answer = dns.query.tcp(dns.message.make_query(name, "A"), HOST, timeout=5, port=port, sock=sock)
    print("last over one connection", answer.answer[0][0].to_text())


def failures(resolver, port):
    for name, kind in [("missing.example.test", "A"), ("www.example.test", "MX"), ("elsewhere.test", "A")]:
        try:
            resolver.resolve(name, kind)
        except dns.exception.DNSException as error:
            print(name, kind, type(error).__name__)
    query = dns.message.make_query("www.example.test", "A")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HOST, 0))
        try:
            dns.query.udp(query, HOST, timeout=0.2, port=silent.getsockname()[1])
        except dns.exception.Timeout:
            print("no answer")
    with socket.create_server((HOST, 0)) as closed:
        unused = closed.getsockname()[1]
    try:
        dns.query.tcp(query, HOST, timeout=5, port=unused)
    except ConnectionRefusedError:
        print("refused")


async def at_once(port):
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [HOST], port
    answers = await asyncio.gather(*(resolver.resolve(name, "A") for name in NAMES))
    print("at once", len(answers), answers[-1][0].to_text())
    query = dns.message.make_query("long.example.test", "TXT")
    answer, by_tcp = await dns.asyncquery.udp_with_fallback(query, HOST, timeout=5, port=port)
    print("asked again over TCP", by_tcp, dns.rcode.to_text(answer.rcode()))


def main(port):
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port, resolver.lifetime = [HOST], int(port), 5
    records(resolver)
    messages(int(port))
    failures(resolver, int(port))
    asyncio.run(at_once(int(port)))


if __name__ == "__main__":
    timed.run(main)
