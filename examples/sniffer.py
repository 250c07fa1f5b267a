"""Prints one packet that this host sends or receives: on Windows, as an administrator (argument: ADDRESS)."""

import sys

import berkeley as socket

# The address of the interface to listen on, by default the one that the name of the host stands for.
ADDRESS = sys.argv[1] if len(sys.argv) > 1 else socket.gethostbyname(socket.gethostname())

with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IP) as s:
    s.bind((ADDRESS, 0))
    # Packets come with their IP header.
    s.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)
    # The interface hands over every packet, not only those for this host.
    s.ioctl(socket.SIO_RCVALL, socket.RCVALL_ON)
    try:
        packet, sender = s.recvfrom(65565)
        print(f"Received {len(packet)} bytes from {sender[0]}: {packet!r}")
    finally:
        s.ioctl(socket.SIO_RCVALL, socket.RCVALL_OFF)
