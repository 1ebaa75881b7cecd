#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# traces_test.sh BUILD: shimdump prints of every trace what stands beside it, and those
# that record makes are made the same again. Speaks TAP.

cd "$(dirname "$0")/../.." || exit 1
here=pcap/traces
build=${1:-build}
. scripts/tap.sh
for trace in "$here"/*.pcap*; do
	name=$(basename "$trace")
	"$build/bin/shimdump" -vr "$trace" 2>&1 | diff "$here/${name%.*}.txt" - >"$tmp/log"
	say $? "$name"
done

"$build/bin/record" "$tmp"
for made in "$tmp"/*.pcapng; do
	name=$(basename "$made")
	cmp "$made" "$here/$name" >"$tmp/log" 2>&1
	say $? "$name is the same when it is made again"
done
exit $failed
