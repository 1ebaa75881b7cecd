#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# corpus.sh FOLDER: what fuzzers start from. FOLDER/packet: every packet of the
# golden decodes, a file each; FOLDER/trace: those of a file, one behind the other;
# FOLDER/capture: the same as captures, and the traces,
# also compressed; FOLDER/script: the case files; FOLDER/stack: a handshake, a
# failure, a recovery, as steps of fuzz/stack_fuzz.c; FOLDER/tcp: a transfer, and both
# openings, as steps of fuzz/tcp_fuzz.c; FOLDER/socket: a context, with each option and object,
# as steps of fuzz/socket_fuzz.c; FOLDER/config: a configuration.
set -eu

mkdir -p "$1/packet" "$1/trace" "$1/capture" "$1/script" "$1/stack" "$1/tcp" "$1/config" "$1/socket"
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

# steps NAME ESCAPES...: a program of fuzz/socket_fuzz.c. A socket is twice its number, and one
# more on the second host; an address is the other side's, from 100 (octal) our own, from
# 200 an odd one; an option counts from 0, as in shim_options.
steps()
{
	name=$1
	shift
	# shellcheck disable=SC2059 # the escapes are the format
	printf "$(printf '%s' "$@")" >"$socket/$name"
}
socket=$1/socket
begin='\1\16\0\0\16\1\0\20\1\200\0\21\0\0\0' # a socket each; the first host's is connected
say='\23\0\1hello\1'
both=$begin$say$say
hear='\27\1\0\100\34\377'
second='\16\0\0\21\2\0\0'
steps establish "$both" "$hear" '\26\1\0\100\32\0\0\1\33\0\34\17\0'
steps standby "$both" "$second" '\30\0\2\0\1\30\2\13\0\3' "$say" '\1\11\0\1\11\0\1'
steps prefer "$both" '\30\0\3\0\101\0\1\30\0\4\0\1\0\1' "$say" '\30\0\3\0\100\1\31\0\3\1\1\31\0\2\1\0' "$say"
answer='\25\1\2\1hello\0\10\1'
receive='\30\0\5\0\1\30\0\6\0\1\30\0\25\0\1'
steps receive "$both" "$receive" "$say" "$answer" '\27\0\0\100\34\377' "$answer" '\27\0\2\3\2\60' \
	"$answer" '\12\0\1\21\0\0\0\27\0\0\100\34\377'
steps designate "$both" '\30\0\7\0\101\0' "$say" '\30\0\10\0\1\0\1\30\0\10\0\1\0' "$say"
steps verify "\\5${both#??}" '\30\0\10\0\1\0\30\0\10\0\2\0\12\0\1\11\0\11\0\11\0\1\11\0\1' "$say"
steps lists "$both" '\30\0\11\0\2\100\0\101\1\30\0\12\0\2\0\0\1\1\1\31\0\11\1\17' "$say"
steps timeouts "$both" '\30\0\13\0\3\1\30\0\14\0\2\3\1\12\1\11\0\1\11\0\1' "$say"
steps objects "$both" '\25\0\14\1hello\0\101\1\1\34\1' '\25\0\4\1hello\1\1\1' \
	'\25\0\4\1hello\44\11\0\1\1' '\25\0\4\1hello\5\101\1' '\25\0\4\1hello\200\3\101'
steps fork "$both" "$second" '\30\0\13\0\3\1\30\2\13\0\1\1\23\2\1hello\1' "$say" '\22\2\1\17\0\1'
steps aim "$both" "$second" '\30\0\3\0\101\0\30\2\3\0\100\0\23\2\1hello\1\23\2\1hello\1\17\2'
steps aim_peer "$both" "$second" '\30\0\10\0\1\0\1\30\0\4\0\1\0\30\2\4\0\0\0\23\2\1hello\1\17\0\1'
steps join "$both" '\30\0\13\0\3\16\0\0\21\2\0\0\30\2\13\0\3\22\2\30\0\13\0\1\21\2\0\0\1' "$say"
steps pktinfo "$both" '\30\0\26\0\101\2\24\0\0\0\1hello\1\30\0\25\0\1'
filter=aaaabbbbccccddddeeeeffffgggghhhh
steps raw '\3\16\0\3\16\1\3\16\1\1\21\0\0\5\30\0\27\0\2' "$say" "$say" '\27\1\0\100\34\377' \
	"\\16\\0\\1\\30\\2\\30\\0$filter" '\16\1\4\23\0\0'
