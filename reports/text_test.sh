#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# specs/lines-*.json against the plain texts of the documents, which are not in
# the tree: curl -O https://www.rfc-editor.org/rfc/rfc6316.txt
# text_test.sh [FOLDER]: where rfcNNNN.txt are; default: $RFC_TEXTS.

cd "$(dirname "$0")/.." || exit 1
folder=${1:-${RFC_TEXTS-}}
. scripts/tap.sh

# Sections begin with their headings and leave none out; what is called layout
# is blank or furniture of a page; keywords are where they are said to be, and
# nowhere else but in conventions.
check='
function furniture(s) { return s ~ /^[ \f]*$/ || s ~ /\[Page [0-9]+\]$/ || s ~ /^RFC [0-9]+ .* [0-9][0-9][0-9][0-9]$/ }
function heading(s) { return s ~ /^[0-9]+(\.[0-9]+)*\.  / || s ~ /^Appendix [A-Z]\.  / }
function wrong(n, what) { print n ": " what ": " text[n]; failed = 1 }
NR == FNR { sub(/\r$/, ""); text[FNR] = $0; next }
$1 == "sections" {
	name = $4 ~ /^[A-Z]$/ ? "Appendix " $4 ".  " : $4 ".  "
	if (index(text[$2], name) != 1) wrong($2, "does not begin section " $4)
	for (n = $2 + 1; n <= $3; n++) if (heading(text[n])) wrong(n, "is a heading")
	if (!first) first = $2
	last = $3
}
$1 == "without_rule" {
	for (n = $2; n <= $3; n++) {
		if ($4 == "layout" && !furniture(text[n])) wrong(n, "is no layout")
		if ($4 == "convention") convention[n] = 1
	}
	if ($4 != "layout" && furniture(text[$2])) wrong($2, "is layout")
}
$1 == "keywords" { word = $4; sub(/_/, " ", word); listed[$2] = listed[$2] " " word }
END {
	for (n = first; n <= last; n++) {
		found = ""
		rest = text[n]
		while (!convention[n] && match(rest, /[A-Z]+( NOT)?/)) {
			word = substr(rest, RSTART, RLENGTH)
			before = RSTART > 1 ? substr(rest, RSTART - 1, 1) : " "
			rest = substr(rest, RSTART + RLENGTH)
			if (before !~ /[A-Za-z_]/ && rest !~ /^[A-Za-z_]/ &&
			    word ~ /^(MUST|SHALL|SHOULD|MAY|REQUIRED|RECOMMENDED|OPTIONAL)( NOT)?$/)
				found = found " " word
		}
		if (found != listed[n]) wrong(n, "has the keywords \"" found "\", not \"" listed[n] "\"")
		if (found ~ /(MUST|SHALL|SHOULD)$/ && text[n + 1] ~ /^ *NOT[^A-Za-z]/)
			wrong(n, "its keyword goes on in the next line")
	}
	exit failed
}'

for file in specs/lines-*.json; do
	name=${file#specs/lines-}
	text=$folder/${name%.json}.txt
	if ! [ -r "$text" ]; then
		echo "ok - $file is true of its text # SKIP no ${name%.json}.txt; name its folder in RFC_TEXTS"
		continue
	fi
	echo "$(jq -r .text_sha256 "$file")  $text" | sha256sum -c >"$tmp/log" 2>&1
	say $? "$text is the text that $file is about"
	jq -r '{sections, without_rule, keywords} | to_entries[] | .key as $list | .value[] |
		[$list, .lines[], (.section // .why // .word | sub(" "; "_"))] | join(" ")' \
		"$file" >"$tmp/rows"
	awk "$check" "$text" "$tmp/rows" >"$tmp/log"
	say $? "$file is true of its text"
done

exit $failed
