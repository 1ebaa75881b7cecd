#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The program as a user meets it: exit statuses, which stream, which words.
# cli_test.sh [SHIMPROOF [TARGET.so]]; default: those of build/.

cd "$(dirname "$0")/../.." || exit 1
shimproof=${1:-build/bin/shimproof}
target=${2:-build/lib/librefstack.so}
unset SHIMPROOF_DATA
. scripts/tap.sh
evidence="$tmp/out $tmp/err"

# run STATUS ARGUMENT ...: stdout and stderr are kept in $tmp
run()
{
	wanted=$1
	shift
	command="shimproof $*"
	"$shimproof" "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
	[ $status -eq "$wanted" ]
	say $? "$command: exit status $wanted, not $status"
}

# out TEXT, err TEXT: the last command wrote this, on this stream
out() { grep -qF -- "$1" "$tmp/out"; say $? "$command: on stdout: $1"; }
err() { grep -qF -- "$1" "$tmp/err"; say $? "$command: on stderr: $1"; }

# quiet STREAM: nothing was written there
quiet() { ! [ -s "$tmp/$1" ]; say $? "$command: nothing on std$1"; }

# --- help and misuse
run 0 --help; out 'usage: shimproof COMMAND'; quiet err
run 0 --version; out 'shimproof '; quiet err
run 2; err 'usage: shimproof COMMAND'; quiet out
run 2 rum; err 'there is no command "rum"'; quiet out
for word in run list explain lint contrary; do
	run 0 $word --help; out "usage: shimproof $word"; quiet err
	run 2 $word --bogus; err '--bogus: there is no such option'; quiet out
	run 2 $word -zh; err '-z: there is no such option'; quiet out
done
run 2 run; err 'Name its library with --target'
run 2 contrary; err 'Name its library with --target'
run 2 run --target; err '--target: needs a value'
run 2 run -vt; err '-t: needs a value'
run 2 run -t x.so --json "$tmp/r" --junit "$tmp/r"; err '--json and --junit are both'
run 2 run -t x.so --json "$tmp"; err "$tmp can't be written: Is a directory"
run 2 run --seed 1x -t x.so; err '--seed: 1x is not a number'
run 2 run --seed -1 -t x.so; err '--seed: -1 is not a number'
run 2 run --seed 9007199254740992 -t x.so; err 'from 0 to 9007199254740991'
run 2 run --timeout 0 -t x.so; err '--timeout: 0 is not a number of seconds'
run 2 run --timeout nan -t x.so; err '--timeout: nan is not'
run 2 list --select 'rfc6316/6.66*'; err 'fits no case'; err 'did you mean'
run 2 explain; err 'Give the id of a rule'
run 2 explain rfc6316/6.6/unconected; err 'did you mean   rfc6316/6.6/unconnected'
run 2 list --specs "$tmp"; err 'rfc*.json: No such file or directory'; err 'SHIMPROOF_DATA'
run 4 run --target "$tmp/none.so" --json "$tmp/none.json"; err "$tmp/none.so"; quiet out
! [ -e "$tmp/none.json" ] && ! [ -e "$tmp/none.json.tmp" ]
say $? "a run that could not start leaves no report"

# --- what there is
run 0 list; out 'rfc6316/'; quiet err
run 0 list --rules; out 'MUST'; out 'no-case-yet'; out 'Of HIP the runner knows nothing yet.'
run 0 list --rules --json
jq -e 'all(.[]; (.testability == "tested") == (.reason == null))' "$tmp/out" >/dev/null
say $? "list --rules --json has the reason of each rule without cases"
run 0 list --layers; out 'init_nonce'
run 0 list --json; jq -e '.[0].rules | length > 0' "$tmp/out" >/dev/null
say $? "list --json is JSON with the rules of each case"
run 0 list --matrix; out 'unconnected        connected          context'; out 'cells have a check'
cells=$(tail -n1 "$tmp/out" | sed 's/.*check, \([0-9]*\) are.*/\1/')
run 0 list --matrix --json
jq -e --argjson empty "$cells" '.empty == $empty and ([.cells[] | select(.applies and .checks == 0)]
	| length) == $empty and .applicable + .excepted == (.cells | length)' "$tmp/out" >/dev/null
