#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# daemon_test.sh BUILD: refstackd on one end of a veth pair, with the kernel, or
# another refstackd, at the other end. How it comes by prefixes and addresses, what it
# makes of links that go and come, what it says of itself, and programs of the kernel on
# top of it. Speaks TAP; needs root. Nothing here sleeps: it waits for lines, and not
# for long. The two network namespaces have no names and go with the processes in them.

build=${1:-build}

skip() { echo "ok - refstackd on Ethernet # SKIP $1"; exit 0; }

[ "$(id -u)" = 0 ] || skip "making network namespaces needs root"
[ -c /dev/net/tun ] || skip "there is no /dev/net/tun"
for tool in ip ping unshare nsenter python3 jq; do
	command -v $tool >/dev/null || skip "there is no $tool"
done
if [ "${2-}" != inside ]; then
	unshare -n ip link add shimd0 type veth peer name shimd1 2>/dev/null ||
		skip "no pair of veth can be made here"
	exec timeout -k 5 180 unshare -n "$0" "$build" inside
fi

cd "$(dirname "$0")/../.." || exit 1
. scripts/tap.sh
evidence="$tmp/*.log"
refstackd=$build/bin/refstackd
children=
trap 'kill $children $daemon $second 2>/dev/null; rm -rf "$tmp"' EXIT

exec {holder}< <(exec unshare -n sh -c 'echo $$; exec sleep 300')
read -r -t 10 -u "$holder" other
children="$other"
at_peer() { nsenter -t "$other" -n "$@"; }

# line_with TEXT FD: read from FD until there is such a line, which is printed
line_with()
{
	while read -r -t 20 -u "$2" line; do
		echo "$line" >>"$tmp/lines.log"
		case $line in *"$1"*) echo "$line"; return 0 ;; esac
	done
	return 1
}

# start ARGUMENT...: refstackd as $daemon; its addresses are heard by $hear, its events
# by $log
start()
{
	rm -f "$tmp/out" "$tmp/err"
	mkfifo "$tmp/out" "$tmp/err"
	"$refstackd" --socket "$tmp/socket" --log json "$@" >"$tmp/out" 2>"$tmp/err" &
	daemon=$!
	exec {hear}<"$tmp/out" {log}<"$tmp/err"
}

# stop: it ends when it is told to, with 0
stop()
{
	kill -TERM $daemon
	wait $daemon
}

# address: the next that it prints
address()
{
	local line
	line=$(line_with 'address ' "$hear")
	echo "${line#address }"
}

# status JQ-FILTER
status() { "$refstackd" status --json --socket "$tmp/socket" 2>>"$tmp/status.log" | jq -r "$1"; }

# refused STATUS WORDS COMMAND...: it ends so, and says these words
refused()
{
	local status=$1 words=$2
	shift 2
	timeout 30 "$@" >"$tmp/refused.log" 2>&1 </dev/null
	[ $? = "$status" ] && grep -qF -e "$words" "$tmp/refused.log"
}

# --- what can't be
cat >"$tmp/config.json" <<'JSON'
{
  "links": [ { "interface": "shimd0", "prefix": "2001:db8:a:1::/48" } ]
}
JSON
refused 2 "$tmp/config.json:2:49: prefix takes a prefix like" "$refstackd" --config "$tmp/config.json"
say $? "a mistake in a file is told with its place, and status 2"
refused 2 '--echo takes a port' "$refstackd" --tun x --prefix 2001:db8::/64 --echo 0
say $? "so is one in a flag"
sed -i 's,/48,/64,' "$tmp/config.json"
"$refstackd" --check --config "$tmp/config.json" >"$tmp/check.log" 2>&1 && [ ! -s "$tmp/check.log" ]
say $? "--check is content with what is right, and silent"
refused 4 'shimd0: there is no such network interface' "$refstackd" --config "$tmp/config.json"
say $? "an interface that is not there is told, and status 4"
refused 4 'no refstackd listens there' "$refstackd" status --socket "$tmp/socket"
say $? "where no daemon is, there is no status, but 4"

# --- one link, an address, a status
{
	ip link set lo up && ip link add shimd0 type veth peer name shimd1 netns "$other" &&
		ip link set shimd0 up && at_peer ip link set lo up && at_peer ip link set shimd1 up &&
		at_peer ip -6 address add 2001:db8:a:1::b/64 dev shimd1 nodad
} 2>"$tmp/ip.log"
say $? "two ends of an Ethernet"

