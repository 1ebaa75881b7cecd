/* SPDX-License-Identifier: BSD-2-Clause */
/* Captured packets as text for people, in the manner of tcpdump(8). */
#ifndef SHIMDUMP_PRINT_H
#define SHIMDUMP_PRINT_H

#include "pcap/capture.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum time_form { /* as many as there are -t on the command line */
	TIME_OF_DAY,       /* 12:34:56.789012, UTC */
	TIME_NONE,
	TIME_SECONDS,      /* since 1970 */
	TIME_SINCE_PACKET, /* since the packet before */
	TIME_AND_DATE,     /* 2024-01-31 12:34:56.789012, UTC */
	TIME_SINCE_FIRST,  /* since the first packet */
	TIME_FORMS
};

struct printer {
	FILE *out; /* borrowed */
	enum time_form time_form;
	bool fields; /* every layer and field of a packet below its line */
	bool octets; /* every octet below that */

	bool started; /* the rest is kept by print_packet() */
	uint64_t first_usec, previous_usec;
};

/* Writing may fail: ferror(out) tells. */
void print_packet(struct printer *p, const struct captured *packet);

#endif
