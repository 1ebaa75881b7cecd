#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# packet_test.sh BUILD: the Ethernet link, by AF_PACKET on one end of a veth pair,
# with the kernel's own IPv6 as its neighbour at the other end, and beside it on its
# own. They find each other, defend their addresses against each other, and the
# kernel plays router. Speaks TAP; needs root. Nothing here sleeps: it waits for
# lines, and not for long. The two network namespaces have no names and go with the
# processes in them.

build=${1:-build}

skip() { echo "ok - the kernel as a neighbour on Ethernet # SKIP $1"; exit 0; }

[ "$(id -u)" = 0 ] || skip "making network namespaces needs root"
for tool in ip ping unshare nsenter setpriv python3; do
	command -v $tool >/dev/null || skip "there is no $tool"
done
if [ "${2-}" != inside ]; then
	unshare -n ip link add shimnd0 type veth peer name shimnd1 2>/dev/null ||
		skip "no pair of veth can be made here"
	exec timeout -k 5 90 unshare -n "$0" "$build" inside
fi

cd "$(dirname "$0")/../.." || exit 1
. scripts/tap.sh
evidence="$tmp/*.log"
trap 'kill $children 2>/dev/null; rm -rf "$tmp"' EXIT
children=

us=2001:db8:a:1::a    # the stack
peer=2001:db8:a:1::b  # the kernel at the other end
own=2001:db8:a:1::c   # the kernel at the stack's end
far=2001:db8:b:1::f   # behind the kernel at the other end

# line_with TEXT FD: read from FD until there is such a line, which is printed
line_with()
{
	while read -r -t 10 -u "$2" line; do
		echo "$line" >>"$tmp/lines.log"
		case $line in *"$1"*) echo "$line"; return 0 ;; esac
	done
	return 1
}

# --- what can't be
program=$build/bin/packet_host

# refused STATUS WORDS COMMAND...
refused()
{
	local status=$1 words=$2
	shift 2
	"$@" >"$tmp/refused.log" 2>&1 </dev/null
	[ $? = "$status" ] && grep -q "$words" "$tmp/refused.log"
}

refused 4 'nosuch0: there is no such network interface' "$program" nosuch0
say $? "an interface that is not there is told"
ip link set lo up
refused 4 'lo: it is no Ethernet interface' "$program" lo
say $? "one that is no Ethernet is told"
cp "$program" "$tmp/host" && chmod 755 "$tmp" "$tmp/host"
refused 4 'using it needs CAP_NET_RAW' \
	setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/host" lo
say $? "a missing right is told"

# --- the link
exec {holder}< <(exec unshare -n sh -c 'echo $$; exec sleep 120')
read -r -t 10 -u "$holder" other
children="$other"
at_peer() { nsenter -t "$other" -n "$@"; }

{
	ip link add shimnd0 type veth peer name shimnd1 netns "$other"
	refused 4 'shimnd0: the interface is not up' "$program" shimnd0
	say $? "an interface that is down is told"
	ip link set shimnd0 up && ip -6 address add $own/64 dev shimnd0 nodad &&
		at_peer ip link set lo up && at_peer ip link set shimnd1 up &&
		at_peer ip -6 address add $peer/64 dev shimnd1 nodad &&
		at_peer ip -6 address add $far/128 dev lo nodad
} 2>"$tmp/ip.log"
say $? "two ends of an Ethernet"

# start ARGUMENT...: the stack, told by $tell, heard by $hear
start()
{
	coproc stack { exec "$program" "$@" 2>>"$tmp/stack.log"; }
	hear=${stack[0]} tell=${stack[1]} stack_pid=$!
	children="$other $stack_pid"
	mac=$(line_with 'mac ' "$hear")
	mac=${mac#mac }
}

# pinged ADDRESS: three times, by the kernel at the other end
pinged()
{
	at_peer ping -6 -n -c 3 -i 0.01 -W 5 "$1" >"$tmp/ping.log" 2>&1
	grep -q '3 received' "$tmp/ping.log"
}

start shimnd0
echo "add $us" >&"$tell"
[ -n "$mac" ] && line_with "assigned $us" "$hear" >/dev/null
say $? "an address that nobody else has is assigned" || exit 1

# --- neighbours
pinged $us
say $? "the kernel pings the stack"
at_peer ip -6 neighbour show $us >"$tmp/neighbour.log" 2>&1
grep -q "lladdr $mac.* REACHABLE" "$tmp/neighbour.log"
say $? "it has found it at its Ethernet address"
ip -br link show shimnd0 >"$tmp/link.log"
! grep -qi "$mac" "$tmp/link.log"
say $? "which is not the interface's"
pinged $own
say $? "and the kernel at the stack's end is reached beside it"

echo "ping $peer" >&"$tell"
line_with "reply from $peer" "$hear" >/dev/null
say $? "the stack pings the kernel"
echo "ping 2001:db8:a:1::dead" >&"$tell"
line_with "unreachable 2001:db8:a:1::dead code 3" "$hear" >/dev/null
say $? "who isn't there is found to be unreachable"

# The kernel leaves checksums to the hardware, which veth is not.
cat >"$tmp/udp.sh" <<'SH'
exec {udp}<>"/dev/udp/$1/7"
for text in one two "$(head -c 1400 /dev/zero | tr '\0' x)"; do
	echo "$text" >&"$udp"
	[ "$(timeout 5 dd bs=2048 count=1 status=none <&"$udp")" = "$text" ] || exit 1
done
SH
at_peer bash "$tmp/udp.sh" $us >"$tmp/udp.log" 2>&1
say $? "a kernel socket gets back three datagrams, one of them of 1401 octets"

# --- whose address it is
exec {monitor}< <(exec nsenter -t "$other" -n ip -6 monitor address)
children="$children $!"
at_peer ip -6 address add $us/64 dev shimnd1 2>>"$tmp/ip.log"
line_with "inet6 $us/64 scope global dadfailed" "$monitor" >/dev/null
say $? "the kernel finds that the stack's address is the stack's"
at_peer ip -6 address del $us/64 dev shimnd1 2>>"$tmp/ip.log"
pinged $us
say $? "which keeps it"
echo "add $peer" >&"$tell"
line_with "duplicate $peer" "$hear" >/dev/null
say $? "the stack finds that the kernel's address is the kernel's"

# --- the kernel as a router
cat >"$tmp/advertise.py" <<'PY'
import socket, struct
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
prefix = socket.inet_pton(socket.AF_INET6, "2001:db8:c:1::")
s.sendto(struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) +
         struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 1800, 900, 0) + prefix,
         ("ff02::1", 0, 0, socket.if_nametoindex("shimnd1")))
