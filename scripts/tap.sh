# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# For tests in shell to source, from the top of the tree: they speak TAP through
# say, keep their files in $tmp, which goes away, and end with `exit $failed`.

failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
evidence=$tmp/log # files, by name or pattern, that tell what went wrong

# say STATUS WHAT
say()
{
	if [ "$1" = 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		# shellcheck disable=SC2086 # patterns are meant
		tail -n 40 $evidence 2>/dev/null | cut -c 1-400 | sed 's/^/# /'
		failed=1
	fi
}