say $? "list --matrix and list --matrix --json count the same empty cells"
run 0 list --matrix -s 'rfc6316/6.1-*'; out 'SHIM_FEEDBACK                sendmsg       .    .    .'
[ "$cells" -eq 0 ]
say $? "every cell of list --matrix has a check"
mkdir -p "$tmp/few/rfc6316"
cp conformance/cases/rfc6316/6.1-associated.case "$tmp/few/rfc6316"
cells=$("$shimproof" list --matrix --cases "$tmp/few" | sed -n 's/.*check, \([0-9]*\) are.*/\1/p')
run 1 lint --cases "$tmp/few"; out 'no case checks get of SHIM_DONTSHIM on a udp socket, unconnected'
[ "$(grep -c '^no case checks ' "$tmp/out")" = "$cells" ]
say $? "lint tells each cell that list --matrix shows to be empty"
run 0 list --json
rule=$(jq -r '.[0].rules[0]' "$tmp/out")
id=$(jq -r '.[0].id' "$tmp/out")
run 0 explain "$rule"; out "$id"; out '#section-'
run 0 explain "$id"; out "$rule"; out 'events'
run 0 list --select "$rule"; out "$id"
run 0 lint; out 'no problem in'
out 'RFC 6316: each of its lines 150-2414 is cited by a rule or known to carry none, each of its 37 keywords has a rule'
run 0 explain rfc6316/A/four-messages; out 'appendix A'; out '#appendix-A'
run 0 explain AMB-94; out 'rules'; out 'rfc6316/3/no-privilege'

for words in 'list' 'list --rules' 'lint' "explain $rule" '--help' 'list --help'; do
	# shellcheck disable=SC2086 # several words
	"$shimproof" $words >/dev/full 2>"$tmp/err"
	[ $? -eq 4 ]
	say $? "shimproof $words: exit status 4 when the output can't be written"
done

# --- mistakes in files: as LANGUAGE.md shows one
program=$(realpath "$shimproof")
specs=$PWD/specs
mkdir -p "$tmp/tree/conformance/cases/rfc6316"
cat >"$tmp/tree/conformance/cases/rfc6316/6.6-loc-local-recv.case" <<'CASE'
case get-is-refused "reading the option fails"
rules rfc6316/6.6/unconnected
needs udp SHIM_LOC_LOCAL_RECV









0     s = open(udp, unconnected)
+0    getsockopt(s, SOL_SHIM, SHIM_LOC_LOCAL_RCV) = 0 {0}
CASE
sed -n '/^## Mistakes/,$ { /^```$/,/^```$/ { /^```$/d; p; }; }' conformance/LANGUAGE.md >"$tmp/out"
(cd "$tmp/tree" && "$program" list --cases conformance/cases --specs "$specs") 2>"$tmp/err"
[ -s "$tmp/out" ] && cmp -s "$tmp/out" "$tmp/err"
say $? "a mistake looks like the one in LANGUAGE.md"

# --- mistakes between files
mkdir -p "$tmp/data/specs" "$tmp/data/cases/rfc6316"
cp reports/testdata/catalogue.json "$tmp/data/specs/rfc6316.json"
cp reports/testdata/readings.json "$tmp/data/specs/readings-rfc6316.json"
cat >"$tmp/data/cases/rfc6316/6.6-x.case" <<'CASE'
case a "a case"
rules rfc6316/6.6/unconected rfc6316/6.8/wise
needs udp

0     s = open(udp, unconnected)
CASE
SHIMPROOF_DATA=$tmp/data
export SHIMPROOF_DATA
run 1 lint
out '6.6-x.case:1: case rfc6316/6.6-x/a: rule rfc6316/6.6/unconected is in no catalogue'
out 'is in no catalogue (did you mean rfc6316/6.6/unconnected?)'
out 'rfc6316.json: rule rfc6316/6.6/unconnected: no case tests it'
out 'rfc6316.json: rule rfc6316/6.8/wise: a case tests it, so its testability must be "tested"'
out '3 problems'
sed -i 's/unconected rfc6316.*/unconnected/' "$tmp/data/cases/rfc6316/6.6-x.case"
run 1 lint
out 'applies if SHIM_LOC_LOCAL_RECV; add `needs SHIM_LOC_LOCAL_RECV`'
out '1 problem'
sed -i 's/^needs udp/& SHIM_LOC_LOCAL_RECV/' "$tmp/data/cases/rfc6316/6.6-x.case"
run 0 lint; out 'no problem in 1 cases and 2 rules'; ! grep -q 'each of its lines' "$tmp/out"
say $? "nothing is said of lines that nobody has listed"

