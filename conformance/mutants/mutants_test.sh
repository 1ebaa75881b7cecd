#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# mutants_test.sh BUILD: every mutant is found out, as EXPECTED says. Speaks TAP.
# A case is given half a second, since one mutant never ends.

cd "$(dirname "$0")/../.." || exit 1
here=conformance/mutants
build=${1:-build}
. scripts/tap.sh
evidence=$tmp/said

# All that the report says of a case: its reason, its message, every difference.
words_of()
{
	jq -r --arg id "$1" '.cases[] | select(.id == $id) | [.reason, .failure.message,
		(.failure.differences[]? | "\(.where)@\(.offset) expected \(.expected) got \(.actual)")]
		| map(strings) | join("; ")' "$tmp/report.json"
}

# found MUTANT STATUS CASE "RUN VERDICT" "RULE VERDICT" WORDS
found()
{
	"$build/bin/shimproof" run --target "$build/mutants/$1.so" --timeout 0.5 \
		--select "${3%/*}/*" --json "$tmp/report.json" --captures "$tmp" \
		>"$tmp/said" 2>&1 </dev/null
	say $(($? != $2)) "$1: exit status $2"

	got=$(jq -r --arg id "$3" '.cases[] | select(.id == $id) | "\(.status) \(.verdict)"' \
		"$tmp/report.json" | tee "$tmp/said")
	[ "$got" = "$4" ]
	say $? "$1: $3 is $4"

	got=$(jq -r --arg id "${5% *}" '.rules[] | select(.id == $id) | "\(.id) \(.verdict)"' \
		"$tmp/report.json" | tee "$tmp/said")
	[ "$got" = "$5" ]
	say $? "$1: rule $5"

	words_of "$3" >"$tmp/said"
	grep -qE -- "$6" "$tmp/said"
	say $? "$1: says $6"
}

for mutant in "$here"/*.c; do
	name=$(basename "$mutant" .c)
	grep -q "^$name *|" "$here/EXPECTED"
	say $? "$name stands in EXPECTED"
done
while IFS='|' read -r name status id verdict rule words; do
	case $name in '' | '#'*) continue ;; esac
	trim() { sed 's/^ *//; s/ *$//' <<<"$1"; }
	found "$(trim "$name")" "$(trim "$status")" "$(trim "$id")" "$(trim "$verdict")" \
		"$(trim "$rule")" "$(trim "$words")"
done <"$here/EXPECTED"
exit $failed
