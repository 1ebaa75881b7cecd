#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# tshark_test.sh BUILD: shimdump beside tshark, packet by packet: value and octet of
# each field that tshark reads right, in the captures of golden/, in the traces, in
# headers of all kinds, and in what bench/ measures with. Speaks TAP.
#
# tshark is no judge of control messages: since version 2.4 it reads the octets in
# front of what it wants. What it misreads is in a table of its own, below, and tried,
# too: when a tshark comes that reads it right, the test of that field is skipped and
# says so, and the row belongs to the first table from then on.

cd "$(dirname "$0")/../.." || exit 1
build=${1:-build}
. scripts/tap.sh
here=tools/shimdump

# Names of a field: tshark's, shimdump's (layer_name() in tshark_test.jq). Then, in jq,
# what makes [value, octet] of what tshark has, { value, raw, at }, if that isn't a
# number or an address at once; raw is its octets in hexadecimal.
right='
frame.time_epoch              frame.time               [(.value | tonumber? * 1e6 | round), null]
frame.len                     frame.wire_len
frame.cap_len                 frame.len
eth.type                      frame.ethertype          [(.value | number), null]
ipv6.version                  ipv6.version
ipv6.tclass                   ipv6.traffic_class
ipv6.flow                     ipv6.flow_label
ipv6.plen                     ipv6.payload_len
ipv6.nxt                      ipv6.next_header
ipv6.hlim                     ipv6.hop_limit
ipv6.src                      ipv6.src
ipv6.dst                      ipv6.dst
ipv6.hopopts.nxt              hop.next_header
ipv6.hopopts.len              hop.hdr_ext_len
ipv6.hopopts                  hop.options              [.raw[4:], .at + 2]
ipv6.dstopts.nxt              dst.next_header
ipv6.dstopts.len              dst.hdr_ext_len
ipv6.dstopts                  dst.options              [.raw[4:], .at + 2]
ipv6.routing.nxt              routing.next_header
ipv6.routing.len              routing.hdr_ext_len
ipv6.routing.type             routing.type
ipv6.routing.segleft          routing.segments_left
ipv6.routing                  routing.data             [.raw[8:], .at + 4]
ipv6.fraghdr.nxt              fragment.next_header
ipv6.fraghdr.reserved_octet   fragment.reserved
ipv6.fraghdr.offset           fragment.offset
ipv6.fraghdr.reserved_bits    fragment.reserved2
ipv6.fraghdr.more             fragment.more
ipv6.fraghdr.ident            fragment.id
ah.next_header                ah.next_header
ah.length                     ah.payload_len
ah.spi                        ah.spi
ah.sequence                   ah.seq
shim6.nxt                     shim6.next_header
shim6.len                     shim6.hdr_ext_len
shim6.p                       shim6.p
shim6.type                    shim6.type
shim6.ct                      shim6.tag                [(.raw | tag), .at]
shim6.checksum.status         shim6.verdict
udp.srcport                   udp.src
udp.dstport                   udp.dst
udp.length                    udp.len
udp.checksum                  udp.checksum
udp.checksum.status           udp.verdict              [(.value | number | if . == 4 then 0 else . end), null]
udp.payload                   udp.data.octets          [.raw[:128], .at]
tcp.srcport                   tcp.src
tcp.dstport                   tcp.dst
tcp.hdr_len                   tcp.data_offset          [(.value | number / 4), .at]
tcp.flags                     tcp.flags                [(.value | number % 256), .at + 1]
tcp.window_size_value         tcp.window
tcp.checksum                  tcp.checksum
tcp.checksum.status           tcp.verdict
tcp.urgent_pointer            tcp.urgent
tcp.options                   tcp.options              [.raw, .at]
icmpv6.type                   icmp6.type
icmpv6.code                   icmp6.code
icmpv6.checksum               icmp6.checksum
icmpv6.checksum.status        icmp6.verdict
icmpv6.echo.identifier        icmp6.id
icmpv6.echo.sequence_number   icmp6.seq
'

# S, checksum, tag and body are read one octet early; so S is the last bit of the
# type, and "[correct]" of the checksum is right, the number beside it wrong. Options
# are looked for at twice the end of the body, their type and length 4 octets behind
# that, and their content at their type: whatever is below shim6.opt is wrong, and most
# messages with options end in "Malformed Packet". Not tried because tshark has no name
# for them: R, Reserved, all of the Error message, the Keepalive Timeout option, and
# what is in options that it doesn't know. HIP's, with S set, it takes for Shim6.
wrong='
shim6.proto                   shim6.s
shim6.checksum                shim6.checksum
shim6.ct of control           shim6.tag of control     [(.raw | tag), .at]
shim6.inonce                  shim6.init_nonce
shim6.rnonce                  shim6.resp_nonce
shim6.psent                   shim6.sent_count
shim6.reap                    shim6.state
shim6.opt.type                option.type
shim6.opt.len                 option.len
'

# columns TABLE: with tabs between them
columns() { awk -F '  +' -v OFS='\t' 'NF { print $1, $2, $3 }' <<<"$1"; }

