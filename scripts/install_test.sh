#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# install_test.sh BUILD: what is installed works where it is put, from any folder,
# and programs can be built with its headers. Speaks TAP.

cd "$(dirname "$0")/.." || exit 1
build=${1:-build}
. scripts/tap.sh

make B="$build" DESTDIR="$tmp/root" PREFIX=/opt/x install >"$tmp/log" 2>&1
say $? "make install"
x=$tmp/root/opt/x
(cd / && "$x/bin/shimproof" lint) >"$tmp/log" 2>&1
say $? "the installed shimproof finds its cases and catalogues"
(cd / && "$x/bin/shimproof" run --select 'rfc6316/6.2*' --target "$x/lib/librefstack.so") >"$tmp/log" 2>&1
say $? "the installed suite runs against the installed reference stack"
(cd / && "$x/bin/shimproof" run --select '*/samples/*' --target "$x/lib/librefstack.so" --json "$tmp/r.json") >"$tmp/log" 2>&1 &&
	{ ! command -v cc || jq -e 'all(.cases[]; .verdict == "pass")' "$tmp/r.json"; } >>"$tmp/log"
say $? "the installed samples compile with the installed header"
for page in shimproof shimdump refstackd; do
	"$x/bin/$page" --help >"$tmp/log" 2>&1 && [ -s "$x/share/man/man1/$page.1" ]
	say $? "$page is there, with a manual page"
done
cat >"$tmp/user.c" <<'C'
#include <shimproof/shim.h>
#include <shimproof/shimproof_target.h>
int main(void) { return SOL_SHIM == SHIM_ASSOCIATED || SHIMPROOF_TARGET_ABI != 1; }
C
gcc -std=c11 -pedantic-errors -Wall -Wextra -Werror -I"$x/include" -o "$tmp/user" "$tmp/user.c" >"$tmp/log" 2>&1 &&
	"$tmp/user"
say $? "a strict C11 program can use the headers"
exit $failed