cp "$tmp/data/specs/rfc6316.json" "$tmp/rfc6316.json"
jq '.rules[0].applies_if = "udp"' "$tmp/rfc6316.json" >"$tmp/data/specs/rfc6316.json"
sed -i 's/^needs udp/needs tcp/' "$tmp/data/cases/rfc6316/6.6-x.case"
run 0 lint
sed -i 's/^needs tcp/needs/' "$tmp/data/cases/rfc6316/6.6-x.case"
run 1 lint; out 'applies if udp; add `needs udp`'
sed -i 's/^needs/needs udp/' "$tmp/data/cases/rfc6316/6.6-x.case"
mv "$tmp/rfc6316.json" "$tmp/data/specs"

# --- cases that grade nothing
cp "$tmp/data/cases/rfc6316/6.6-x.case" "$tmp/6.6-x.case"
cat >>"$tmp/data/cases/rfc6316/6.6-x.case" <<'CASE'
case b "what it is"
informs rfc6316/6.8/wise "what nobody says" AMB-98
needs udp

0     s = open(udp, unconnected)
+0    getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = *
+0    getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = 0 {7}
+0    getsockopt(s, SOL_SHIM, SHIM_DONTSHIM) = *
CASE
run 1 lint; out 'case rfc6316/6.6-x/b: informs about AMB-98, which is in no catalogue'; out '1 problem'
sed -i 's/ AMB-98//' "$tmp/data/cases/rfc6316/6.6-x.case"
run 0 lint
run 0 list; out 'rfc6316/6.6-x/b (informs, grades nothing)'
run 0 list --json; jq -e '.[1].informs == ["rfc6316/6.8/wise", "what nobody says"]' "$tmp/out" >/dev/null
say $? "list --json says what a case informs about"
run 0 explain rfc6316/6.8/wise; out 'recorded  rfc6316/6.6-x/b'
run 0 explain rfc6316/6.6-x/b; out 'informs   rfc6316/6.8/wise'; out 'what nobody says'
run 0 run -v --target "$target" --json "$tmp/informs.json"
out 'recorded       rfc6316/6.6-x/b'; out '6.6-x.case:11: 0 {0} optlen=4'; out ', 1 recorded;'
out 'what 1 case saw without grading it'
jq -e '.cases[1] | .verdict == "recorded" and (.observed | length == 3) and
	(.observed[1] | contains(":12: getsockopt(): expected 0 {7}, got 0 {0}"))' "$tmp/informs.json" >/dev/null
say $? "a case that informs ends where it is not as expected, and is recorded"
run 3 run -s '*/b' --target "$target"; out 'no case passed'
mv "$tmp/6.6-x.case" "$tmp/data/cases/rfc6316"