if ! command -v tshark >/dev/null; then
	{ echo "as many packets"; columns "$right$wrong" | cut -f 1; } |
		sed 's/.*/ok - tshark: & # SKIP no tshark/'
	exit 0
fi

# --- captures: those of golden/ with the same link are one, for tshark starts slowly

octets() { printf "$(awk -f $here/golden/hex2pcap.awk "$1")"; }

# goldens LINK: their packets, also of the one that is cut short within the last;
# in $tmp/golden-LINK.names where each is from
goldens()
{
	echo "link $1"
	awk -v link="$1" -v names="$tmp/golden-$1.names" '
		FNR == 1 { packet = 0; name = FILENAME; sub(/.*\//, "", name) }
		{ sub(/#.*/, "") }
		$1 == "link" { mine = $2 == link }
		$1 == "link" || $1 == "lost" || !mine { next }
		$1 == "packet" { print name ", packet " ++packet >names }
		{ print }' $here/golden/*.hex
}

for link in $(awk '$1 == "link" { print $2 }' $here/golden/*.hex | sort -u); do
	goldens "$link" >"$tmp/golden-$link.hex"
	octets "$tmp/golden-$link.hex" >"$tmp/golden-$link.pcap"
done
octets $here/tshark_test.hex >"$tmp/headers.pcap"
"$build/bin/generate" --packets 2000 --shim6-share 50 "$tmp/generated.pcap" 2>"$tmp/log"

# --- both sides of each, compared

columns "$right$wrong" | jq -Rn '[inputs / "\t" | .[:2]]' >"$tmp/pairs.json"
convert=$(columns "$right$wrong" | awk -F '\t' '
	$3 { printf "if .key == \"%s\" then %s else ", $1, $3; ends = ends " end" }
	END { print "[(.value | number), .at]" ends }')
jq=$(<$here/tshark_test.jq)

captures=("$tmp"/*.pcap pcap/traces/*.pcap*)
compared=0
for capture in "${captures[@]}"; do
	name=$(basename "$capture")
	name=${name%.*}
	# Without what somebody has set up for himself.
	HOME=$tmp XDG_CONFIG_HOME=$tmp tshark -n -r "$capture" -T json -x --no-duplicate-keys \
		-o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE >"$tmp/theirs.json" 2>>"$tmp/log"
	"$build/bin/shimdump" -T jsonl -av -r "$capture" >"$tmp/ours.jsonl" 2>>"$tmp/log"
	jq -nr --slurpfile theirs "$tmp/theirs.json" --slurpfile ours "$tmp/ours.jsonl" \
		--argjson pairs "$(<"$tmp/pairs.json")" "${jq/CONVERT/"$convert"}" \
		>"$tmp/lines" 2>>"$tmp/log" && compared=$((compared + 1))
	awk -F '\t' -v OFS='\t' -v capture="$name" -v names="$tmp/$name.names" '
		BEGIN { while ((getline line <names) > 0) from[++n] = line }
		{ print $1, $2, $3 in from ? from[$3] : capture ", packet " $3, $4, $5 }' \
		"$tmp/lines" >>"$tmp/all"
done

# --- and told

awk -F '\t' -v OFS='\t' '
	{ n[$1, $2]++; fields[$1] }
	END { for (f in fields) print f, n[f, "same"] + 0, n[f, "differs"] + 0, n[f, "left"] + 0 }
	' "$tmp/all" >"$tmp/counts"
awk -F '\t' '$2 == "differs" && n[$1]++ < 20 { print $1 "\t" $3 ": tshark " $4 ", shimdump " $5 }
	' "$tmp/all" >"$tmp/different"

# tally FIELD: sets same, differs and left, packets of each; some of them in $tmp/differs
tally()
{
	local counts
	counts=$(grep "^$1$tab" "$tmp/counts" | cut -f 2-)
	read -r same differs left <<<"${counts:-0 0 0}"
	grep "^$1$tab" "$tmp/different" | cut -f 2- >"$tmp/differs"
}
tab=$'\t'

tally packets
[ "$compared" = ${#captures[@]} ] && [ "$same" = "$compared" ]
say $? "tshark: as many packets, in each of ${#captures[@]} captures"

evidence=$tmp/differs
while IFS= read -r field; do
	tally "$field"
	[ "$same" -gt 0 ] && [ "$differs" = 0 ]
	say $? "tshark: $field, the same in $same packets$([ "$left" = 0 ] || echo ", $left left out")"
done < <(columns "$right" | cut -f 1)

while IFS= read -r field; do
	tally "$field"
	if [ "$same" -gt 0 ] && [ "$differs" = 0 ]; then
		echo "ok - tshark: $field, misread # SKIP this tshark reads it right in $same packets"
	else
		[ "$differs" -gt 0 ] # or there is nothing to read
		say $? "tshark: $field, misread in $differs packets"
	fi
done < <(columns "$wrong" | cut -f 1)
exit $failed
