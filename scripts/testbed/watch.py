# SPDX-License-Identifier: BSD-2-Clause
"""watch.py BUILD FOLDER ADDRESS PORT: two flows, and what cutting paths does to them.

Runs on host a of testbed.sh. A datagram and a line of a TCP stream go to the echo on
host b twenty times a second. Meanwhile paths are cut and mended, by lines to the
relays and back, on descriptors 3 and 4 for path 1, 5 and 6 for path 2. Prints a
timeline, and leaves it with a summary in FOLDER. Ends with 0 if both flows came back
after each cut and the stream is whole.
"""
import asyncio
import json
import os
import select
import subprocess
import sys
import time

from timeline import Timeline, path_of

EVERY = 0.05       # seconds between two datagrams, and two lines
PATIENCE = 60      # seconds that a flow has to come back in
QUIET = 2          # seconds between two acts


class Flow:
    """What was sent when, and what came back when; numbers count from 0."""

    def __init__(self, name):
        self.name, self.sent, self.back, self.broken = name, [], {}, None

    def came_back(self, number):
        if number < len(self.sent):
            self.back.setdefault(number, time.time())

    def back_since(self, moment):
        """When the first answer came to something sent after that moment; None: not yet."""
        first = next((n for n, at in enumerate(self.sent) if at > moment), len(self.sent))
        return min((at for n, at in self.back.items() if n >= first), default=None)

    def lost(self, start, end):
        return sum(1 for n, at in enumerate(self.sent) if start <= at < end and n not in self.back)


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, flow):
        self.flow = flow

    def datagram_received(self, data, addr):
        self.flow.came_back(int(data))


async def send_datagrams(flow, address, port):
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Datagrams(flow), remote_addr=(address, port))
    while True:
        flow.sent.append(time.time())
        transport.sendto(b"%d" % (len(flow.sent) - 1))
        await asyncio.sleep(EVERY)


async def send_lines(flow, writer):
    while True:
        flow.sent.append(time.time())
        writer.write(b"line %d of a stream\n" % (len(flow.sent) - 1))
        await asyncio.sleep(EVERY)


async def read_lines(flow, reader):
    """They have to come back as they are, all of them, in order."""
    expected = 0
    try:
        while line := await reader.readline():
            if line != b"line %d of a stream\n" % expected:
                flow.broken = "line %d came back as %r" % (expected, line)
                return
            flow.came_back(expected)
            expected += 1
        flow.broken = "it was closed"
    except OSError as error:
        flow.broken = str(error)


class Testbed:
    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.flows = [Flow("UDP"), Flow("TCP")]
        self.timeline = Timeline(build, folder)

    def order(self, paths, what, words):
        """Tells relays, and the timeline when they have done it."""
        for path in paths:
            orders, answers = 1 + 2 * path, 2 + 2 * path
            os.write(orders, what.encode() + b"\n")
            if not select.select([answers], [], [], PATIENCE)[0]:
                raise TimeoutError("the relay of path %d" % path)
            os.read(answers, 64)
        done = time.time()
        self.timeline.add(done, "net", words)
        return done

    def status(self, host):
        text = subprocess.run([self.build + "/bin/refstackd", "status", "--json", "--socket",
                               self.folder + "/" + host + ".sock"],
                              stdout=subprocess.PIPE, check=True).stdout
        return json.loads(text)

    def is_established(self):
        return any(c["state"] == "ESTABLISHED" for c in self.status("a")["contexts"])

    def path(self):
        """By which host a sends now."""
        return path_of(self.status("a")["contexts"][0]["local"])

    def addresses(self):
        return {host: {a["address"] for a in self.status(host)["addresses"]} for host in "ab"}

    async def wait_for(self, what, test, seconds):
        end = time.time() + seconds
        while not test():
            if time.time() > end:
                raise TimeoutError(what)
            await asyncio.sleep(EVERY)

    async def recovered(self, act, cut, since):
        """Waits until both flows are back from what was done at `since`."""
        for flow in self.flows:
            await self.wait_for("%s after: %s" % (flow.name, act),
                                lambda f=flow: f.broken or f.back_since(since), PATIENCE)
        if self.flows[1].broken:
            raise ConnectionError("the TCP stream broke: " + self.flows[1].broken)
        back = {f.name: f.back_since(since) for f in self.flows}
        for name, at in back.items():
            self.timeline.add(at, "a", name + " is back")
        await asyncio.sleep(1)  # answers still under way
        self.timeline.outage(act, since, back, self.flows[0].lost(cut - 1, back["UDP"]))

    async def play(self):
        await self.wait_for("a context", self.is_established, PATIENCE)
        await self.wait_for("the flows", lambda: all(len(f.back) > 20 for f in self.flows), PATIENCE)

        path = self.path()
        cut = self.order([path], "cut both", "path %d is cut, both ways" % path)
        await self.recovered("path cut, both ways", cut, cut)
        self.order([path], "mend", "path %d is back" % path)
        await asyncio.sleep(QUIET)

        path = self.path()
        cut = self.order([path], "cut a>b", "path %d is cut from a to b alone" % path)
        await self.recovered("path cut, one way", cut, cut)
        self.order([path], "mend", "path %d is back" % path)
        await asyncio.sleep(QUIET)

        cut = self.order([1, 2], "cut both", "both paths are cut, both ways")
        await asyncio.sleep(8)
        back = self.order([1], "mend", "path 1 is back")
        await self.recovered("both paths cut, one back after 8 s", cut, back)
        self.order([2], "mend", "path 2 is back")
        await asyncio.sleep(QUIET)


async def main(build, folder, address, port):
    testbed = Testbed(build, folder)
    udp, tcp = testbed.flows
    tasks = [asyncio.create_task(send_datagrams(udp, address, port))]
    reader, writer = await asyncio.wait_for(asyncio.open_connection(address, port), PATIENCE)
    tasks += [asyncio.create_task(send_lines(tcp, writer)),
              asyncio.create_task(read_lines(tcp, reader))]
    print("Paths are cut and mended now; that takes a minute ...\n", flush=True)
    try:
        await testbed.play()
        wrong = None
    except (TimeoutError, ConnectionError) as error:
        wrong = str(error) or type(error).__name__
    for task in tasks:
        task.cancel()
    testbed.timeline.finish(testbed.flows, testbed.addresses(), wrong)
    with open(os.path.join(folder, "status.json"), "w", encoding="utf-8") as file:
        json.dump(testbed.status("a"), file, indent=1)
    print(testbed.timeline.text(), end="")
    return 1 if wrong else 0


sys.exit(asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))))
