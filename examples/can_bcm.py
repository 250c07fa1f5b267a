"""Has the kernel's CAN broadcast manager send one frame every 100 ms for a while (arguments: INTERFACE SECONDS)."""

import struct
import sys
import time

import berkeley as socket

INTERFACE = sys.argv[1] if len(sys.argv) > 1 else 'vcan0'
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 5
CAN_ID = 0x123
INTERVAL = 100_000  # microseconds

# struct bcm_msg_head of linux/can/bcm.h: opcode, flags, count, ival1, ival2, can_id, nframes.
# An interval is a pair of C longs: seconds and microseconds.
HEAD = struct.Struct('@3I4l2I')
FRAME = struct.Struct('=IB3x8s')


def bcm_message(opcode, flags=0, interval=0, frames=()):
    # With a count of 0 the first interval is left out: ival2 is the cycle from the beginning.
    ival2 = divmod(interval, 1_000_000)
    head = HEAD.pack(opcode, flags, 0, 0, 0, *ival2, CAN_ID, len(frames))
    # The frames start at a multiple of 8 bytes.
    return head + bytes(-len(head) % 8) + b''.join(frames)


with socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_BCM) as s:
    s.connect((INTERFACE,))
    data = b'\x11\x22\x33'
    flags = socket.CAN_BCM_SETTIMER | socket.CAN_BCM_STARTTIMER
    s.send(bcm_message(socket.CAN_BCM_TX_SETUP, flags, INTERVAL, [FRAME.pack(CAN_ID, len(data), data)]))

    s.send(bcm_message(socket.CAN_BCM_TX_READ))
    status = s.recv(1024)
    opcode, _, _, _, _, seconds, microseconds, can_id, nframes = HEAD.unpack_from(status)
    if opcode == socket.CAN_BCM_TX_STATUS:
        print(f'Sending {nframes} frame with can_id={can_id:x} every {seconds + microseconds / 1e6} s', flush=True)

    time.sleep(SECONDS)
    s.send(bcm_message(socket.CAN_BCM_TX_DELETE))
