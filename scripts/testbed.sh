#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# testbed.sh BUILD [FOLDER]: two hosts in network namespaces, two paths of veth
# between them, a refstackd on each, and programs that speak UDP and TCP by the kernel's
# sockets over the stack, and know nothing of it. Paths are cut and mended while they do;
# what happened, and how long it took, is printed and left in FOLDER (BUILD/testbed)
# with captures of all four devices. Takes about a minute, and root.
#
#	host a          network          host b
#	apps0           relay.py           apps0     ULIDs, by refstackd
#	  a1 ----- na1 <---------> nb1 ----- b1      2001:db8:0:1::/64
#	  a2 ----- na2 <---------> nb2 ----- b2      2001:db8:0:2::/64

cd "$(dirname "$0")/.." || exit 1
build=${1:-build}
out=${2:-$build/testbed}
port=7007

die() { echo "testbed: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || die "making network namespaces and TUN devices needs root"
[ -c /dev/net/tun ] || die "there is no /dev/net/tun"
for tool in ip tcpdump python3; do
	command -v $tool >/dev/null || die "there is no $tool (make deps)"
done

a=shimd-a-$$ b=shimd-b-$$ network=shimd-n-$$
children=

# What was started, and the namespaces with all that is in them.
clean_up()
{
	trap '' EXIT INT TERM
	# shellcheck disable=SC2086 # several
	[ -z "$children" ] || kill $children 2>/dev/null
	wait 2>/dev/null
	for name in $a $b $network; do ip netns del "$name" 2>/dev/null; done
}
trap clean_up EXIT
trap 'exit 130' INT TERM

in_a() { ip netns exec $a "$@"; }
in_b() { ip netns exec $b "$@"; }
in_network() { ip netns exec $network "$@"; }

# --- the network: the kernel's own IPv6 keeps away from the paths
pair() # DEVICE, its PEER, and the peer's NAMESPACE
{
	ip -n $network link add "$1" type veth peer name "$2" netns "$3" || return 1
	in_network sh -c "echo 1 >/proc/sys/net/ipv6/conf/$1/disable_ipv6" &&
		ip netns exec "$3" sh -c "echo 1 >/proc/sys/net/ipv6/conf/$2/disable_ipv6" &&
		ip -n $network link set "$1" up && ip -n "$3" link set "$2" up
}

mkdir -p "$out" || die "can't write to $out"
rm -f "$out"/[ab][12].pcap "$out"/[ab].{json,log,sock} "$out"/{fifo,timeline.txt,{summary,status}.json}
for name in $a $b $network; do
	ip netns add $name && ip -n $name link set lo up || die "no network namespace can be made"
done
for path in 1 2; do
	pair na$path a$path $a && pair nb$path b$path $b || die "no pair of veth can be made"
done

# relay PATH: orders for it go to $order, its answers come from $answer
relay()
{
	mkfifo "$out/fifo" && exec {answer}<>"$out/fifo" && rm "$out/fifo" &&
		exec {order}> >(exec ip netns exec $network \
			python3 scripts/testbed/relay.py "na$1" "nb$1" >&"$answer")
	children="$children $!"
	read -r -t 20 -u "$answer" _ || die "path $1 does not work"
}
relay 1
order1=$order answer1=$answer
relay 2

# --- captures, complete from the first packet on
capture() # NAMESPACE DEVICE
{
	local listening
	exec {listening}< <(exec ip netns exec "$1" tcpdump -i "$2" -Z root --immediate-mode -U \
		-w "$out/$2.pcap" 2>&1)
	children="$children $!"
	read -r -t 20 -u "$listening" _ || die "tcpdump does not listen on $2"
}
for path in 1 2; do
	capture $a a$path
	capture $b b$path
done

# --- the hosts. A send timeout as short as this is for those who watch.
config() # HOST INITIATE-AFTER
{
	cat >"$out/$1.json" <<JSON
{
  "links": [
    { "interface": "${1}1", "prefix": "2001:db8:0:1::/64" },
    { "interface": "${1}2", "prefix": "2001:db8:0:2::/64" }
  ],
  "apps": { "tun": "apps0", "route": "2001:db8:0:1::/64" },
  "initiate-after": $2,
  "send-timeout": 3,
  "socket": "$out/$1.sock",
  "log": "json"
}
JSON
}
config a 4
config b 0
exec {said_a}< <(exec ip netns exec $a "$build/bin/refstackd" --config "$out/a.json" 2>"$out/a.log")
children="$children $!"
exec {said_b}< <(exec ip netns exec $b "$build/bin/refstackd" --config "$out/b.json" 2>"$out/b.log")
children="$children $!"
read -r -t 30 -u "$said_a" _ ulid_a || die "refstackd on host a: $(tail -n 1 "$out/a.log")"
read -r -t 30 -u "$said_b" _ ulid_b || die "refstackd on host b: $(tail -n 1 "$out/b.log")"
echo "host a has the ULID $ulid_a"
echo "host b has the ULID $ulid_b"

# --- programs: an echo on host b, and on host a who watches it
exec {said_echo}< <(exec ip netns exec $b python3 scripts/testbed/echo.py "$ulid_b" $port)
children="$children $!"
read -r -t 20 -u "$said_echo" _ || die "the echo program does not start"
in_a python3 -B scripts/testbed/watch.py "$build" "$out" "$ulid_b" $port \
	3>&"$order1" 4<&"$answer1" 5>&"$order" 6<&"$answer"
status=$?
echo
echo "Captures, logs and the timeline are in $out, for example:"
echo "  $build/bin/shimdump -r $out/a1.pcap -T ladder"
exit $status
