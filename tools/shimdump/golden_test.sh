#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# golden_test.sh [BINARY]                 every case of golden/TESTLIST
# golden_test.sh --update NAME [BINARY]   take what NAME prints now as right
#
# BINARY is $SHIMDUMP or build/bin/shimdump if it isn't given. A line of
# TESTLIST: name, capture (golden/CAPTURE.hex; - for none), options. Expected
# is golden/NAME.out: what is printed, then the exit status unless it is 0.

set -u
golden=$(dirname "$0")/golden

update=
if [ "${1-}" = --update ]; then
	update=${2:?which case?}
	shift 2
fi
shimdump=${1:-${SHIMDUMP:-build/bin/shimdump}}
[ -x "$shimdump" ] || { echo "golden_test.sh: $shimdump: not a program" >&2; exit 2; }

# The capture on standard input, so that no message has a path in it.
dump() {
	capture=$1
	shift
	if [ "$capture" = - ]; then
		"$shimdump" "$@" </dev/null
	else
		printf "$(awk -f "$golden/hex2pcap.awk" "$golden/$capture.hex")" |
			"$shimdump" -r - "$@"
	fi 2>&1
	status=$?
	[ $status = 0 ] || echo "exit status $status"
}

got=$(mktemp) || exit 2
trap 'rm -f "$got"' EXIT
failures=0 updated=0

while read -r name capture options; do
	case $name in '' | '#'*) continue ;; esac
	[ -z "$update" ] || [ "$update" = "$name" ] || continue

	# shellcheck disable=SC2086 # options are words
	dump "$capture" $options >"$got"
	if [ -n "$update" ]; then
		cp "$got" "$golden/$name.out" && updated=1
	elif diff -u -L "$name.out" -L printed "$golden/$name.out" "$got" >"$got.diff" 2>&1; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		sed 's/^/# /' "$got.diff"
		failures=$((failures + 1))
	fi
	rm -f "$got.diff"
done <"$golden/TESTLIST"

if [ -n "$update" ]; then
	[ $updated = 1 ] || { echo "golden_test.sh: no case $update" >&2; exit 2; }
	exit 0
fi
[ $failures = 0 ]
