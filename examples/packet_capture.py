"""Captures one UDP datagram on an interface with AF_PACKET, the Linux way to sniff (argument: INTERFACE; needs CAP_NET_RAW)."""

import sys

import berkeley as socket

INTERFACE = sys.argv[1] if len(sys.argv) > 1 else 'lo'
MESSAGE = b'a datagram to be captured'
KINDS = {socket.PACKET_HOST: 'to this host', socket.PACKET_OUTGOING: 'outgoing'}

# SOCK_DGRAM leaves out the link-layer header: the data starts with the IP header.
# The protocol comes with bind(), which takes it in host byte order.
with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as capture, \
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
    capture.bind((INTERFACE, socket.ETHERTYPE_IP))
    receiver.bind(('127.0.0.1', 0))
    receiver.sendto(MESSAGE, receiver.getsockname())
    packet, address = capture.recvfrom(65535)
    while not packet.endswith(MESSAGE):
        packet, address = capture.recvfrom(65535)
ifname, protocol, pkttype, hatype, hwaddr = address
print('interface', ifname)
print('protocol', hex(protocol))
print('packet type', pkttype, KINDS.get(pkttype, ''))
print('hardware', hatype, hwaddr.hex(':'))
print('IP protocol', packet[9], 'payload', packet[28:])
