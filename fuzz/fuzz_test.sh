#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# fuzz_test.sh BUILD: a short, bounded look with every fuzzer, under the sanitizers
# (where clang has built them) and with valgrind. `make fuzz` looks longer.
# Speaks TAP.

cd "$(dirname "$0")/.." || exit 1
build=${1:-build}
. scripts/tap.sh
fuzz/corpus.sh "$tmp" || exit 1
fuzz/corpus.sh "$tmp/seeds" || exit 1 # libFuzzer adds to the others

# fuzz NAME RUNS: inputs that libFuzzer makes from the corpus, always the same
fuzz()
{
	if ! [ -x "$build/fuzz/bin/$1_fuzz" ]; then
		echo "ok - $1: $2 inputs under the sanitizers # SKIP no clang with libFuzzer"
		return
	fi
	"$build/fuzz/bin/$1_fuzz" -runs="$2" -seed=1 -max_len=4096 -timeout=10 \
		-artifact_prefix="$build/fuzz/" "$tmp/$1" >"$tmp/log" 2>&1
	say $? "$1: $2 inputs under the sanitizers"
}
fuzz packet 200000
fuzz trace 50000
fuzz capture 50000
fuzz script 30000
fuzz stack 10000
fuzz tcp 20000
fuzz socket 3000
fuzz config 20000

# blind NAME COUNT: every beginning of the seeds, and COUNT changes of each
blind()
{
	if ! command -v valgrind >/dev/null; then
		echo "ok - $1: under valgrind # SKIP no valgrind"
		return
	fi
	valgrind -q --error-exitcode=9 --leak-check=full \
		"$build/bin/$1_replay" "$2" "$tmp/seeds/$1"/* >"$tmp/log" 2>&1
	say $? "$1: $(tail -n 1 "$tmp/log") under valgrind"
}
blind packet 100
blind trace 20
blind stack 500
blind tcp 500
blind socket 5
blind capture 10
exit $failed