# pinged ADDRESS: three times, by the kernel at the other end
pinged()
{
	at_peer ping -6 -n -c 3 -i 0.01 -W 5 "$1" >"$tmp/ping.log" 2>&1
	grep -q '3 received' "$tmp/ping.log"
}

start --config "$tmp/config.json" --seed 7 --hba-sec 1 --user nobody
us=$(address)
[ -n "$us" ]
say $? "there is an address when nobody else has it" || exit 1
pinged "$us"
say $? "the kernel pings it"
[ "$(stat -c %a "$tmp/socket")" = 600 ]
say $? "the control socket is for its owner alone"
[ "$(awk '/^Uid/ { print $2, $3, $4 }' /proc/$daemon/status)" = "65534 65534 65534" ] &&
	grep -q '^CapEff:[[:space:]]*0*$' /proc/$daemon/status
say $? "--user leaves it no rights"
[ "$(status '.links[0] | .name + " " + (.up | tostring)')" = "shimd0 true" ] &&
	[ "$(status '.addresses[0].address')" = "$us" ] && [ "$(status '.links[0].received')" -ge 3 ]
say $? "the status has its link and its address"
"$refstackd" status --socket "$tmp/socket" >"$tmp/table.log" 2>&1 &&
	grep -q "^   1  $us  *up\$" "$tmp/table.log"
say $? "as a table, too"
refused 4 "$tmp/socket: somebody else is there" "$refstackd" --config "$tmp/config.json" \
	--socket "$tmp/socket"
say $? "a second one at the same socket is refused"

# Clients that never read; the ninth is asked in vain, the daemon goes on.
python3 -c '
import socket, sys
clients = [socket.socket(socket.AF_UNIX) for _ in range(30)]
for c in clients:
    c.setblocking(False)
    try:
        c.connect(sys.argv[1])
    except BlockingIOError:
        pass
' "$tmp/socket"
pinged "$us" && [ "$(status .version)" != "" ]
say $? "clients that say and hear nothing don't stop it"

# --- down and up
ip link set shimd0 down
line_with '"event":"link","link":1,"name":"shimd0","up":false' "$log" >/dev/null
say $? "a link that goes down is told"
[ "$(status '.addresses[0].up')" = false ]
say $? "its address is down"
ip link set shimd0 up
line_with '"event":"link","link":1,"name":"shimd0","up":true' "$log" >/dev/null && pinged "$us"
say $? "when it is up again the address is back"
at_peer ip link set shimd1 down
line_with '"event":"link","link":1,"name":"shimd0","up":false' "$log" >/dev/null
say $? "a carrier that is lost is a link that is down"
at_peer ip link set shimd1 up
at_peer ip -6 address add 2001:db8:a:1::b/64 dev shimd1 nodad 2>>"$tmp/ip.log"
line_with '"event":"link","link":1,"name":"shimd0","up":true' "$log" >/dev/null && pinged "$us"
say $? "and comes back with it"
stop
say $? "it ends when it is told to, with status 0"

# --- an address that somebody else has
at_peer ip -6 address add "$us/64" dev shimd1 nodad
start --config "$tmp/config.json" --seed 7 --hba-sec 1
line_with "$us is somebody else's; making other addresses" "$log" >/dev/null
say $? "an address that the kernel has already is found to be a duplicate"
second_us=$(address)
[ -n "$second_us" ] && [ "$second_us" != "$us" ] && pinged "$second_us"
say $? "another is made, and works"
stop
at_peer ip -6 address del "$us/64" dev shimd1

# --- prefixes from a router: the kernel's end advertises what it is told to
cat >"$tmp/router.py" <<'PY'
import socket, struct, sys, time
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
to = ("ff02::1", 0, 0, socket.if_nametoindex("shimd1"))
while True:
    message = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
    with open(sys.argv[1]) as prefixes:
        for line in prefixes:
            message += struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 1800, 900, 0)
            message += socket.inet_pton(socket.AF_INET6, line.strip())
    s.sendto(message, to)
    time.sleep(0.2)
