# SPDX-License-Identifier: BSD-2-Clause
"""What happened when, from all who know: who cut the paths, the flows, what both
refstackds have logged, and the Probes in the captures."""
import json
import os
import subprocess

# What of a daemon's log is of interest here, and in which words.
DESCRIBE = {
    "state": lambda e: "context: %s -> %s" % (e["from"], e["to"]),
    "reap": lambda e: "REAP: %s -> %s" % (e["from"], e["to"]),
    "pair": lambda e: "sends by path %d now" % path_of(e["local"]),
}
PROBE_STATES = ["operational", "exploring", "inbound ok"]  # RFC 5534 5.2


def path_of(locator):
    """Path 2 has the prefix 2001:db8:0:2::/64."""
    return int(locator.split(":")[3])


class Timeline:
    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.rows, self.outages = [], []

    def add(self, at, who, what):
        self.rows.append((at, who, what))

    def outage(self, act, since, back, lost):
        """since: what the times to recovery count from; back: when the flows were."""
        recovery = {name: round(at - since, 3) for name, at in back.items()}
        self.outages.append({"act": act, "recovery": recovery, "lost": lost})

    # --- from the daemons

    def add_log(self, host):
        """Times there count from the daemon's start, which it says first."""
        start = 0
        with open(os.path.join(self.folder, host + ".log"), encoding="utf-8") as log:
            for line in log:
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                if event["event"] == "start":
                    start = event["unix"]
                if event["event"] in DESCRIBE:
                    self.add(start + event["time"], host, DESCRIBE[event["event"]](event))

    # --- from the captures

    def probes(self, device):
        """Those that went by there: {nonce: (time, source, state)}."""
        lines = subprocess.run([self.build + "/bin/shimdump", "-T", "jsonl", "--type", "probe",
                                "-r", os.path.join(self.folder, device + ".pcap")],
                               stdout=subprocess.PIPE, check=True).stdout.splitlines()
        found = {}
        for packet in map(json.loads, lines):
            ip, probe = packet["layers"][0], packet["layers"][-1]
            found[probe["sent"][0]["nonce"]] = (packet["time"], ip["src"], probe["state"])
        return found

    def add_probes(self, addresses):
        """One that the other end of its path has not seen was lost."""
        for path in 1, 2:
            here, there = (self.probes("%s%d" % (host, path)) for host in "ab")
            for nonce, (at, source, state) in {**there, **here}.items():
                sender, seen = ("a", there) if source in addresses["a"] else ("b", here)
                self.add(at, sender, "Probe by path %d: %s%s" % (
                    path, PROBE_STATES[state], "" if nonce in seen else ", lost"))

    # --- all together

    def finish(self, flows, addresses, wrong):
        for host in "ab":
            self.add_log(host)
        self.add_probes(addresses)
        self.rows.sort()
        self.result = {
            "outages": self.outages,
            "flows": {f.name: {"sent": len(f.sent), "back": len(f.back)} for f in flows},
            "wrong": wrong,
        }
        with open(os.path.join(self.folder, "summary.json"), "w", encoding="utf-8") as file:
            json.dump(self.result, file, indent=1)
        with open(os.path.join(self.folder, "timeline.txt"), "w", encoding="utf-8") as file:
            file.write(self.text())

    def text(self):
        begin = min((row[0] for row in self.rows), default=0)
        lines = ["seconds  who  what"]
        lines += ["%7.3f  %-3s  %s" % (at - begin, who, what) for at, who, what in self.rows]
        lines += ["", "%-36s  %10s  %10s  %s" % ("", "UDP back", "TCP back", "datagrams lost")]
        for o in self.outages:
            lines.append("%-36s  %8.2f s  %8.2f s  %14d" % (
                o["act"], o["recovery"]["UDP"], o["recovery"]["TCP"], o["lost"]))
        flows = self.result["flows"]
        lines += ["", "TCP sends again when its own timer says so, which doubles each time.", "",
                  "UDP: %(sent)d datagrams sent, %(back)d came back" % flows["UDP"],
                  "TCP: %(sent)d lines sent, %(back)d came back, in order" % flows["TCP"]]
        if self.result["wrong"]:
            lines.append("FAILED: " + self.result["wrong"])
        return "\n".join(lines) + "\n"
