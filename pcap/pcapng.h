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

/* Adds an interface of raw IPv6 frames, times in microseconds. Its index, from 0. */
int pcapng_interface(struct pcapng *w, const char *name);

/* Adds a whole packet; usec counts from 1970, or from the start of virtual time. */
int pcapng_packet(struct pcapng *w, unsigned interface, uint64_t usec,
		  enum pcapng_direction direction, const void *octets, size_t len,
		  const char *comment);

#endif
