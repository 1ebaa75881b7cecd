#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# check.sh LOG TEST...: run test programs and count what they say. A program
# speaks TAP ("ok", "not ok", "# SKIP"); cmocka is told to. One that ends
# badly without a "not ok" counts as one failure. Prints what failed and what was
# skipped and why, and a last line "N passed, N failed, N skipped"; exits
# with 1 if anything failed. The whole output is in LOG.
set -u
log=$1
shift
: >"$log"
export CMOCKA_MESSAGE_OUTPUT=TAP

passed=0 failed=0 skipped=0
for test in "$@"; do
	out=$("$test" 2>&1)
	status=$?
	printf '### %s: exit %d\n%s\n' "$test" "$status" "$out" >>"$log"

	# cmocka 1.1.5 writes a skipped test as "not ok N # SKIP".
	s=$(grep -cE '^(not )?ok .*# SKIP' <<<"$out")
	p=$(grep -E '^ok ' <<<"$out" | grep -vc '# SKIP')
	f=$(grep -E '^not ok ' <<<"$out" | grep -vc '# SKIP')
	[ "$status" != 0 ] && [ "$f" = 0 ] && f=1
	[ "$((p + f + s))" = 0 ] && f=1
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))

	grep -E '^(not )?ok .*# SKIP' <<<"$out" | sed "s|^.*# SKIP|  SKIP  ${test##*/}:|"
	if [ "$f" = 0 ]; then
		printf '  TEST  %s (%d)\n' "$test" "$p"
	else
		printf '  FAIL  %s (exit %d)\n' "$test" "$status"
		grep -vE '^ok ' <<<"$out" | tail -n 40 | sed 's/^/        /'
	fi
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
