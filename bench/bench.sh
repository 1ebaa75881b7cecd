#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# bench.sh BUILD: what we claim, measured beside what one would use instead, in one
# run. Medians of seven; ratios to the first of each table. Gates nothing.

cd "$(dirname "$0")/.." || exit 1
build=${1:-build}
rounds=7
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

now() { date +%s%N; }

# median_of COMMAND...: nanoseconds of wall time
median_of()
{
	for _ in $(seq $rounds); do
		start=$(now)
		"$@" >/dev/null 2>&1 </dev/null
		echo $(($(now) - start))
	done | sort -n | sed -n "$(((rounds + 1) / 2))p"
}

first=
# row NAME COUNT NANOSECONDS
row()
{
	first=${first:-$(($3 / $2))}
	awk -v name="$1" -v each=$(($3 / $2)) -v first="$first" \
		'BEGIN { printf "  %-44s %12.2f us  %6.2f\n", name, each / 1000, each / first }'
}

printf '%s, %s processors, %s\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" \
	"$(nproc)" "$("$build/bin/shimproof" --version)"

# --- a process for every case, and what it costs
suite() { "$build/bin/shimproof" run --target "$build/lib/librefstack.so"; }
cases=$("$build/bin/shimproof" run --target "$build/lib/librefstack.so" --json "$tmp/r.json" >/dev/null
	jq '[.cases[] | select(.status == "completed")] | length' "$tmp/r.json")
processes() { for _ in $(seq "$cases"); do /bin/true; done; }
printf '\nThe suite, per case (%s cases)%34s ratio\n' "$cases" ""
row "shimproof run" "$cases" "$(median_of suite)"
row "shimproof run, with captures and reports" "$cases" "$(median_of "$build/bin/shimproof" run \
	--target "$build/lib/librefstack.so" --json "$tmp/r.json" --junit "$tmp/j.xml" --captures "$tmp/c")"
row "/bin/true from a shell: a process, no test" "$cases" "$(median_of processes)"

# --- decoding: the golden packets, over and over
times=2000
golden=tools/shimdump/golden
for name in handshake reap update recovery payload; do
	printf "$(awk -f $golden/hex2pcap.awk $golden/$name.hex)" >"$tmp/$name.pcap"
	tail -c +25 "$tmp/$name.pcap" >>"$tmp/once"
done
for _ in $(seq $times); do cat "$tmp/once"; done >"$tmp/often"
cat <(head -c 24 "$tmp/handshake.pcap") "$tmp/often" >"$tmp/big.pcap"
packets=$("$build/bin/shimdump" -r "$tmp/big.pcap" | wc -l)
first=
printf '\nReading a capture, per packet (%s packets)%22s ratio\n' "$packets" ""
row "shimdump, a line for each" "$packets" "$(median_of "$build/bin/shimdump" -nr "$tmp/big.pcap")"
row "shimdump -v, every field" "$packets" "$(median_of "$build/bin/shimdump" -vnr "$tmp/big.pcap")"
for tool in tcpdump tshark; do
	if command -v $tool >/dev/null; then
		row "$tool -nr (Shim6 undecoded or misread)" "$packets" "$(median_of $tool -nr "$tmp/big.pcap")"
	else
		echo "  $tool is not there"
	fi
done
