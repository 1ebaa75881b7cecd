#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Install the Debian packages named as arguments that are missing; as root or
# with sudo. Without either, name them and how to get them, and fail.
set -u

missing=
for p in "$@"; do
	dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed ||
		missing="$missing $p"
done
[ -z "$missing" ] && exit 0

command="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
	as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	as_root="sudo -n"
else
	echo "These packages are missing, and installing them needs root:$missing" >&2
	echo "  sudo $command" >&2
	exit 1
fi

echo "  DEPS  installing:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
# A fresh system has no package lists, an old one stale lists: try, update, try again.
$as_root env DEBIAN_FRONTEND=noninteractive $command >"$log" 2>&1 && exit 0
{ $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive $command; } >>"$log" 2>&1 && exit 0
tail -n 20 "$log" >&2
echo "Installing failed; the command was: $command" >&2
exit 1
