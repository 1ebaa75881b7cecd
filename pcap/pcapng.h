/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing captures as pcapng (IETF draft-ietf-opsawg-pcapng), which libpcap
 * reads but doesn't write. What the older format has no place for is why we
 * want it: several links in one file, the direction of each packet as the
 * stack under test saw it, and a comment beside a packet.
 *
 * The octets depend on the arguments alone: no clock, no host name, and
 * always big-endian, which every reader must take (section header, below).
 */
#ifndef PCAP_PCAPNG_H
#define PCAP_PCAPNG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	PCAPNG_MICROSECONDS = 6, /* how fine an interface's times are: units of 10^-6 s, */
	PCAPNG_NANOSECONDS = 9,  /* or of 10^-9 s */
	PCAPNG_LINKTYPE_IPV6 = 229, /* raw IPv6: a frame starts with its IPv6 header */
	PCAPNG_SNAPLEN = 262144,    /* what an interface declares; above any IPv6 packet */
};

enum pcapng_direction { /* epb_flags, bits 0 and 1 */
	PCAPNG_DIRECTION_UNKNOWN = 0,
	PCAPNG_INBOUND = 1,  /* towards the stack under test */
	PCAPNG_OUTBOUND = 2, /* sent by it */
};

struct pcapng {
	FILE *file; /* borrowed; flushed and closed by the caller */
	unsigned interface_count;
	int error; /* first failure as negative errno; every later call returns it */
};

/*
 * All return 0 or more, or negative errno: -EINVAL for an interface or
 * direction that isn't there, -EMSGSIZE for a packet above PCAPNG_SNAPLEN,
 * -ENAMETOOLONG for text above 65535 octets (nothing is written then), else
 * what writing to the file gave. Texts are UTF-8; NULL leaves them out.
 */

/* Starts a capture with its section header; comment is about all of it. */
int pcapng_begin(struct pcapng *w, FILE *file, const char *comment);

/* Adds an interface of frames of any LINKTYPE_..., with times in units of
 * 10^-resolution s. Its index, from 0. */
int pcapng_link(struct pcapng *w, const char *name, uint16_t link_type, uint8_t resolution);

/* The same for raw IPv6 frames and microseconds. */
int pcapng_interface(struct pcapng *w, const char *name);

struct pcapng_frame {
	unsigned interface;
	uint64_t time; /* in the units of its interface */
	enum pcapng_direction direction;
	const void *octets; /* borrowed */
	size_t len;
	size_t wire_len; /* octets that it had on the link */
	const char *comment;
};

/* -EMSGSIZE also for a wire_len that needs more than 32 bits. */
int pcapng_frame(struct pcapng *w, const struct pcapng_frame *frame);

/* Adds a whole packet; usec counts from 1970, or from the start of virtual time. */
int pcapng_packet(struct pcapng *w, unsigned interface, uint64_t usec,
		  enum pcapng_direction direction, const void *octets, size_t len,
		  const char *comment);

#endif
