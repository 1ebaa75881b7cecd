#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# noshim_test.sh BUILD: stacks that lack options, all of them or some, get an
# orderly report of what is missing. Speaks TAP.

cd "$(dirname "$0")/../.." || exit 1
here=conformance/noshim
build=${1:-build}
. scripts/tap.sh

# suite STATUS LIBRARY ARGUMENT ...: what is printed goes to $tmp/log
suite()
{
	wanted=$1
	library=$2
	shift 2
	"$build/bin/shimproof" run --target "$build/$library" "$@" >"$tmp/log" 2>&1
	status=$?
	[ $status -eq "$wanted" ]
	say $? "$library: exit status $wanted, not $status"
}

# --- the console, with a few cases that stay as they are
for stack in none some; do
	suite 1 noshim/$stack.so --cases $here/cases
	sed 's/^shimproof [^,]*, target refstack [^ ]*/shimproof VERSION, target refstack VERSION/' \
		"$tmp/log" >"$tmp/$stack.txt"
	diff "$here/golden/$stack.txt" "$tmp/$stack.txt" >"$tmp/log"
	say $? "$stack: the console says what $here/golden/$stack.txt has"
done

# --- the whole suite
suite 1 noshim/none.so --json "$tmp/none.json" --junit "$tmp/none.xml"
lines=$(wc -l <"$tmp/log")
[ "$lines" -le 27 ] # with the two that name the reports
say $? "a stack without SOL_SHIM gets at most 25 lines and the reports' names, not $lines"
! grep -Eq '^(FAIL|INCONCLUSIVE|NOT RUN|CRASHED|TIMED OUT)  ' "$tmp/log"
say $? "and no case in full"
jq -e '(.survey.options | .asked == 14 and (.missing | length) == 14) and
	(.survey.ancillary | .asked == 5 and (.missing | length) == 5)' "$tmp/none.json" >"$tmp/log"
say $? "the JSON report names 14 options and 5 kinds of ancillary data"
jq -e '[.cases[] | select(.applicability == "missing")] | length > 100 and
	all(.status == "not_run" and .verdict == "none" and (.reason | test("^SHIM_.* is missing")))' \
	"$tmp/none.json" >"$tmp/log"
say $? "each case that is missing says why"
jq -e '.summary.cases | .failed + .inconclusive + .crashed + .timed_out + .not_run == 0' \
	"$tmp/none.json" >"$tmp/log"
say $? "all others pass or are unsupported"
head -2 "$tmp/none.xml" >"$tmp/log"
grep -q 'failures="0" errors="0"' "$tmp/log" &&
	grep -q '<skipped message="missing: SHIM_ASSOCIATED is missing' "$tmp/none.xml"
say $? "JUnit has them as skipped, with the reason"

suite 1 noshim/some.so --json "$tmp/some.json"
jq -e '.survey | .options.missing == ["SHIM_HOT_STANDBY", "SHIM_LOC_LOCAL_PREF",
	"SHIM_LOC_PEER_PREF", "SHIM_LOCLIST_LOCAL", "SHIM_LOCLIST_PEER",
	"SHIM_CONTEXT_DEFERRED_SETUP"] and .ancillary.missing == []' "$tmp/some.json" >"$tmp/log"
say $? "a stack that lacks some options lacks those"
jq -e '.summary.cases.failed == 0 and (.rules[] | select(.id == "rfc6316/6.8/set-pins-source")
	| .verdict == "pass")' "$tmp/some.json" >"$tmp/log"
say $? "and is judged by what it has"

suite 0 lib/librefstack.so --json "$tmp/honest.json"
jq -e '.survey | .options.asked == 14 and .options.missing == [] and .ancillary.missing == []' \
	"$tmp/honest.json" >"$tmp/log"
say $? "of the reference stack nothing is missing"
reports/schema_test.sh "$tmp/none.json" "$tmp/some.json" | grep -F "$tmp" >"$tmp/log"
! grep -q '^not' "$tmp/log"
say $? "the reports are as their schema says"
exit $failed
