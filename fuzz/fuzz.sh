#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# fuzz.sh BUILD SECONDS: every fuzzer for that long, one after the other. What they
# learn stays in BUILD/corpus; an input that breaks something is left in BUILD.
set -eu

build=$1
fuzz/corpus.sh "$build/corpus"
for fuzzer in "$build"/bin/*_fuzz; do
	name=$(basename "$fuzzer" _fuzz)
	echo "  FUZZ  $name for $2 seconds"
	if ! "$fuzzer" -max_total_time="$2" -max_len=4096 -timeout=10 -print_final_stats=1 \
		-artifact_prefix="$build/" "$build/corpus/$name" >"$build/$name.log" 2>&1; then
		tail -n 40 "$build/$name.log"
		exit 1
	fi
	grep -E 'stat::number_of_executed_units|^Done' "$build/$name.log" | sed 's/^/        /'
done
