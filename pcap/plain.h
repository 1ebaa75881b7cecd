/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pcap files without libpcap, which asks stdio twice for each frame and copies it: that
 * takes longer than to look for Shim6 in it. Only what is whole and usual is taken so; of
 * the rest libpcap knows what to make, or what to say, and finds it where it was.
 */
#ifndef PCAP_PLAIN_H
#define PCAP_PLAIN_H

#include "pcap/source.h"

#include <stdbool.h>
#include <stddef.h>

struct plain_file;

struct plain_frame {
	uint32_t sec, nsec; /* nsec: as libpcap makes it of what the file says, whatever that is */
	const uint8_t *octets; /* borrowed from the source */
	size_t len, wire_len;
};

/* NULL: it is no pcap file, or not such a one. Before anything is read of it. */
const struct plain_file *plain_file_of(struct source *source);

/* The next frame, if it has at most snaplen octets. false: it isn't taken. */
bool plain_file_next(const struct plain_file *file, struct source *source, size_t snaplen,
		     struct plain_frame *out);

#endif
