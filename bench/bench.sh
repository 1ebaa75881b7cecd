#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# bench.sh BUILD: what we claim, measured beside what one would use instead, in one
# run. Medians of seven for the suite, of five for captures, or of two where one run
# takes more than ten seconds; of tshark, which takes a minute, one. Ratios to the
# first of each table. Gates nothing.

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
suite() { "$build/bin/shimproof" run --target "$build/lib/librefstack.so" "$@"; }
reported() { suite --json "$tmp/r.json" --junit "$tmp/j.xml" --captures "$tmp/c"; }
cases=$(suite --json "$tmp/r.json" >/dev/null
	jq '[.cases[] | select(.status == "completed")] | length' "$tmp/r.json")
processes() { for _ in $(seq "$cases"); do /bin/true; done; }
printf '\nThe suite, per case (%s cases)%34s ratio\n' "$cases" ""
row "shimproof run" "$cases" "$(median_of suite)"
row "shimproof run, with captures and reports" "$cases" "$(median_of reported)"
row "/bin/true from a shell: a process, no test" "$cases" "$(median_of processes)"

# --- making addresses: beside the fastest SHA-1 that libcrypto has
printf '\n'
"$build/bin/hba"

# --- the reference stack; with the huge pages that a million contexts want
printf '\n'
GLIBC_TUNABLES=glibc.malloc.hugetlb=1 "$build/bin/translate"

# --- reading captures: beside the loop that libpcap's manual shows, which is what
# everything that reads through libpcap needs at least
times=5
decode=$build/bench
mkdir -p "$decode"

# capture NAME ARGUMENTS...: made once; the same arguments give the same octets
capture()
{
	local file=$decode/$1.pcap
	shift
	[ -e "$file" ] && return
	"$build/bin/generate" "$@" "$file.part" && mv "$file.part" "$file"
}

# reads NAME COMMAND...: a row of the table; a tool that fails has none
reads()
{
	local name=$1 usec kib status
	shift
	read -r usec kib status < <("$build/bin/measure" $times "$@")
	if [ "$status" != 0 ]; then
		printf '  %-34s not there yet: exit status %d\n' "$name" "$status"
		return
	fi
	loop=${loop:-$usec}
	awk -v name="$name" -v usec="$usec" -v kib="$kib" -v packets="$packets" -v loop="$loop" \
		'BEGIN { printf "  %-34s %9.3f s %9.3f us %9.2f %9.1f\n", name, usec / 1e6,
			 usec / packets, usec / loop, kib / 1024 }'
}

# reading NAME TITLE: a table
reading()
{
	local file=$decode/$1.pcap packets octets loop=
	read -r packets _ octets _ < <("$build/bin/loop" "$file")
	printf '\n%s: %s packets of %s octets\n' "$2" "$packets" $((octets / packets))
	printf '  %-34s %11s %12s %9s %9s\n' "" median "per packet" ratio "peak MiB"
	reads "libpcap, nothing done" "$build/bin/loop" "$file"
	reads "shimdump -T jsonl -r" "$build/bin/shimdump" -T jsonl -r "$file"
	reads "shimdump -r" "$build/bin/shimdump" -r "$file"
	reads "shimdump -T summary -r" "$build/bin/shimdump" -T summary -r "$file"
	reads "tcpdump -nn -r" tcpdump -nn -r "$file"
	reads "tcpdump -nn -r 'ip6 proto 140'" tcpdump -nn -r "$file" 'ip6 proto 140'
	if command -v tshark >/dev/null; then
		times=1 reads "tshark -T json -Y shim6 -r (once)" tshark -T json -Y shim6 -r "$file"
	else
		printf '  %-34s absent: not installed\n' "tshark -T json"
	fi
}

capture shim6 --packets 500000 --shim6-share 100 &&
	reading shim6 "Reading a capture of Shim6 alone"
capture mixed --packets 2000000 --shim6-share 10 &&
	reading mixed "Reading a capture with a tenth of Shim6"
printf '\n(tcpdump does not decode Shim6; tshark misreads its control messages.)\n'
