#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# samples_test.sh BUILD: the sample programs are sound C, and a target's header
# is judged by what they need of it. Speaks TAP.

cd "$(dirname "$0")/../.." || exit 1
here=conformance/samples
build=${1:-build}
. scripts/tap.sh

if ! command -v cc >/dev/null; then
	echo "ok - samples # SKIP no cc"
	exit 0
fi

# suite STATUS ARGUMENT ...: the cases with samples
suite()
{
	wanted=$1
	shift
	"$build/bin/shimproof" run --target "$build/lib/librefstack.so" \
		--select 'rfc6316/samples/*' --json "$tmp/report.json" "$@" >"$tmp/log" 2>&1
	status=$?
	[ $status -eq "$wanted" ]
	say $? "${*:-with the header of the reference stack}: exit status $wanted, not $status"
}

# failed_cases WHAT CASE ...: these failed, and no others
failed_cases()
{
	what=$1
	shift
	got=$(jq -r '.cases[] | select(.verdict == "fail") | .id | sub(".*/"; "")' "$tmp/report.json" | xargs)
	echo "$got" >"$tmp/log"
	[ "$got" = "$*" ]
	say $? "$what: $* fails"
}

# header EDIT: the reference stack's, edited, as $tmp/shim.h
header() { sed "$1" refstack/include/shim.h >"$tmp/shim.h"; }

# --- the programs
for sample in "$here"/*.c; do
	for compiler in gcc clang; do
		command -v $compiler >/dev/null || continue
		$compiler -std=c11 -pedantic-errors -Wall -Wextra -Wno-unused-parameter -Werror -Irefstack/include \
			'-DSHIM_HEADER=<shim.h>' -fsyntax-only "$sample" >"$tmp/log" 2>&1
		say $? "$sample is strict C11 ($compiler)"
	done
	name=$(basename "$sample" .c)
	grep -q "\"$name\"" conformance/cases/*/*.case
	say $? "a case runs $name"
done

# --- headers
mkdir "$tmp/folder"
export TMPDIR=$tmp/folder
suite 0
jq -e '[.cases[] | select(.verdict != "pass")] == []' "$tmp/report.json" >"$tmp/log"
say $? "all of them pass"
[ -z "$(ls -A "$TMPDIR")" ]
say $? "nothing is left in TMPDIR"

header '/^struct shim_pathexplore/,/^};/d'
suite 1 --include "$tmp"
failed_cases "without struct shim_pathexplore" compiles:pathexplore pathexplore
jq -e '.cases[] | select(.id | endswith("/pathexplore")) | .failure.message |
	test("sample 6.13-set does not compile with the target.s <shim.h>:\n.*6.13-set.c.*error"; "m")' \
	"$tmp/report.json" >"$tmp/log"
say $? "and the report has the compiler's words"

header 's/uint16_t pe_keepaliveto;/uint32_t pe_keepaliveto;/'
suite 1 --include "$tmp"
failed_cases "with a longer pe_keepaliveto" compiles:pathexplore pathexplore

header '/define SHIM_APP_TIMEOUT/d'
suite 1 --include "$tmp"
failed_cases "without SHIM_APP_TIMEOUT" compiles:names app-timeout

header 's/define SHIM_HOT_STANDBY .*/define SHIM_HOT_STANDBY 4/'
suite 1 --include "$tmp"
failed_cases "with one number for two options" compiles:names hot-standby

echo '#error "no shim here"' >"$tmp/shim.h"
suite 1 --include "$tmp"
jq -e '[.cases[] | select(.verdict == "fail") | .failure.message | test("no shim here")] |
	length > 10 and all' "$tmp/report.json" >"$tmp/log"
say $? "a header that doesn't compile at all fails each case with a sample"
[ -z "$(ls -A "$TMPDIR")" ]
say $? "nothing is left in TMPDIR after that, either"

# --- no compiler
mkdir "$tmp/bin"
PATH=$tmp/bin "$build/bin/shimproof" run --target "$build/lib/librefstack.so" \
	--select 'rfc6316/samples/*' --json "$tmp/report.json" >"$tmp/log" 2>&1
say $? "without a compiler the run is none the worse"
jq -e '[.cases[] | select(.applicability == "unsupported")] | length > 10 and
	all(.reason == "there is no C compiler (cc)")' "$tmp/report.json" >"$tmp/log"
say $? "and the cases with samples say why they did not run"
exit $failed
