/* SPDX-License-Identifier: BSD-2-Clause */
#include "pcap/plain.h"

#include <string.h>

/* Of version 2.4 and in our octet order: older ones have their lengths exchanged, and of
 * others libpcap turns octets inside the frames, too. */
static const struct plain_file {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t nsec_unit;
} files[] = {
	{ 0xa1b2c3d4, 2, 4, 1000 },
	{ 0xa1b23c4d, 2, 4, 1 },
};

/* In front of each frame. */
struct record {
	uint32_t sec, fraction, len, wire_len;
};

const struct plain_file *plain_file_of(struct source *source)
{
	const size_t magic_and_version = offsetof(struct plain_file, nsec_unit);
	const uint8_t *octets = source_peek(source, magic_and_version);

	for (size_t i = 0; octets && i < sizeof(files) / sizeof(files[0]); i++)
		if (!memcmp(octets, &files[i], magic_and_version))
			return &files[i];
	return NULL;
}

bool plain_file_next(const struct plain_file *file, struct source *source, size_t snaplen,
		     struct plain_frame *out)
{
	const uint8_t *octets = source_peek(source, sizeof(struct record));
	struct record r;

	if (!octets)
		return false;
	memcpy(&r, octets, sizeof(r));
	if (r.len > snaplen)
		return false;
	octets = source_peek(source, sizeof(r) + r.len);
	if (!octets)
		return false;
	source_skip(source, sizeof(r) + r.len);
	*out = (struct plain_frame){
		.sec = r.sec,
		.nsec = r.fraction * file->nsec_unit,
		.octets = octets + sizeof(r),
		.len = r.len,
		.wire_len = r.wire_len,
	};
	return true;
}
