# SPDX-License-Identifier: BSD-2-Clause
"""relay.py DEVICE-A DEVICE-B: a path between two Ethernets that can be cut.

Frames go from one device to the other, both ways, until a line on standard input
says otherwise: "cut both", "cut a>b", "cut b>a", "mend", each answered when it is done.
Neither end is told: a path that breaks far away does not take the carrier down. Ends
with its input.
"""
import os
import select
import socket
import sys

ETH_P_ALL = 3
PACKET_IGNORE_OUTGOING = 23
SOL_PACKET = 263
ORDERS = {"cut both": {"a>b", "b>a"}, "cut a>b": {"a>b"}, "cut b>a": {"b>a"}, "mend": set()}


def port(device):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    s.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    s.bind((device, ETH_P_ALL))
    # Frames for stations that aren't the device's own, too.
    mreq = socket.if_nametoindex(device).to_bytes(4, sys.byteorder) + bytes([1, 0, 6, 0]) + bytes(8)
    s.setsockopt(SOL_PACKET, 1, mreq)
    s.setblocking(False)
    return s


def forward(come, go):
    """All that has come; what can't go on is lost, as on any path. go None: cut."""
    while True:
        try:
            frame = come.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            continue
        if go:
            try:
                go.send(frame)
            except OSError:
                pass


def main():
    a, b = port(sys.argv[1]), port(sys.argv[2])
    cut = set()
    print("relay", flush=True)
    while True:
        ready, _, _ = select.select([a, b, 0], [], [])
        if 0 in ready:
            lines = os.read(0, 4096).decode().splitlines()
            if not lines:
                return
            cut = ORDERS[lines[-1]]
            print(lines[-1], flush=True)
        if a in ready:
            forward(a, None if "a>b" in cut else b)
        if b in ready:
            forward(b, None if "b>a" in cut else a)


main()
