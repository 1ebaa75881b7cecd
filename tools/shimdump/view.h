/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What shimdump can make of packets: each view gets them one after the other,
 * dissected and with their context, and may sum up at the end.
 */
#ifndef SHIMDUMP_VIEW_H
#define SHIMDUMP_VIEW_H

#include "pcap/capture.h"
#include "trace/trace.h"
#include "wire/packet.h"

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

/* How things are shown, for all views; what a view has no use for it ignores. */
struct look {
	enum time_form time_form;
	unsigned verbose;  /* 1: fields; 2: inside quoted packets, and long runs in full; 3: -x */
	unsigned hex;      /* 1: octets from the IPv6 header; 2: from the link header */
	unsigned ascii;    /* the same, and beside them what of them can be printed */
	bool link_header;
	bool colour;
	const char *name;  /* of the capture, for findings; borrowed */
};

/* A packet as views get it. All borrowed for the call. */
struct sight {
	uint64_t number;                 /* in the capture, from 1 */
	const struct captured *frame;
	const struct wire_dissection *d; /* NULL: a frame without IPv6 */
	unsigned fragments;              /* it was put together from; 0: came whole */
	struct trace_mark mark;
};

struct view {
	FILE *out;               /* borrowed; writing may fail: ferror() tells */
	struct look look;
	const struct trace *trace; /* borrowed */
	unsigned long errors;    /* findings that are errors; counted for every view */
	void *state;             /* of the view's own; NULL until begin, owned by it */
};

/* One of them. begin: 0 or -ENOMEM. */
struct view_kind {
	const char *name;
	bool all;    /* shows packets without Shim6, too, unless told otherwise */
	bool at_end; /* prints nothing before, and then also what had to be forgotten */
	int (*begin)(struct view *v);
	void (*packet)(struct view *v, const struct sight *s);
	void (*end)(struct view *v);
};

extern const struct view_kind view_kinds[]; /* name NULL: their end */
extern const struct view_kind findings_view; /* --findings */

const struct view_kind *view_kind_named(const char *name);

/* text.c, jsonl.c, ladder.c, contexts.c, summary.c */
int text_begin(struct view *v);
void text_packet(struct view *v, const struct sight *s);
void text_end(struct view *v);
int jsonl_begin(struct view *v);
void jsonl_packet(struct view *v, const struct sight *s);
void jsonl_end(struct view *v);
int ladder_begin(struct view *v);
void ladder_packet(struct view *v, const struct sight *s);
void ladder_end(struct view *v);
void contexts_end(struct view *v);
int summary_begin(struct view *v);
void summary_packet(struct view *v, const struct sight *s);
void summary_end(struct view *v);

/* What more than one view says. */
extern const char *const severity_name[]; /* by enum wire_severity */

/* "HBA verified", "not proven: no CGA parameters were shown". */
void put_proof(FILE *out, const struct trace_locator *l);

enum { ADDR_ROOM = 46 }; /* an address and a NUL */
const char *addr_text(char text[static ADDR_ROOM], const struct in6_addr *addr);

/* The address of an end, its tag: "not seen" if the capture doesn't show it. */
const char *ulid_text(char text[static ADDR_ROOM], const struct trace_end *end);
void put_tag(FILE *out, const struct trace_end *end);

/* "and 3 contexts that had to be forgotten (--max-contexts)"; nothing if there are none. */
void put_forgotten(FILE *out, const struct trace *t);

extern const char *const event_name[];    /* by the bit's number; NULL: their end */

/* The Shim6 message or payload header of a packet, its span; -1: there is none. */
int shim6_span(const struct wire_dissection *d);

/* The IPv6 header in front of a span, from its first octet; NULL: it has none whole. */
const uint8_t *ipv6_before(const struct wire_dissection *d, unsigned span);

/* Is a finding an error? */
bool is_malformed(const struct wire_dissection *d);

/* Does any checksum that can be computed differ from what is there? */
bool has_bad_checksum(const struct wire_dissection *d);

#endif
