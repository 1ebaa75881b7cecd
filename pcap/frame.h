/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a frame to its IPv6 header: behind the link header, VLAN tags and
 * tunnels. Of tunnels: IPv6 in IPv4 (protocol 41, RFC 4213), IPv4 in IPv4
 * (RFC 2003), and GRE (RFC 2784, RFC 2890) over either version with IPv4, IPv6
 * or Ethernet in it, one in the other up to FRAME_TUNNELS_MAX. IPv6 in IPv6 is
 * not among them: the dissector shows both headers.
 */
#ifndef PCAP_FRAME_H
#define PCAP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { /* what a frame carries: the ethertypes that something here asks for */
	FRAME_UNTYPED = 0, /* the link header doesn't say, or was cut off */
	FRAME_IPV4 = 0x0800,
	FRAME_IPV6 = 0x86dd,
	FRAME_TYPE_FIRST = 0x0600, /* IEEE 802.3 3.2.6: what is less is a length */
};

enum { FRAME_TUNNELS_MAX = 4 };

struct link_type;

struct captured {
	uint64_t usec;        /* since 1970 */
	uint16_t nsec;        /* and beyond those microseconds, 0 to 999 */
	int link_type;        /* DLT_... of pcap/dlt.h, the same for the whole capture */
	const uint8_t *frame; /* borrowed until the next call */
	size_t len;           /* octets in frame */
	size_t wire_len;      /* octets it had on the link */

	/* What is inside of it: */
	uint16_t ethertype;   /* of the innermost that was reached, behind tags and tunnels; or
			       * the length that stands there, below FRAME_TYPE_FIRST */
	ssize_t ip_off;       /* of the innermost IPv6 header, <= len; -1: carries no IPv6 */
	unsigned tunnels;     /* passed on the way; an IP header counts with the GRE behind it */
	bool tunnel_fragment; /* the last IPv4 header is a tunnel's and of a fragment, so
			       * nothing is looked for behind it */
	uint32_t if_index;    /* the capturing host's; 0: not told (all but LINUX_SLL2) */
};

/* By the number of libpcap, DLT_... of pcap/dlt.h; NULL: not understood. Static. */
const struct link_type *link_type_numbered(int number);

/* The numbers: DLT_..., which can differ between systems, and LINKTYPE_..., that of files. */
int link_type_number(const struct link_type *link);
uint16_t link_type_in_file(const struct link_type *link);

/* Finds what is inside of c->frame, whatever its octets: FRAME_UNTYPED at the least. */
void frame_enter(struct captured *c, const struct link_type *link);

#endif