PY
echo 2001:db8:c:1:: >"$tmp/prefixes"
at_peer python3 "$tmp/router.py" "$tmp/prefixes" 2>"$tmp/router.log" &
children="$children $!"
start --interface shimd0
us=$(address)
[ "${us#2001:db8:c:1:}" != "$us" ]
say $? "where no prefix is set, a router's is learnt"
printf '2001:db8:c:1::\n2001:db8:c:2::\n' >"$tmp/new" && mv "$tmp/new" "$tmp/prefixes"
line_with "the new prefix 2001:db8:c:2::/64 is not used: an HBA set can't grow" "$log" >/dev/null
say $? "a prefix that comes later is told not to be used in an HBA set"
stop

# The 1024 bits of the core's tests, which is DER.
python3 - "$tmp/key.der" <<'PY'
import re, sys
text = open("refstack/core/test_rsa_1024.h").read()
digits = re.search(r"rsa_1024\[\] =(.*?);", text, re.S).group(1)
open(sys.argv[1], "wb").write(bytes.fromhex("".join(re.findall(r"[0-9a-f]{2,}", digits))))
PY
echo 2001:db8:c:1:: >"$tmp/prefixes"
start --interface shimd0 --kind hba+cga --key "$tmp/key.der"
us=$(address)
printf '2001:db8:c:1::\n2001:db8:c:2::\n' >"$tmp/new" && mv "$tmp/new" "$tmp/prefixes"
line=$(line_with '"event":"address"' "$log")
new=$(jq -r .address <<<"$line")
[ "${new#2001:db8:c:2:}" != "$new" ] && pinged "$new" && pinged "$us"
say $? "with a key it becomes a locator"
[ "$(status '.kind + " " + (.addresses | length | tostring)')" = "hba+cga 2" ]
say $? "which the status has, too"
stop
refused 4 "$tmp/config.json: there is no private key in it" \
	"$refstackd" --interface shimd0 --kind cga --key "$tmp/config.json"
say $? "a key that is none is told"

# --- programs of the kernel, on a host at each end
echo 1 >/proc/sys/net/ipv6/conf/shimd0/disable_ipv6
start --interface shimd0,prefix=2001:db8:a:1::/64 --apps apps0,route=2001:db8:a:1::/64 \
	--initiate-after 2
us=$(address)
exec {said}< <(exec nsenter -t "$other" -n "$refstackd" --interface \
	shimd1,prefix=2001:db8:a:1::/64 --apps apps1,route=2001:db8:a:1::/64 \
	--socket "$tmp/second" 2>"$tmp/second.log")
second=$!
read -r -t 20 -u "$said" _ them
ip -6 -br address show dev apps0 >"$tmp/apps.log" 2>&1
grep -q "$us/128" "$tmp/apps.log" && ip link show apps0 | grep -q ',UP.* mtu 1492 '
say $? "the kernel has our ULID on a device whose MTU leaves room for the shim"
ping -6 -n -c 3 -i 0.01 -W 5 -I "$us" "$them" >"$tmp/ping.log" 2>&1
grep -q '3 received' "$tmp/ping.log"
say $? "the kernel pings the other host over the shim"
cat >"$tmp/programs.py" <<'PY'
import socket, sys
us, them = sys.argv[1:]
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.settimeout(10)
s.connect((them, 9))
assert s.getsockname()[0] == us
s.send(b"nobody")
try:
    s.recv(1)
except ConnectionRefusedError:
    print("refused")
t = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
t.settimeout(10)
try:
    t.connect((them, 9))
except ConnectionRefusedError:
    print("reset")
for _ in range(4):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.sendto(b"more", (them, 10))
PY
python3 "$tmp/programs.py" "$us" "$them" >"$tmp/programs.log" 2>&1
grep -q refused "$tmp/programs.log" && grep -q reset "$tmp/programs.log"
say $? "what nobody there wants is refused as ever: UDP by an error, TCP by a reset"
line_with '"to":"ESTABLISHED"' "$log" >/dev/null && [ "$(status '.contexts[0].state')" = ESTABLISHED ]
say $? "their packets begin a context"
[ "$("$refstackd" status --json --socket "$tmp/second" | jq -r '.contexts[0].ulid_peer')" = "$us" ]
say $? "which the other host has, too"

# --- the end of devices
ip link del apps0
line_with 'apps0 is gone' "$log" >/dev/null && [ "$(status .apps)" = null ]
say $? "without the programs' device it goes on"
ip link del shimd0
wait $daemon
[ $? = 4 ] && line_with 'all interfaces are gone' "$log" >/dev/null
say $? "when all of its links are gone it ends, with status 4"
exit $failed
