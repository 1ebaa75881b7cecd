#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# contrary_test.sh BUILD: the suite notices when the reference stack does otherwise
# (a sample; `make contrary` does the whole), and who says that it does not has to
# be right. Speaks TAP.

cd "$(dirname "$0")/../.." || exit 1
build=${1:-build}
. scripts/tap.sh
shimproof=$build/bin/shimproof
honest=$build/lib/librefstack.so
contrary=$build/lib/contrary.so

# run STATUS ARGUMENT...: shimproof contrary, what it says goes to $tmp/log
run()
{
	wanted=$1
	shift
	"$shimproof" contrary --target "$honest" "$@" >"$tmp/log" 2>&1
	status=$?
	[ $status -eq "$wanted" ]
	say $? "contrary $*: exit status $wanted, not $status"
}

says() { grep -qE -- "$1" "$tmp/log"; say $? "and says: $1"; }

# --- nothing survives without a reason
run 0 --sample 30 --json "$tmp/report.json"
says '^[0-9]+ of [0-9]+ perturbations of [0-9]+ cases detected'
says '^not perturbed: [0-9]+ cases? grades? nothing'
jq -e '.problems == 0 and .counts.broken == 0 and .counts.detected > 300' "$tmp/report.json" >"$tmp/log"
say $? "hundreds are detected, and no process is broken"
jq -e '[.cases[].undetected[] | select(.finding == "survived") | .reason] | all' \
	"$tmp/report.json" >"$tmp/log"
say $? "each survivor has its reason"
jsonschema=${JSONSCHEMA:-/usr/bin/jsonschema}
if [ -x "$jsonschema" ]; then
	"$jsonschema" -i "$tmp/report.json" specs/contrary.schema.json >"$tmp/log" 2>&1
	say $? "the report is as its schema says"
else
	echo "ok - the report is as its schema says # SKIP no $jsonschema"
fi

# --- a case that ends in silence says that it can't tell, once its proof is withheld
run 0 --select 'rfc6316/7.2-outgoing/no-context' --verbose
says 'inconclusive: the sign of life dropped'
says 'failed: a packet as the silence ends'

# --- a weak case is found
mkdir -p "$tmp/cases"
cat >"$tmp/cases/weak.case" <<'CASE'
case weak "the source port may be anything"
rules rfc6316/6.2/binary
needs udp
0     s = open(udp, connected)
+0    send(s, "x") = 1
+0    > L1 -> P1 udp(dst=7) "x"
CASE
run 1 --cases "$tmp/cases" "$tmp/cases/weak.case"
says 'weak.case:6: survived: udp.src, free: 5000 -> 5001'

# --- the list of survivors can't rot
cp -r specs "$tmp/specs"
edit() { jq "$1" specs/survivors.json >"$tmp/specs/survivors.json"; }
few=(--specs "$tmp/specs" --select 'rfc6316/7.2-outgoing/identifier')
edit '.[1:]'
run 1 "${few[@]}"
says 'survived: ipv6.traffic_class, free'
edit '. + [{perturbation: "udp.src*", reason: "none"}]'
run 1 "${few[@]}"
says 'accepted, but it is detected: udp.src'
edit '. + [{perturbation: "nothing of that kind", reason: "none"}]'
run 0 "${few[@]}"
run 1 --specs "$tmp/specs" --cases "$tmp/cases"
says 'fits nothing: nothing of that kind'
echo '{' >"$tmp/specs/survivors.json"
run 2 "${few[@]}"

# --- the library by itself
# play FAULT: the case no-context:udp with this fault
play()
{
	SHIMPROOF_CONTRARY_TARGET=$(realpath "$honest") SHIMPROOF_CONTRARY=$1 "$shimproof" run \
		--target "$contrary" --select 'rfc6316/6.1*/no-context:udp' --verbose \
		--json "$tmp/run.json" >"$tmp/log" 2>&1
}
play ''
say $? "without a fault the target behind is as good as before"
# A report has the log of a case only if it failed: by a packet too many.
play 'note;send 0 1 60'
call=$(jq -r '.cases[].events[]' "$tmp/run.json" | sed -n 's/.*contrary: call \([0-9]*\) getsockopt.*/\1/p')
[ -n "$call" ]
say $? "its notes are in the target's log"
play "call $call value 4 01000000"
[ $? -eq 1 ]
say $? "with a fault a case fails"
says 'expected 0 [{]0[}], got 0 [{].*1[}]'
play 'call six'
[ $? -eq 4 ]
say $? "nonsense is refused"
says 'gave NULL'
run 2 --sample 0
run 2 --select 'no/such/case'
"$shimproof" contrary --target "$tmp/none.so" >"$tmp/log" 2>&1
[ $? -eq 4 ]
say $? "a target that isn't there: exit status 4"
exit $failed
