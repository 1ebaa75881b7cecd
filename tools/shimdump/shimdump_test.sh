#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# shimdump_test.sh BUILD: what golden decodes can't show: that JSON lines are as their
# schema says, that compressed captures and -w give the same packets, and how it
# ends. Speaks TAP.

cd "$(dirname "$0")/../.." || exit 1
build=${1:-build}
. scripts/tap.sh
shimdump=$build/bin/shimdump
traces=pcap/traces

golden() { printf "$(awk -f tools/shimdump/golden/hex2pcap.awk "tools/shimdump/golden/$1.hex")"; }

# --- JSON lines
for hex in tools/shimdump/golden/*.hex; do
	golden "$(basename "$hex" .hex)" >"$tmp/one.pcap"
	"$shimdump" -T jsonl -a -r "$tmp/one.pcap"
	"$shimdump" -T jsonl -v -r "$tmp/one.pcap"
done >"$tmp/lines" 2>"$tmp/log" # cut captures complain
for trace in $traces/*.pcap*; do "$shimdump" -T jsonl -av -r "$trace"; done >>"$tmp/lines"
jq -s . "$tmp/lines" >"$tmp/array.json" 2>"$tmp/log"
say $? "every line is JSON"
[ "$(jq length "$tmp/array.json")" = "$(wc -l <"$tmp/lines")" ] && [ "$(wc -l <"$tmp/lines")" -gt 100 ]
say $? "an object a line"
if [ -x /usr/bin/jsonschema ]; then
	jq '{ definitions, type: "array", items: del(.definitions) }' \
		specs/shimdump.schema.json >"$tmp/schema.json"
	/usr/bin/jsonschema -i "$tmp/array.json" "$tmp/schema.json" >"$tmp/log" 2>&1
	say $? "lines are as their schema says"
	for edit in 'del(.[0].time)' '.[0].layers[0].off = -1' '.[0].context = { id: 1 }' \
		'.[0].findings[0].severity = "bad"' '.[0].tag = 1'; do
		jq "$edit" "$tmp/array.json" >"$tmp/bad.json"
		/usr/bin/jsonschema -i "$tmp/bad.json" "$tmp/schema.json" >"$tmp/log" 2>&1
		say $((! $?)) "the schema refuses $edit"
	done
else
	echo "ok - lines are as their schema says # SKIP no /usr/bin/jsonschema"
fi
tag=$(golden handshake | "$shimdump" -T jsonl -r - | jq -r 'select(.packet == 1) | .layers[1].init_tag')
[ "$tag" = $((0x0123456789ab)) ]
say $? "a tag of 47 bits is one number"

# --- the same packets, by other ways
"$shimdump" -r $traces/kernel-neighbour.pcap >"$tmp/plain"
for packer in gzip zstd; do
	if ! command -v $packer >/dev/null; then
		echo "ok - compressed by $packer # SKIP no $packer"
		continue
	fi
	$packer -c $traces/kernel-neighbour.pcap | "$shimdump" -r - 2>"$tmp/log" | cmp -s - "$tmp/plain"
	say $? "compressed by $packer, from standard input"
done
"$shimdump" -w "$tmp/written.pcapng" -r $traces/kernel-neighbour.pcap >"$tmp/log" 2>&1 &&
	"$shimdump" -r "$tmp/written.pcapng" 2>"$tmp/log" | cmp -s - "$tmp/plain"
say $? "what -w has written is read again"
"$shimdump" -S -w - -r $traces/kernel-neighbour.pcap 2>"$tmp/log" | "$shimdump" -r - >"$tmp/two"
[ "$(wc -l <"$tmp/two")" = 2 ]
say $? "-w writes what is selected, to standard output, too"

# --- how it ends
golden broken | "$shimdump" --findings -r - >"$tmp/log" 2>&1
[ $? = 1 ] && grep -q 'error: bad checksum.*RFC 5533' "$tmp/log"
say $? "--findings ends with 1 where there are errors"
"$shimdump" --findings -r $traces/establishment.pcapng >"$tmp/log" 2>&1
say $? "--findings ends with 0 where there are none"
"$shimdump" -r $traces/establishment.pcapng >/dev/full 2>"$tmp/log"
[ $? = 3 ]
say $? "output that can't be written ends it with 3"
"$shimdump" -w /dev/full -r $traces/establishment.pcapng >"$tmp/log" 2>&1
[ $? = 3 ]
say $? "so does a file of -w"
"$shimdump" -i no-such-device >"$tmp/log" 2>&1
[ $? = 4 ] && [ "$(wc -l <"$tmp/log")" = 1 ]
say $? "a device that isn't there is told in one line, with 4"
head -c 1000 $traces/kernel-neighbour.pcap | "$shimdump" -r - >"$tmp/some" 2>"$tmp/log"
[ $? = 4 ] && [ -s "$tmp/some" ] && [ "$(wc -l <"$tmp/log")" = 1 ]
say $? "what comes before a cut is shown, and the cut is told, with 4"

# --- what can't be done together, and what is read while it comes
cp $traces/establishment.pcapng "$tmp/same.pcapng"
"$shimdump" -r "$tmp/same.pcapng" -w "$tmp/same.pcapng" 2>"$tmp/log"
[ $? = 2 ] && cmp -s "$tmp/same.pcapng" $traces/establishment.pcapng
say $? "a capture isn't written over itself"
: >"$tmp/early"
(cat $traces/establishment.pcapng; exec sleep 5) | "$shimdump" -l -r - >"$tmp/early" 2>"$tmp/log" &
pid=$!
waited=0
until [ "$(wc -l <"$tmp/early")" = 7 ] || [ $((waited += 1)) = 40 ]; do sleep 0.05; done
kill -INT $pid
wait $pid
[ $? = 0 ] && grep -q '^7 packets read, 7 shown$' "$tmp/log"
say $? "-l shows what a pipe has; SIGINT ends it, with totals, while the pipe is open"
"$shimdump" -T contexts --context 2 -r $traces/establishment.pcapng | cmp -s - /dev/null
say $? "-T contexts has contexts alone of which a packet is selected"
golden hba-proof | "$shimdump" --max-contexts 1 -r - 2>&1 >"$tmp/log" |
	grep -q '^and 1 context that had to be forgotten'
say $? "what had to be forgotten is said"
golden hba-proof | "$shimdump" -r - 2>&1 >"$tmp/log" | cmp -s - /dev/null
say $? "and nothing is, of what hadn't"
"$shimdump" -r $traces >"$tmp/log" 2>&1
[ $? = 4 ] && [ "$(wc -l <"$tmp/log")" = 1 ]
say $? "a folder is no capture, in one line, with 4"

# --- as root, in a network of our own
if [ "$(id -u)" != 0 ] || ! unshare -n true 2>"$tmp/log" || ! command -v ping >/dev/null; then
	echo "ok - devices # SKIP not root, or no ping"
	exit $failed
fi
cat >"$tmp/live.sh" <<END
ip link set lo up
ping -6 -i 0.05 ::1 >/dev/null & ping=\$!
"$shimdump" -i lo -w "$tmp/live.pcapng" >"$tmp/live" 2>"$tmp/log" & pid=\$!
sleep 0.6
grep -E '^(Uid|Gid|Groups)' /proc/\$pid/status >"$tmp/who"
wc -c <"$tmp/live.pcapng" >"$tmp/size"
kill -INT \$pid; wait \$pid; echo \$? >"$tmp/status"
kill \$ping
END
unshare -n sh "$tmp/live.sh"
[ "$(cat "$tmp/status")" = 0 ] &&
	grep -q 'packets captured, .* written, .* dropped by the kernel' "$tmp/log"
say $? "SIGINT ends a capture on a device with 0, and totals"
! grep -qw 0 "$tmp/who"
say $? "it was nobody, in no group of root's"
[ "$(cat "$tmp/size")" -gt 500 ]
say $? "what is captured gets into the file while packets keep coming"
[ "$("$shimdump" -r "$tmp/live.pcapng" 2>"$tmp/log" | grep -c echo)" -gt 3 ]
say $? "and can be read again"
exit $failed
