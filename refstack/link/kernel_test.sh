#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# kernel_test.sh BUILD: the reference stack on a TUN device, with the kernel's
# own IPv6 as its neighbour, in a network namespace of its own. The kernel pings
# it; a program with a kernel UDP socket exchanges datagrams with it; it tries to
# begin a context, which the kernel does not know; tcpdump captures all that and
# shimdump reads the capture. Speaks TAP; needs root. Nothing here sleeps: it waits
# for lines, and not for long.

build=${1:-build}

skip() { echo "ok - the kernel as a neighbour # SKIP $1"; exit 0; }

[ "$(id -u)" = 0 ] || skip "making network namespaces and TUN devices needs root"
[ -c /dev/net/tun ] || skip "there is no /dev/net/tun"
for tool in ip ping tcpdump unshare; do
	command -v $tool >/dev/null || skip "there is no $tool"
done
if [ "${2-}" != inside ]; then
	unshare -n true 2>/dev/null || skip "no network namespace can be made here"
	exec timeout -k 5 60 unshare -n "$0" "$build" inside
fi

cd "$(dirname "$0")/../.." || exit 1
. scripts/tap.sh
evidence="$tmp/*.log"
trap 'kill $daemon $capture 2>/dev/null; rm -rf "$tmp"' EXIT

# line_with TEXT FD: read from FD until there is such a line, which is printed
line_with()
{
	while read -r -t 10 -u "$2" line; do
		case $line in *"$1"*) echo "$line"; return 0 ;; esac
	done
	return 1
}

# --- what it says of itself, and without what it does not start
"$build/bin/refstackd" --version >"$tmp/version.log" 2>&1 &&
	grep -qxE 'refstackd [0-9]+\.[0-9]+\.[0-9]+' "$tmp/version.log"
say $? "refstackd tells its version"
"$build/bin/refstackd" --tun shim0 >"$tmp/misuse.log" 2>&1
[ $? = 2 ] && grep -q -e '--prefix is missing' "$tmp/misuse.log"
say $? "refstackd without a prefix is misuse"

# --- the stack, the route to it, the witness
exec {stack}< <("$build/bin/refstackd" --tun shim0 --prefix 2001:db8:a:1::/64 --echo 7 \
	--initiate-after 6 --for 50 --socket none 2>"$tmp/refstackd.log"; echo "ended with $?")
daemon=$!
address=$(line_with address "$stack")
address=${address#address }
[ -n "$address" ]
say $? "the stack has made itself an address" || exit 1

{
	ip link set lo up && ip link set shim0 up &&
		ip -6 address add 2001:db8:f::1/64 dev shim0 nodad &&
		ip -6 route add 2001:db8:a:1::/64 dev shim0
} >"$tmp/ip.log" 2>&1
say $? "the kernel has a route to it"

exec {witness}< <(exec tcpdump -i shim0 --immediate-mode -U -w "$tmp/capture.pcap" 2>&1)
capture=$!
line_with 'listening on' "$witness" >/dev/null
say $? "tcpdump listens"

# --- traffic
ping -6 -n -c 3 -i 0.01 -W 5 "$address" >"$tmp/ping.log" 2>&1
say $? "the kernel pings the stack"
grep -q '3 received' "$tmp/ping.log"
say $? "every echo request is answered"

big=$(head -c 1400 /dev/zero | tr '\0' x)
exec {udp}<>"/dev/udp/$address/7"
echoed=0
for text in one two "$big" four five six seven eight; do
	echo "$text" >&"$udp"
	answer=$(timeout 5 dd bs=2048 count=1 status=none <&"$udp") # one read(), one datagram
	[ "$answer" = "$text" ] && echoed=$((echoed + 1))
done
echo "$echoed of 8" >"$tmp/udp.log"
[ $echoed = 8 ]
say $? "a kernel socket gets back eight datagrams, one of them of 1401 octets"

# --- the end, in order
pkill -INT -P $$ tcpdump 2>/dev/null || kill -INT $capture
line_with 'packets captured' "$witness" >/dev/null
say $? "tcpdump has written its capture"
pkill -TERM -P "$daemon" refstackd 2>/dev/null
[ "$(line_with 'ended with' "$stack")" = "ended with 0" ]
say $? "refstackd ends when it is told to, with status 0"

# --- what was on the link, as shimdump has it
"$build/bin/shimdump" -r "$tmp/capture.pcap" >"$tmp/shimdump.log" 2>&1
say $? "shimdump reads what tcpdump has written"

# seen COUNT PATTERN WHAT
seen()
{
	[ "$(grep -cE "$2" "$tmp/shimdump.log")" = "$1" ]
	say $? "shimdump shows $3"
}
seen 3 "2001:db8:f::1 > $address: .*echo request" "three echo requests"
seen 3 "$address > 2001:db8:f::1: .*echo reply" "three echo replies"
seen 8 "2001:db8:f::1.[0-9]+ > $address.7: UDP" "eight datagrams to the stack"
seen 8 "$address.7 > 2001:db8:f::1.[0-9]+: UDP" "eight datagrams from the stack"
seen 1 "$address > 2001:db8:f::1: I1 " "the stack's I1, once"
seen 1 "2001:db8:f::1 > $address: .*ICMPv6 parameter problem, unrecognized next header at octet 6" \
	"the kernel's refusal of it, a parameter problem"
tcpdump -nvvr "$tmp/capture.pcap" "src $address and udp" 2>/dev/null >"$tmp/tcpdump.log"
[ "$(grep -c 'udp sum ok' "$tmp/tcpdump.log")" = 8 ]
say $? "tcpdump finds the stack's checksums right"
exit $failed
