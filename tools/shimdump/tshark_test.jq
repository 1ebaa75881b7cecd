# SPDX-License-Identifier: BSD-2-Clause
#
# A capture as tshark and shimdump see it, field by field, for tshark_test.sh, which
# writes the body of convert from its tables. Both sides become an object for each
# packet, of lists of [value, octet of the frame], the octet null where it isn't told:
#
#	{ "ipv6.plen": [[16, 4]], "ipv6.nxt": [[140, 6]], ... }
#
# $theirs: of tshark -T json -x --no-duplicate-keys. $ours: of shimdump -T jsonl -av.
# $pairs: of names of fields, theirs and ours. Prints lines: field, what ("same",
# "differs", "left"), packet, and what each has.

# --- tshark: a field is a member, beside it FIELD_raw: octets, position, length, mask,
# type; either is a list where a field comes more than once.

def hex: ascii_downcase | reduce explode[] as $c (0; . * 16 + $c - if $c > 96 then 87 else 48 end);
def tag: hex % 140737488355328; # 47 bits of 48

def number: # versions differ in how they write a bit
	if type != "string" then .
	elif test("^0x[0-9a-f]+$") then .[2:] | hex
	elif test("^[0-9]+$") then tonumber
	elif test("^[Tt]rue$") then 1
	elif test("^[Ff]alse$") then 0
	else . end;

def convert: CONVERT;

def many: if type == "array" then . else [.] end;
def raws: if type != "array" then [] elif .[0] | type == "array" then . else [.] end;

# Octet in which the bits of a mask begin, in a word of .[2] octets at .[1].
def octet_of_bits:
	if . == null then null
	elif .[3] == 0 then .[1]
	else .[1] + .[2] - 1 - (.[3] | log2 / 8 | floor) end;

def found($wanted):
	. as $o
	| keys_unsorted[] | select(endswith("_raw") | not) | . as $key
	| (if $key == "shim6.ct" and ($o["shim6.p"] | number) == 0 then "shim6.ct of control"
	   else $key end) as $name
	| ($o[$key + "_raw"] | raws) as $raw
	| $o[$key] | many | range(length) as $i | .[$i]
	| (select($wanted[$name])
	   | { key: $name, value: ., raw: $raw[$i][0], at: ($raw[$i] | octet_of_bits) }),
	  (objects | if $key == "icmpv6" then del(.ipv6) else . end # the packet that an error quotes
	   | found($wanted));

def gathered: reduce .[] as [$key, $value] ({}; .[$key] += [$value]);

def theirs($wanted): [._source.layers | found($wanted) | [.key, convert]] | gathered;

# --- shimdump: a field of a layer. Under one name come what tshark has under one: the
# headers of all messages, all options, and ICMPv6.

def layer_name($before):
	if has("p") then "shim6"
	elif has("critical") then "option"
	elif .layer == "echo" then "icmp6"
	elif .layer == "data" and $before.layer == "udp" and $before.size == 8 then "udp.data"
	else .layer end;

# As tshark's: 1 right, 0 wrong. null: nothing is said, for a length is wrong, or the
# packet doesn't end here, or the message is HIP's.
def verdict($findings):
	. as $layer
	| [$findings[] | select(.off >= $layer.off and .off < $layer.off + $layer.size) | .text]
	| if $layer.s == 1 or any(startswith("bad len ", "bad hdr_ext_len ", "bad data_offset ")) or
	     ($layer.p == null and any($findings[]; .text | endswith("of the packet are not here")))
	  then null
	  elif any(startswith("bad checksum ")) then 0
	  else 1 end;

def fields_of($findings; $shift):
	. as $layers
	| range(length) as $i | $layers[$i]
	| layer_name(if $i > 0 then $layers[$i - 1] else {} end) as $name
	| if .options == "" then del(.options, .at.options) else . end # tshark has none then
	| (.at | to_entries[]) as $at
	| [$name + "." + $at.key, [.[$at.key], $at.value + $shift]],
	  (select($at.key == "checksum") | [$name + ".verdict", [verdict($findings), null]]),
	  (select($at.key | endswith("_tag")) | ["shim6.tag of control", [.[$at.key], $at.value + $shift]]);

# tshark shows what is in fragments once it has them all, with octets counted from the
# fragment header on; shimdump what is in the first, then the whole, headers and all.
def ours($whole):
	([.layers // [] | .[] | select(.layer == "fragment" and (.more == 1 or .offset > 0))][0]) as $part
	| [["frame.time", [(.time * 1e6 | round), null]],
	   ["frame.len", [.len, null]],
	   ["frame.wire_len", [.wire_len, null]],
	   (.ethertype | numbers | ["frame.ethertype", [., null]]),
	   (. as { $findings, $ip_off } | .layers // []
	    | if $part then map(select(.off <= $part.off)) else . end | fields_of($findings; $ip_off)),
	   ($whole // empty | . as { $findings } | .layers
	    | map(select(.off >= $part.off)) | fields_of($findings; -$part.off))]
	| gathered;

# --- where tshark is wrong or silent, though it is right elsewhere

def left_out($field; $t; $o; $packet):
	def upper: $field | test("^(udp|tcp|icmpv6)");
	def p: $t["shim6.p"] // [] | map(.[0]);
	if $field == "eth.type" then
		# Asked for only where there is no IPv6; shimdump's is that behind a VLAN
		# tag, or what a raw link has. What is below 1536 is a length.
		($packet | has("layers")) or $packet.ethertype < 1536 or
		$t[$field] == null or $t[$field][0][0] == 33024
	elif $field | test("^(shim6|ipv6)") and all($packet.layers[]?; .layer != "ipv6") then
		# Protocol 140 of IPv4 is Shim6 to tshark, and version 7 has a field.
		true
	elif $field | endswith("checksum.status") then
		# tshark stops at a message that goes on behind the packet or the capture;
		# shimdump judges no checksum over a length that is wrong, nor one of HIP;
		# and behind a payload header tshark takes the locators for the ULIDs.
		$t[$field] == null or any($t[$field][]; .[0] == 2) or # 2: not verified
		any($o[$field][]?; .[0] == null) or
		(upper and any(p[]; . == 1))
	elif upper and any(p[]; . == 0) then
		# Behind a message, once tshark has lost its way in the options.
		$t["_ws.malformed"] != null
	elif $field == "udp.payload" then
		# To tshark, all that is there, whatever the length says.
		$t["udp.length"] and $t["udp.length"][0][0] < 8 + ($t[$field][0][0] | length / 2)
	else false end;

([$pairs[] | { key: .[0], value: true }] | from_entries | .["_ws.malformed"] = true) as $wanted
| (reduce ($ours[] | select(.reassembled)) as $w ({}; .["\($w.packet)"] = $w)) as $whole
| [$ours[] | select(.reassembled | not)] as $packets
| ["packets", if ($theirs[0] | length) == ($packets | length) then "same" else "differs" end,
   ($packets | length), ($theirs[0] | length), ($packets | length)],
  (range($packets | length) as $i
   | ($theirs[0][$i] // empty | theirs($wanted)) as $t
   | ($packets[$i] | ours($whole["\(.packet)"])) as $all
   | (reduce $pairs[] as [$t, $o] ({}; .[$t] = $all[$o])) as $o
   | $pairs[][0]
   | select($t[.] or $o[.])
   | [., if left_out(.; $t; $o; $packets[$i]) then "left"
	 elif $t[.] == $o[.] then "same" else "differs" end, $i + 1, $t[.], $o[.]])
| "\(.[0])\t\(.[1])\t\(.[2])\t\(.[3] | tojson)\t\(.[4] | tojson)"
