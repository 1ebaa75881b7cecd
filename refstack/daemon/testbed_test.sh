#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# testbed_test.sh BUILD: what `make testbed` shows, held against bounds: datagrams and a
# TCP stream of the kernel's come back after each path that is cut, in time, and nothing
# of the stream is lost. The bounds are wide, for machines that have other things to do.
# Speaks TAP; needs root.

build=${1:-build}

skip() { echo "ok - the testbed # SKIP $1"; exit 0; }

[ "$(id -u)" = 0 ] || skip "making network namespaces needs root"
[ -c /dev/net/tun ] || skip "there is no /dev/net/tun"
for tool in ip tcpdump python3 jq; do
	command -v $tool >/dev/null || skip "there is no $tool"
done
probe=shimd-t-$$
ip netns add $probe 2>/dev/null || skip "no network namespace can be made here"
ip -n $probe link add shimd0 type veth peer name shimd1 2>/dev/null
made=$?
ip netns del $probe
[ $made = 0 ] || skip "no pair of veth can be made here"

cd "$(dirname "$0")/../.." || exit 1
. scripts/tap.sh
evidence="$tmp/*.log $tmp/bed/*.log"

timeout -k 20 400 scripts/testbed.sh "$build" "$tmp/bed" >"$tmp/testbed.log" 2>&1
say $? "the testbed runs to its end" || exit 1
summary=$tmp/bed/summary.json

# holds JQ-EXPRESSION WHAT
holds()
{
	jq -e "$1" "$summary" >"$tmp/jq.log" 2>&1
	say $? "$2"
}
holds '.wrong == null' "nothing went wrong"
holds '.outages | length == 3' "three outages"
holds '.outages[0].recovery | .UDP > 2 and .UDP < 20' \
	"a path cut both ways: datagrams are back after the Send Timeout and some Probes"
holds '.outages[1].recovery | .UDP > 2 and .UDP < 25' "a path cut one way: the same"
holds '.outages[2].recovery | .UDP < 25' "both paths cut: they are back soon after one is"
holds 'all(.outages[]; .recovery.TCP < 60)' "the TCP stream comes back each time"
holds 'all(.outages[]; .lost > 20)' "datagrams were lost meanwhile, so the cuts were real"
holds '.flows.TCP | .back > .sent - 100' "of the TCP stream nothing is lost"
for wanted in 'net  path . is cut, both ways' 'REAP: Operational -> Exploring' 'Probe by path .: exploring, lost' \
	'sends by path . now' 'UDP is back' 'TCP is back'; do
	grep -q "$wanted" "$tmp/bed/timeline.txt"
	say $? "the timeline has \"$wanted\""
done

# --- the files, by their schemas
# valid SCHEMA FILE: all of it, or each of its lines
valid()
{
	if ! [ -x /usr/bin/jsonschema ]; then
		echo "ok - $2 is as its schema says # SKIP no /usr/bin/jsonschema"
		return
	fi
	jq -s . "$tmp/bed/$2" >"$tmp/array.json" &&
		jq '{ definitions, type: "array", items: del(.definitions) }' \
			"specs/refstackd-$1.schema.json" >"$tmp/schema.json" &&
		/usr/bin/jsonschema -i "$tmp/array.json" "$tmp/schema.json" >"$tmp/schema.log" 2>&1
	say $? "$2 is as its schema says"
}
valid config a.json
valid log a.log
valid log b.log
valid status status.json

# --- what is left for shimdump
for device in a1 a2 b1 b2; do
	"$build/bin/shimdump" -r "$tmp/bed/$device.pcap" --findings >"$tmp/findings.log" 2>&1 &&
		[ "$("$build/bin/shimdump" -r "$tmp/bed/$device.pcap" -S 2>/dev/null | wc -l)" -gt 5 ]
	say $? "the capture of $device has Shim6 in it, and shimdump finds no errors"
done
"$build/bin/shimdump" -r "$tmp/bed/a1.pcap" -T contexts >"$tmp/contexts.log" 2>&1
grep -q '^context 1, established' "$tmp/contexts.log" && grep -q 'outage .*resumed' "$tmp/contexts.log"
say $? "shimdump shows the context and its outages"
exit $failed
