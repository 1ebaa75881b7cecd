#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# suite_test.sh BUILD [sanitizers | valgrind]: the suite against the reference
# stack as a user runs it, and what may be asked of its reports: the same seed
# gives the same octets, any seed the same verdicts; every capture can be read.
# With a second word: the suite under that kind of supervision, no more. Speaks TAP.

cd "$(dirname "$0")/.." || exit 1
build=${1:-build}
. scripts/tap.sh

chosen=
# suite NAME SEED: $tmp/NAME.json, $tmp/NAME/
suite()
{
	# shellcheck disable=SC2086 # words
	$wrapper "$build/bin/shimproof" run --target "$build/lib/librefstack.so" --seed "$2" $chosen \
		--json "$tmp/$1.json" --captures "$tmp/$1" --timeout 60 >"$tmp/log" 2>&1
}

case ${2-} in
sanitizers)
	suite run 1
	say $? "the suite is silent under the sanitizers"
	jq -e '[.volatile.cases[].target_stderr | values] == []' "$tmp/run.json" >>"$tmp/log"
	say $? "nothing came on a target's stderr"
	exit $failed
	;;
valgrind) # a hundred times as slow: the first row of every fourth case
	chosen=$("$build/bin/shimproof" list --json | jq -r '.[].id' |
		awk -F : '!seen[$1]++ && n++ % 4 == 0 { print "--select", $0 }')
	wrapper="valgrind --leak-check=full --errors-for-leak-kinds=definite --log-file=$tmp/%p.vg"
	suite run 1
	say $? "the suite passes under valgrind"
	cases=$(jq '[.cases[] | select(.status != "not_run")] | length' "$tmp/run.json")
	silent=$(grep -l 'ERROR SUMMARY: 0 errors' "$tmp"/*.vg | wc -l)
	grep -hA12 -m1 -E 'Invalid|uninitialised|definitely lost: [1-9]' "$tmp"/*.vg >"$tmp/log"
	echo "$silent processes without errors" >>"$tmp/log"
	[ "$silent" -gt "$cases" ] && [ "$(wc -l <"$tmp/log")" = 1 ]
	say $? "valgrind finds nothing in the runner and in $cases cases"
	exit $failed
	;;
esac

"$build/bin/shimproof" lint >"$tmp/log" 2>&1
say $? "cases and catalogues are without mistakes"

suite one 1
say $? "the reference stack is conformant"
jq -r '.cases[] | if .verdict == "pass" then "ok - \(.id)"
	elif .verdict == "recorded" then "ok - \(.id) # SKIP it grades nothing"
	elif .applicability == "unsupported" then "ok - \(.id) # SKIP \(.reason)"
	else "not ok - \(.id): \(.status) \(.verdict) \(.reason // .failure.message)" end' \
	"$tmp/one.json" | tee "$tmp/log"
! grep -q '^not' "$tmp/log"
say $? "every case passes, grades nothing or is declared unsupported"

jq '[.cases[] | select(.status == "completed") | .checks] | add' "$tmp/one.json" >"$tmp/log"
[ "$(cat "$tmp/log")" -ge 3500 ]
say $? "at least 3500 checks are executed"

# --- the same again
suite two 1
for run in one two; do jq 'del(.volatile)' "$tmp/$run.json" | sed "s|$run/|captures/|" >"$tmp/$run.same"; done
diff "$tmp/one.same" "$tmp/two.same" >"$tmp/log" && diff -r "$tmp/one" "$tmp/two" >>"$tmp/log"
say $? "the same seed gives the same report and the same captures"

suite other 2
cmp -s "$tmp/one/rfc6316_6.2-dontshim_own-handshake.pcapng" \
	"$tmp/other/rfc6316_6.2-dontshim_own-handshake.pcapng"
say $((! $?)) "another seed gives other octets"
bad=
for seed in 0 3 4 5 6 7 8 9 9007199254740991; do
	suite many $seed || bad="$bad $seed"
done
[ -z "$bad" ]
say $? "every seed gives the same conclusion${bad:+, but not$bad}"

# --- what is left behind
schemas=$(reports/schema_test.sh "$tmp/one.json" | tee "$tmp/log" | grep -E "^(not )?ok" |
	grep -F "$tmp/one.json")
[ "${schemas%%-*}" = "ok " ] || grep -q SKIP "$tmp/log"
say $? "the report is as its schema says"

unread=
count=0
for capture in "$tmp"/one/*.pcapng; do
	count=$((count + 1))
	"$build/bin/shimdump" -r "$capture" >"$tmp/dumped" 2>"$tmp/log" || unread=$capture
	[ -s "$tmp/log" ] && unread=$capture
done
ran=$(jq '[.cases[] | select(.status != "not_run")] | length' "$tmp/one.json")
[ $count = "$ran" ] && [ -z "$unread" ]
say $? "every case left a capture that shimdump reads${unread:+, but not $unread}"

if ! command -v tcpdump >/dev/null; then
	echo "ok - tcpdump counts the same packets # SKIP no tcpdump"
else
	for capture in "$tmp"/one/*.pcapng; do
		ours=$("$build/bin/shimdump" -r "$capture" 2>/dev/null | wc -l)
		theirs=$(tcpdump -nr "$capture" 2>/dev/null | grep -c '^[0-9]')
		[ "$ours" = "$theirs" ] || unread="$capture: $ours, $theirs"
	done
	echo "$unread" >"$tmp/log"
	[ -z "$unread" ]
	say $? "tcpdump counts the same packets in every capture"
fi
exit $failed
