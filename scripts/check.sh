#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# check.sh FOLDER TEST...: run tests, each a command line, and count what they say.
# A test speaks TAP ("ok", "not ok", "# SKIP"); cmocka is told to. One that ends
# badly without a "not ok" counts as one failure, and so does one that says
# nothing. Prints what failed, what was skipped and why, and a last line "N passed,
# N failed, N skipped"; exits with 1 if anything failed. All that was said is in
# FOLDER, a file for each test. As many run at once as there are processors.
set -u
export folder=$1
shift
rm -rf "$folder"
mkdir -p "$folder"
export CMOCKA_MESSAGE_OUTPUT=TAP

# one NUMBER TEST: run it, leave its output in FOLDER/NUMBER and its counts in
# FOLDER/NUMBER.counts, and tell.
one()
{
	local out=$folder/$1 status p f s
	# shellcheck disable=SC2086 # a command line has words
	$2 >"$out" 2>&1 </dev/null
	status=$?

	# cmocka 1.1.5 writes a skipped test as "not ok N # SKIP".
	s=$(grep -cE '^(not )?ok .*# SKIP' "$out")
	p=$(grep -E '^ok ' "$out" | grep -vc '# SKIP')
	f=$(grep -E '^not ok ' "$out" | grep -vc '# SKIP')
	[ "$status" != 0 ] && [ "$f" = 0 ] && f=1
	[ "$((p + f + s))" = 0 ] && f=1
	echo "$p $f $s" >"$out.counts"

	{
		if [ "$f" = 0 ]; then
			printf '  TEST  %s (%d)\n' "$2" "$p"
		else
			printf '  FAIL  %s (exit %d)\n' "$2" "$status"
			grep -vE '^ok ' "$out" | tail -n 60 | sed 's/^/        /'
		fi
		grep -E '^(not )?ok .*# SKIP' "$out" | sed -E 's/^(not )?ok ?[0-9]* ?-? ?(.*) # SKIP/  SKIP  \2:/'
	} >"$out.said"
	cat "$out.said"
}
export -f one

number=0
for test in "$@"; do
	number=$((number + 1))
	printf '%03d\0%s\0' $number "$test"
done | xargs -0 -n 2 -P "$(nproc)" bash -c 'one "$1" "$2"' check

cat "$folder"/*.counts | awk -v tests=$# '
	{ p += $1; f += $2; s += $3 }
	END {
		if (NR != tests) f += tests - NR
		printf "%d passed, %d failed, %d skipped\n", p, f, s
		exit f > 0
	}'