steps ask '\1\16\0\0\31\0\16\0\31\0\17\0\31\0\20\0\31\0\21\0\31\0\24\0\16\0\3\31\2\27\0\16\0\1\31\4\30\0'
steps grow "\\301${both#??}" '\13\0\15\205\1\13\0\25\205\1\30\0\7\0\103\0' "$say" '\13\0\11\0\1\31\0\11\1\10'
steps grow_cga "\\341${both#??}" '\13\0\15\205\1\13\1\26\205\1\30\0\10\0\3\0' "$say" '\30\0\12\0\1\3\0'
steps move "$both" '\12\0\1\1' "$say" '\1\12\0\5\1\13\1\1\0\1\13\1\5\0\1' "$say"
steps fail "$both" '\12\1\1' "$say" '\11\0\1\11\0\1\11\0\1\11\0\1\11\0\1' "$say"
steps recover "$both" '\15\1\16\1\0\20\1\200\0' "$say" "$say" '\10\0\377\1'
aimed="$both"'\30\0\7\0\101\0'$say
steps complain "$aimed" '\7\0\0\0\1\0\5\170\0\7\0\0\0\41\0\5\170\0\7\0\0\0\51\0\5\170\0\1' \
	'\7\0\0\0\40\0\0\0\0\7\0\0\0\50\4\0\0\0\7\0\0\1\40\3\0\0\0\7\0\200\0\53\1\0\50\0\7\0\0\0\13\1\0\6\0\1'
steps complain_all '\21\16\0\0\16\1\0\20\1\200\0\21\0\0\0' "$say$say" '\16\0\1\7\0\0\0\40\0\0\0\0' \
	'\30\0\7\0\101\0' "$say" '\7\0\0\0\50\0\0\0\0\7\0\0\0\51\0\5\170\0\7\0\0\0\53\0\0\60\0\26\2\0\100'
steps made_up "$both" '\6\0\0\1\0\15xxxxxxxxhello' '\6\0\0\0\201\20\73\1\102\0\0\0xxxxxxxxxx'
steps shun '\1\16\0\0\30\0\1\0\1\21\0\0\0' "$say" "$say" '\31\0\0\0\31\0\1\0'
# A listener on the second host; the first one's stream knocks there, and is let in as socket 1.
knock='\16\0\5\16\1\5\20\1\200\0\34\1\7\21\0\0\0\1\35\1\34'
talk='\23\0\1hello\1\23\3\1world\1\26\3\0\100\26\0\1\100\27\0\0\100\34\377\27\3\0\100\34\377'
steps stream "\\0$knock$talk$talk" '\17\0\1\17\3\1\11\0\1\11\1\1\11\0\1'
steps stream_shim "\\1$knock$talk$talk" '\30\0\7\0\101\0\30\3\5\0\1\30\0\24\0\1' "$talk" \
	'\25\0\4\1hello\0\101\1' '\12\0\1\1' "$talk" '\36\0\1\1\36\3\2\1\17\0\17\3\1\17\1\1'
steps stream_fork "\\1$knock$talk" '\16\0\0\21\0\0\0\30\0\13\0\3\16\0\5\21\4\0\0\1\30\4\13\0\1\1' "$talk"
steps stream_lost "\\0$knock" '\23\0\100\2\2\11\0\1\11\0\1\17\1\22\0\1' "$talk"
steps stream_refused '\1\16\0\5\21\0\0\1\1\31\0\21\0\21\0\0\0\2\7\0\0\0\0\4\0\0\0\1'
steps stream_made_up "\\1$knock" '\6\1\0\0\13\24xxxxxxx\1xxx\1\120\20xxxxxx\1'

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
