# SPDX-License-Identifier: BSD-2-Clause
#
# A capture written down as text, turned into the octal escapes of a pcap file:
#
#	printf "$(awk -f hex2pcap.awk NAME.hex)" >NAME.pcap
#
# link N             link type, first of all (229 raw IPv6, 1 Ethernet)
# packet SEC.USEC    starts a packet; then octets in hexadecimal, spaces free
# of N               the packet had N octets on the link, more than are here
# lost N             the file promises N octets more than it has: it was cut
# # ...              comment, also at the end of a line

function u32(n) {
	return sprintf("\\%03o\\%03o\\%03o\\%03o", n / 16777216 % 256, n / 65536 % 256,
		       n / 256 % 256, n % 256)
}

function octets(hex,    escapes, i) {
	for (i = 1; i < length(hex); i += 2)
		escapes = escapes sprintf("\\%03o", 16 * digit(hex, i) + digit(hex, i + 1))
	return escapes
}

function digit(hex, i,    value) {
	value = index("0123456789abcdef", substr(hex, i, 1)) - 1
	if (value < 0)
		fail("not hexadecimal: " hex)
	return value
}

function flush_packet(    len) {
	if (!open)
		return
	len = length(data) / 2
	if (len != int(len))
		fail("half an octet")
	printf "%s", u32(time[1]) u32(time[2]) u32(len + lost) u32(wire ? wire : len) octets(data)
	open = wire = lost = 0
	data = ""
}

function fail(message) {
	print FILENAME ":" FNR ": " message >"/dev/stderr"
	failed = 1
	exit 1
}

{ sub(/#.*/, "") }

$1 == "link" {
	# big-endian, microseconds, version 2.4, snapshot length 262144
	printf "%s", octets("a1b2c3d400020004") u32(0) u32(0) u32(262144) u32($2)
	next
}
$1 == "packet" { flush_packet(); split($2, time, "."); open = 1; next }
$1 == "of"     { wire = $2; next }
$1 == "lost"   { lost = $2; next }
NF             { gsub(/[ \t]/, ""); data = data $0 }

END { if (!failed) flush_packet() }
