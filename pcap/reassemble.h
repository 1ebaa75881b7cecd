/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragments of IPv6 packets, put together as a receiver would: RFC 8200 4.5,
 * and of fragments that overlap nothing is kept (RFC 5722). Packets come with
 * their times, there is no other clock. What waits for its missing parts is
 * bounded in number and in octets: the longest waiting make room, and
 * whatever is lost is counted.
 */
#ifndef PCAP_REASSEMBLE_H
#define PCAP_REASSEMBLE_H

#include <stddef.h>
#include <stdint.h>

enum reassembled {
	REASSEMBLE_NO_FRAGMENT, /* it is whole as it is */
	REASSEMBLE_WAITING,     /* kept, or a repetition of what is kept */
	REASSEMBLE_WHOLE,       /* it was the last that was missing, and here is the packet */
	REASSEMBLE_REFUSED,     /* counted, and not kept */
};

struct reassembled_packet {
	const uint8_t *octets; /* from its IPv6 header; borrowed until the next call */
	size_t len;
	unsigned fragments;    /* that it was made of */
	uint64_t first_usec;   /* when the first of them came */
};

struct reassembly_counts {
	uint64_t fragments; /* seen */
	uint64_t whole;     /* packets put together */
	unsigned waiting;   /* packets now: lost, when the capture ends */

	/* Packets lost: */
	uint64_t timed_out; /* not complete within 60 s of the first fragment */
	uint64_t crowded;   /* made room for others */
	uint64_t overlaps;  /* fragments overlap, or disagree where the packet ends */

	/* Fragments refused: */
	uint64_t cut;       /* of which the capture has not all octets */
	uint64_t malformed; /* RFC 8200 4.5: not of multiples of 8 octets, beyond 65535 */
};

struct reassembly;

/* max_packets >= 1; max_octets covers all that is kept for packets that wait.
 * NULL without memory. */
struct reassembly *reassembly_new(unsigned max_packets, size_t max_octets);
void reassembly_free(struct reassembly *r);

/*
 * The next packet of the capture, from its IPv6 header, taken at usec. Octets
 * behind its Payload Length don't count. Fragments of a packet within another
 * (IPv6 in IPv6) are not looked for. *out is set if the result is
 * REASSEMBLE_WHOLE. Without memory, a fragment makes its packet count as crowded.
 */
enum reassembled reassembly_packet(struct reassembly *r, const uint8_t *packet, size_t len,
				   uint64_t usec, struct reassembled_packet *out);

struct reassembly_counts reassembly_counts(const struct reassembly *r);

#endif