# --- catalogues and their readings, lines and keywords; one fault at a time
spec=$tmp/data/specs
mkdir "$tmp/good"
sha=$(jq -r .text_sha256 reports/testdata/lines.json)
jq --arg sha "$sha" '.text_sha256 = $sha' "$spec/rfc6316.json" >"$tmp/good/rfc6316.json"
cp reports/testdata/lines.json "$tmp/good/lines-rfc6316.json"
cp "$spec/readings-rfc6316.json" "$tmp/good"
cp "$tmp/good"/* "$spec"
run 0 lint
out 'RFC 6316: each of its lines 9-21 is cited by a rule or known to carry none, each of its 1 keywords has a rule of its own'

# edited FILE JQ-EXPRESSION: lint finds the fault; other faults are gone
edited()
{
	cp "$tmp/good"/* "$spec"
	jq "$2" "$tmp/good/$1" >"$spec/$1"
	run 1 lint
	! grep -q 'each of its lines' "$tmp/out"
	say $? "$1 with $2 proves nothing"
}

edited readings-rfc6316.json '.readings += [.readings[0] | .id = "AMB-07"]'
out 'reading AMB-07: no rule names it, so "uncited" must say why'
edited readings-rfc6316.json '.readings[0].uncited = "Why not?"'
out 'reading AMB-06: rule rfc6316/6.6/unconnected names it, so there is no "uncited" to give'
edited rfc6316.json '.rules[1].reason = "Covered by 6.6/unconnected and 6.6/unconected."'
out 'its reason names rfc6316/6.6/unconected, which is in no catalogue'; out '1 problem'
edited rfc6316.json '.rules[0].lines = [10, 10]'
out 'lines 11-11: no rule cites them, and "without_rule" does not list them'; out '1 problem'
edited rfc6316.json '.rules[0].lines = [10, 13]'
out 'line 13 carries no rule (example), but rfc6316/6.6/unconnected cites it'
out 'lines 10-13 are not in section 6.6, lines 9-12'; out '2 problems'
edited rfc6316.json '.rules[1].lines = [19, 20] | .rules[1].level = "MUST"'
out 'line 20: no rule of its own has the level of this RECOMMENDED'
out 'no keyword in lines 19-20 says MUST'; out '2 problems'
edited rfc6316.json '.rules[1].level_source = "wording"'
out 'line 20: no rule of its own has the level of this RECOMMENDED'; out '1 problem'
edited rfc6316.json 'del(.text_sha256)'
out "the catalogue's lines are those of another text"
edited rfc6316.json '.rules[1] |= (.section = "6.7" | .id = "rfc6316/6.7/wise")'
out 'there is no section 6.7 in'
edited lines-rfc6316.json '.keywords += .keywords'
out 'line 20: no rule of its own has the level of this RECOMMENDED'; out '1 problem'
edited lines-rfc6316.json '.keywords = []'
out 'no keyword in lines 20-20 says SHOULD'
edited lines-rfc6316.json 'del(.without_rule[2])'
out 'lines 13-18: no rule cites them'; out '1 problem'
edited lines-rfc6316.json '.without_rule[4].lines = [21, 22]'
out 'lines 21-22 of "without_rule" are in no section'
edited lines-rfc6316.json '.sections[1].lines[0] = 14'
out 'sections[1]: begins at line 14, though what is before it ends at line 12'
edited lines-rfc6316.json '.sections = []'
out 'there are no sections'
edited lines-rfc6316.json '.document = "RFC 5533"'
out 'no catalogue has rules of RFC 5533'; out 'no lines-*.json has the lines of RFC 6316'
rm "$spec/lines-rfc6316.json"
run 1 lint; out 'no lines-*.json has the lines of RFC 6316'; out '1 problem'
cp "$tmp/good"/* "$spec"
jq '.rules[0].lines = [10, 12]' "$tmp/good/rfc6316.json" >"$spec/rfc6316.json"
run 0 lint; out 'each of its lines'
sed -i 's/"level"/"levle"/' "$tmp/data/specs/rfc6316.json"
run 1 lint; out 'member "level" is missing'; out 'member "levle" is not known'
run 2 list; err 'member "level" is missing'; quiet out
unset SHIMPROOF_DATA

# --- a run
if ! [ -e "$target" ]; then
	echo "ok - run # SKIP no $target"
	exit $failed
fi
mkdir "$tmp/elsewhere"
for report in "$tmp/one.json" "$tmp/elsewhere/two.json"; do
	run 0 run -t "$target" --json "$report" --junit "$tmp/junit.xml" --captures "$tmp/captures"
	out 'CONFORMANT'; out "$report"; quiet err
	capture=$(jq -r '[.cases[].capture | strings][0]' "$report")
	[ -s "$(dirname "$report")/$capture" ]
	say $? "a capture is where the report says: $capture"
done
jq 'del(.volatile, .cases[].capture)' "$tmp/one.json" >"$tmp/one"
jq 'del(.volatile, .cases[].capture)' "$tmp/elsewhere/two.json" >"$tmp/two"
cmp -s "$tmp/one" "$tmp/two"
say $? "two runs say the same outside of volatile"
run 0 run -t "$target" -v --select "$id"; out "$id"; out 'of the selection'

exit $failed