PY
echo "ping $far" >&"$tell"
line_with "not sent to $far: Network is unreachable" "$hear" >/dev/null
say $? "without a router what is not on the link is not reached"
at_peer python3 "$tmp/advertise.py" >"$tmp/advertise.log" 2>&1
line_with "prefix 2001:db8:c:1::/64 valid 1800 preferred 900" "$hear" >/dev/null
say $? "a router's prefix for addresses is told"
echo "ping $far" >&"$tell"
line_with "reply from $far" "$hear" >/dev/null
say $? "what is not on the link is reached through the router"
echo "add 2001:db8:c:1::a" >&"$tell"
line_with "assigned 2001:db8:c:1::a" "$hear" >/dev/null
say $? "an address of the router's prefix is assigned"

# --- another VLAN is another link: who wants an address there doesn't want it here
cat >"$tmp/want.py" <<'PY'
import socket, struct, sys
target, tag = socket.inet_pton(socket.AF_INET6, sys.argv[1]), bytes.fromhex(sys.argv[2])
group = socket.inet_pton(socket.AF_INET6, "ff02::1:ff00:0")[:13] + target[13:]
def message(checksum):
    return struct.pack("!BBHI", 135, 0, checksum, 0) + target
total = sum(struct.unpack("!32H", bytes(16) + group + struct.pack("!II", 24, 58) + message(0)))
while total >> 16:
    total = (total & 0xffff) + (total >> 16)
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("shimnd1", 0))
s.send(b"\x33\x33" + group[12:] + bytes.fromhex("02000000000e") + tag + b"\x86\xdd" +
       struct.pack("!IHBB", 6 << 28, 24, 58, 255) + bytes(16) + group + message(~total & 0xffff))
PY

# wanted ADDRESS TAG: what the stack says of it when somebody else wants it, too
wanted()
{
	echo "add $1" >&"$tell"
	at_peer python3 "$tmp/want.py" "$1" "$2" >"$tmp/want.log" 2>&1
	line_with "$1" "$hear"
}
[ "$(wanted 2001:db8:a:1::d '')" = "duplicate 2001:db8:a:1::d" ]
say $? "two who want the same address at once both go without"
[ "$(wanted 2001:db8:a:1::e 81000005)" = "assigned 2001:db8:a:1::e" ]
say $? "what is said in a VLAN is not heard beside it"

! grep -q 'wrong checksum\|a frame was lost' "$tmp/lines.log"
say $? "no checksum was wrong, no frame lost"

# --- down, up, and gone
ip link set shimnd0 down
line_with "the interface was taken down" "$hear" >/dev/null
say $? "an interface that goes down is told"
ip link set shimnd0 up
line_with "the interface is up again" "$hear" >/dev/null && pinged $us
say $? "when it is up again the stack is there"
exec {monitor}<&-
ip link del shimnd0
wait "$stack_pid"
[ $? = 4 ] && tail -n 1 "$tmp/stack.log" | grep -q 'there is no such network interface'
say $? "an interface that is gone ends it"

# --- the interface's own address, the kernel's IPv6 away; and a switch at the other end
# that lets nobody hear of a group who has not joined it
door=shimnd1
{
	ip link add shimnd0 type veth peer name shimnd1 netns "$other" &&
		echo 1 >/proc/sys/net/ipv6/conf/shimnd0/disable_ipv6 &&
		ip link set shimnd0 up && at_peer ip link set shimnd1 up &&
		at_peer ip link add shimnd3 type bridge mcast_snooping 1 mcast_querier 1 &&
		at_peer ip link set shimnd1 master shimnd3 && door=shimnd3
	at_peer ip link set $door up && at_peer ip -6 address add $peer/64 dev $door nodad
} 2>>"$tmp/ip.log"
start shimnd0 own
echo "add $us" >&"$tell"
ip -br link show shimnd0 | grep -qi "$mac" && line_with "assigned $us" "$hear" >/dev/null &&
	pinged $us
say $? "with the interface's own Ethernet address it is pinged, too"
if [ $door = shimnd3 ] && command -v bridge >/dev/null; then
	at_peer bridge mdb show >"$tmp/bridge.log" 2>&1
	grep -q 'port shimnd1 grp ff02::1:ff00:a ' "$tmp/bridge.log"
	say $? "a switch that snoops has learnt its group"
else
	echo "ok - a switch that snoops has learnt its group # SKIP no bridge can be made here"
fi
eval "exec $tell>&-"
wait "$stack_pid"
say $? "it ends with its input"
exit $failed
