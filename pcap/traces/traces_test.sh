#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# traces_test.sh BUILD: shimdump prints of every trace what stands beside it. Speaks TAP.

here=$(dirname "$0")
failed=0
for trace in "$here"/*.pcap*; do
	name=$(basename "$trace")
	if said=$("${1:-build}/bin/shimdump" -vr "$trace" 2>&1 | diff "$here/${name%.*}.txt" -); then
		echo "ok - $name"
	else
		echo "not ok - $name"
		head -n 20 <<<"$said" | sed 's/^/# /'
		failed=1
	fi
done
exit $failed
