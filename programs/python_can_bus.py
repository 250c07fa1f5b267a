"""python-can on a virtual CAN interface: classic and FD frames, filters, cyclic sending by the kernel, a notifier."""

import logging
import threading

import can
import timed


def exchange(channel):
    with (
        can.Bus(channel, interface="socketcan", fd=True) as one,
        can.Bus(channel, interface="socketcan", fd=True, receive_own_messages=False) as other,
    ):
        for number in range(200):
            one.send(can.Message(arbitration_id=number, data=bytes([number]) * (number % 9), is_extended_id=False))
        came = [other.recv(5) for number in range(200)]
        print("standard", sum(message.arbitration_id for message in came), sum(message.dlc for message in came))
        one.send(can.Message(arbitration_id=0x1ABCDEF0, data=b"extended", is_extended_id=True))
        print(describe(other.recv(5)))
        one.send(can.Message(arbitration_id=0x123, is_remote_frame=True, dlc=4, is_extended_id=False))
        print(describe(other.recv(5)))
        one.send(can.Message(arbitration_id=0x123, data=bytes(range(64)), is_fd=True, bitrate_switch=True))
        print(describe(other.recv(5)))
        print("nothing came", other.recv(0.1))


def describe(message):
    kinds = ("is_extended_id", "is_remote_frame", "is_fd", "bitrate_switch")
    named = [kind for kind in kinds if getattr(message, kind)]
    return hex(message.arbitration_id), message.dlc, bytes(message.data).hex(), named, message.channel


def filters(channel):
    chosen = [{"can_id": 0x200, "can_mask": 0x700, "extended": False}]
    with (
        can.Bus(channel, interface="socketcan") as one,
        can.Bus(channel, interface="socketcan", can_filters=chosen) as other,
    ):
        for number in range(0x100, 0x400, 0x10):
            one.send(can.Message(arbitration_id=number, is_extended_id=False))
        heard = [message.arbitration_id for message in iter(lambda: other.recv(0.2), None)]
        print("filtered", len(heard), hex(min(heard)), hex(max(heard)))


def cyclic(channel):
    with can.Bus(channel, interface="socketcan") as one, can.Bus(channel, interface="socketcan") as other:
        message = can.Message(arbitration_id=0x321, data=b"\x01", is_extended_id=False)
        task = one.send_periodic(message, 0.02)
        print("cyclic", sorted({other.recv(5).data[0] for number in range(5)}))
        message.data[0] = 2
        task.modify_data(message)
        while other.recv(5).data[0] != 2:
            pass
        print("changed", other.recv(5).data[0])
        task.stop()
        while other.recv(0.2):
            pass
        print("stopped", other.recv(0.1))


def notified(channel):
    done, heard = threading.Event(), []

    def listener(message):
        heard.append(message.arbitration_id)
        if len(heard) == 100:
            done.set()

    with can.Bus(channel, interface="socketcan") as one, can.Bus(channel, interface="socketcan") as other:
        notifier = can.Notifier(other, [listener])
        for number in range(100):
            one.send(can.Message(arbitration_id=number, is_extended_id=False))
        print("notified", done.wait(10), heard == list(range(100)))
        notifier.stop()


def failures(channel):
    logging.getLogger("can").addHandler(logging.NullHandler())
    try:
        can.Bus("nosuchcan", interface="socketcan")
    except OSError as error:
        print("no such interface", error.errno)
    with can.Bus(channel, interface="socketcan") as bus:
        try:
            bus.send(can.Message(arbitration_id=1, data=bytes(64), is_fd=True))
        except can.CanOperationError as error:
            print("not an FD bus", error.error_code)


def main(channel):
    exchange(channel)
    filters(channel)
    cyclic(channel)
    notified(channel)
    failures(channel)


if __name__ == "__main__":
    timed.run(main)
