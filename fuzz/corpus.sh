#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# corpus.sh FOLDER: what fuzzers start from. FOLDER/packet: every packet of the
# golden decodes, a file each; FOLDER/trace: those of a file, one behind the other;
# FOLDER/capture: the same as captures, and the traces,
# also compressed; FOLDER/script: the case files; FOLDER/stack: a handshake, a
# failure, a recovery, as steps of fuzz/stack_fuzz.c; FOLDER/tcp: a transfer, and both
# openings, as steps of fuzz/tcp_fuzz.c; FOLDER/config: a configuration.
set -eu

mkdir -p "$1/packet" "$1/trace" "$1/capture" "$1/script" "$1/stack" "$1/tcp" "$1/config"
cp conformance/cases/*/*.case "$1/script"

# Steps by their number: 0 deliver, 9 wait for what is due, 10 initiate, 11 say, 12
# change a link, 14 restart.
cat >"$1/config/whole" <<'TXT'
{ "links": [ { "interface": "eth0", "prefix": "2001:db8:a:1::/64", "gateway": "fe80::1", "mac": "own" },
  { "tun": "shim0", "prefix": ["2001:db8:a:2::/64", "2001:db8:a:3::/64"] } ],
  "apps": { "tun": "apps0", "route": "2001:db8:b::/48" }, "initiate-after": 4, "seed": 1 }
TXT
printf '\12\0\0\0\0\0\0' >"$1/stack/establish"
printf '\12\0\0\0\0\0\0\13\0\0\10\0\11\0\11\0\11\0\0\0\0' >"$1/stack/explore"
printf '\12\0\0\0\0\0\0\14\0\1\0\0\0\0\0\14\0\5\0\0\0' >"$1/stack/move"
printf '\12\0\0\0\0\0\0\14\0\1\0\0\0\0\0\16\1\13\0\0\10\0\0\0\0' >"$1/stack/recover"

# Here 0 delivers, 4 loses, 7 says, 8 hears, 10 waits for what is due, 11 shuts down, 12 closes.
printf '\0\0\0\0\7\0\17\0\0\0\0\0\10\1\17\0\0\0\13\0\0\0\13\1\0\0\0\12\0' >"$1/tcp/transfer"
printf '\1\0\0\0\0\0\7\1\17\0\4\12\1\0\0\10\0\17\0\14\0\2\0\0' >"$1/tcp/simultaneous"
printf '\0\0\0\0\7\0\17\0\16\0\20\0\0\0\0\0\377\0\1\15\0\50\17\0\2\0\5\0' >"$1/tcp/hostile"

for hex in tools/shimdump/golden/*.hex; do
	name=$(basename "$hex" .hex)
	# A line of octal escapes for each packet; of Ethernet's, what follows its header.
	packets=$(awk '
	function value(at) { return index("0123456789abcdef", substr(data, at, 1)) - 1 }
	function flush(    i) {
		for (i = 1 + skip; i < length(data); i += 2)
			printf "\\%03o", 16 * value(i) + value(i + 1)
		if (data != "")
			print ""
		data = ""
	}
	{ sub(/#.*/, "") }
	$1 == "link" { skip = $2 == 1 ? 28 : 0; next }
	$1 == "packet" { flush(); next }
	$1 == "of" || $1 == "lost" { next }
	NF { gsub(/[ \t]/, ""); data = data $0 }
	END { flush() }' "$hex")
	printf '%s\n' "$packets" | {
		number=0
		while IFS= read -r escapes; do
			number=$((number + 1))
			# shellcheck disable=SC2059 # the escapes are the format
			printf "$escapes" >"$1/packet/$name-$number"
		done
	}
	cat "$1/packet/$name"-* >"$1/trace/$name"
done

cp pcap/traces/*.pcap* "$1/capture"
for hex in tools/shimdump/golden/*.hex; do
	# shellcheck disable=SC2059 # the escapes are the format
	printf "$(awk -f tools/shimdump/golden/hex2pcap.awk "$hex")" \
		>"$1/capture/$(basename "$hex" .hex).pcap"
done
for capture in "$1"/capture/*.pcap*; do
	gzip -nc "$capture" >"$capture.gz"
	! command -v zstd >/dev/null || zstd -qc "$capture" >"$capture.zst"
done
