"""Answers one CAN frame: sends it back, and one of its own after it (argument: INTERFACE)."""

import struct
import sys

import berkeley as socket

INTERFACE = sys.argv[1] if len(sys.argv) > 1 else 'vcan0'

# struct can_frame of linux/can.h: the identifier, the length of the data, padding, and always 8 bytes for the data.
can_frame_fmt = '=IB3x8s'
can_frame_size = struct.calcsize(can_frame_fmt)


def build_can_frame(can_id, data):
    return struct.pack(can_frame_fmt, can_id, len(data), data)


def dissect_can_frame(frame):
    can_id, length, data = struct.unpack(can_frame_fmt, frame)
    return can_id, length, data[:length]


with socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW) as s:
    s.bind((INTERFACE,))
    print('Listening on', s.getsockname()[0], flush=True)
    frame, addr = s.recvfrom(can_frame_size)
    can_id, length, data = dissect_can_frame(frame)
    print(f'Received from {addr[0]}: can_id={can_id:x} length={length} data={data}')
    s.send(frame)
    s.send(build_can_frame(0x01, b'\x01\x02\x03'))
