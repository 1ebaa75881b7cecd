#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The JSON Schemas in specs/ hold for what is there, and refuse what is wrong.
# schema_test.sh [REPORT.json ...]: these reports are checked, too.

cd "$(dirname "$0")/.." || exit 1
jsonschema=${JSONSCHEMA:-/usr/bin/jsonschema}

if ! [ -x "$jsonschema" ]; then
	echo "ok - schemas # SKIP no $jsonschema (Debian: python3-jsonschema)"
	exit 0
fi
. scripts/tap.sh

# valid SCHEMA FILE
valid()
{
	"$jsonschema" -i "$2" "specs/$1.schema.json" >"$tmp/log" 2>&1
	say $? "$2 is a valid $1"
}

# refused SCHEMA WHAT JQ-EXPRESSION: the edit of the good file is found to be wrong
refused()
{
	jq "$3" "$tmp/$1.json" >"$tmp/bad.json" || exit 1
	"$jsonschema" -i "$tmp/bad.json" "specs/$1.schema.json" >"$tmp/log" 2>&1
	[ $? -eq 1 ] && ! grep -q 'Traceback' "$tmp/log"
	say $? "$1 with $2 is refused"
}

# --- what is in the tree
for file in specs/rfc*.json; do
	[ -e "$file" ] && valid catalogue "$file"
done
for file in specs/readings-*.json; do
	[ -e "$file" ] && valid readings "$file"
done
for file in specs/lines-*.json; do
	[ -e "$file" ] && valid lines "$file"
done
for file in reports/testdata/report.json "$@"; do
	valid report "$file"
	jq .target "$file" >"$tmp/target.json"
	valid target "$tmp/target.json"
done

# --- good examples, and one mistake at a time
cp reports/testdata/catalogue.json "$tmp/catalogue.json"
cp reports/testdata/readings.json "$tmp/readings.json"
cp reports/testdata/lines.json "$tmp/lines.json"
cp reports/testdata/report.json "$tmp/report.json"
jq .target reports/testdata/report.json >"$tmp/target.json"
echo '{ "seed": 1, "links": [{ "prefixes": ["2001:db8:1::/64"], "mtu": 1500 }],
        "hba_sec": 0, "initiate_after": 0 }' >"$tmp/config.json"
for kind in catalogue readings lines target config; do
	valid $kind "$tmp/$kind.json"
done

refused catalogue "no document" 'del(.document)'
refused catalogue "a rule without a statement" 'del(.rules[0].statement)'
refused catalogue "a level that RFC 2119 doesn't have" '.rules[0].level = "WILL"'
refused catalogue "lines from 0" '.rules[0].lines = [0, 2]'
refused catalogue "one line" '.rules[0].lines = [7]'
refused catalogue "an unknown member" '.rules[0].levle = "MUST"'
refused catalogue "an untested rule without a reason" 'del(.rules[1].reason)'
refused catalogue "a testability that nobody knows" '.rules[1].testability = "hard"'
refused catalogue "a reason for a tested rule" '.rules[0].reason = "why?"'
refused catalogue "an id without a section" '.rules[0].id = "rfc6316/unconnected"'
refused catalogue "an id in capitals" '.rules[0].id = "rfc6316/6.6/Unconnected"'
refused readings "a verdict that nobody knows" '.readings[0].verdict = "LENIENT"'
refused readings "no reasons" 'del(.readings[0].why)'
refused readings "a number for an id" '.readings[0].id = 6'
refused readings "an empty reason for not being cited" '.readings[0].uncited = ""'
refused lines "no text" 'del(.text_sha256)'
refused lines "no sections" '.sections = []'
refused lines "a reason that nobody knows" '.without_rule[0].why = "boredom"'
refused lines "a keyword that RFC 2119 doesn't have" '.keywords[0].word = "WILL"'
refused lines "a keyword without a line" 'del(.keywords[0].lines)'
refused target "no name" 'del(.name)'
refused target "a header in brackets" '.header = "<shim.h>"'
refused target "one folder of headers that isn't in a list" '.include = "include"'
refused target "another profile" '.profile = "mptcp"'
refused target "support that is neither true nor false" '.supports.udp = "yes"'
refused target "a number as text" '.numbers.levels.SOL_SHIM = "281"'
refused config "no links" '.links = []'
refused config "a prefix without a length" '.links[0].prefixes = ["2001:db8::"]'
refused config "a negative seed" '.seed = -1'
refused report "no volatile" 'del(.volatile)'
refused report "a verdict of the wrong axis" '.cases[0].verdict = "crashed"'
refused report "a time outside volatile" '.cases[0].wall_usec = 1'
refused report "half a survey" 'del(.survey.ancillary)'
refused report "an exit status that isn't one of its own" '.conclusion.exit_status = 2'
refused report "an offset before the packet" '.cases[0].failure.differences[0].offset = -1'

exit $failed
