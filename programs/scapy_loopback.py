"""scapy on the loopback device: packets built, sent, sniffed and answered."""

import socket
import threading

import timed
from scapy.config import conf
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.sendrecv import AsyncSniffer, send, sendp, sniff, sr1

conf.verb = 0


def sniffed():
    """Every packet crosses the loopback device twice, out and in."""
    sniffer = AsyncSniffer(iface="lo", count=40, lfilter=lambda packet: UDP in packet)
    ready = threading.Event()
    sniffer.kwargs["started_callback"] = ready.set
    sniffer.start()
    ready.wait(10)
    for number in range(40):
        sendp(Ether() / IP(dst="127.0.0.1") / UDP(sport=1000 + number, dport=9) / (b"x" * number), iface="lo")
    sniffer.join(timeout=10)
    print("sniffed", len(sniffer.results), sorted({len(packet[UDP].payload) for packet in sniffer.results})[:5])


def layer_three():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(5)
        port = sock.getsockname()[1]
        query = IP(dst="127.0.0.1") / UDP(sport=1053, dport=port) / DNS(rd=1, qd=DNSQR(qname="example.test"))
        send(query)
        data, address = sock.recvfrom(1000)
        print("query", DNS(data).qd[0].qname, address)
        send([IP(dst="127.0.0.1") / UDP(sport=1054, dport=port) / bytes([number]) for number in range(50)])
        print("many", sum(sock.recv(100)[0] for number in range(50)))


def answered():
    ping = IP(dst="127.0.0.1") / ICMP(id=7, seq=1) / b"payload"
    answer = sr1(ping, timeout=5)
    print("ping", answer[ICMP].type, answer[ICMP].id, bytes(answer[ICMP].payload))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        open_port = sr1(IP(dst="127.0.0.1") / TCP(sport=2000, dport=port, flags="S", seq=1), timeout=5)
        print("open port", open_port[TCP].flags, open_port[TCP].ack)
    closed_port = sr1(IP(dst="127.0.0.1") / TCP(sport=2001, dport=port, flags="S", seq=1), timeout=5)
    print("closed port", closed_port[TCP].flags)
    print("no answer", sr1(IP(dst="127.0.0.1") / UDP(sport=2002, dport=9) / b"x", timeout=0.2, filter=None) is not None)


def silence():
    print("nothing there", len(sniff(iface="lo", timeout=0.2)))


def main():
    sniffed()
    layer_three()
    answered()
    silence()


if __name__ == "__main__":
    timed.run(main)
