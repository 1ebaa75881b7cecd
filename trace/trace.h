/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the packets of a capture show of Shim6 contexts (RFC 5533, 5534): who
 * with whom, by which tags and locators, and how each went. Packets come one
 * after the other, with their times; nothing is read or printed here. A capture
 * may begin anywhere and lie about everything: what is remembered is bounded,
 * and what had to be forgotten is counted.
 */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include "wire/packet.h"
#include "wire/shim6.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* What the capture proves of a locator, RFC 5533 7.2 and 17. */
enum trace_proof {
	TRACE_UNPROVEN, /* nothing that could prove it was shown */
	TRACE_IS_ULID,  /* it is the ULID itself */
	TRACE_HBA,      /* of the hash-based set that the sent parameters make, RFC 5535 7.2 */
	TRACE_CGA,      /* the list is signed by the key that makes the ULID, RFC 3972 5, 6 */
	TRACE_REFUTED,  /* what was sent to prove it does not */
	TRACE_PROOF_COUNT,
};

extern const char *const trace_proof_name[]; /* "unproven", "ulid", "hba", ... */

/* Why nothing proves it, or what it was refuted by. */
enum trace_why {
	TRACE_WHY_NOT,       /* it is proven */
	TRACE_NO_METHOD,     /* its method has no check, RFC 5533 5.15.1 */
	TRACE_NO_PARAMETERS, /* no CGA parameters were shown */
	TRACE_NO_SIGNATURE,  /* none came with the list */
	TRACE_NO_PROCEDURE,  /* parameters with a Sec that RFC 4982 has nothing for */
	TRACE_NO_CHECK,      /* it couldn't be made, for want of memory */
	/* From here on it is refuted: */
	TRACE_MALFORMED,     /* parameters that are no such structure */
	TRACE_NOT_THE_ULIDS, /* parameters that don't make the ULID */
	TRACE_NOT_OF_SET,    /* parameters that make the ULID, and not this address */
	TRACE_BAD_SIGNATURE, /* it doesn't verify, or its key is too short for it */
	TRACE_WHY_COUNT,
};

extern const char *const trace_why_name[]; /* "", "no_method", "no_parameters", ... */

struct trace_locator {
	struct in6_addr addr;
	uint8_t method; /* enum shim6_method, or whatever the list says */
	uint8_t proof;  /* enum trace_proof */
	uint8_t why;    /* enum trace_why */
};

/* One of the two hosts of a context. */
struct trace_end {
	struct in6_addr ulid;
	bool has_ulid;      /* a capture that begins later may not show it */
	bool has_tag, has_list;
	uint64_t tag;       /* that it has allocated, 47 bits: packets to it carry it */
	uint32_t generation; /* of its locator list: the last one, but for one in an Update
			      * that the peer has refused by an Error, RFC 5533 10.4 */
	unsigned locator_count;
	struct trace_locator *locators; /* owned by the trace */
	struct in6_addr src, dst; /* the pair that its last payload packet went by; the
				   * ULIDs, where known, until there is one */
	uint64_t control, payload; /* packets that it has sent; those without a payload
				    * header count where the context isn't forked */
};

enum trace_state {
	TRACE_BEGUN,       /* a handshake is under way */
	TRACE_ESTABLISHED, /* both ends have it, or it was seen at work */
	TRACE_EXPLORING,   /* probes look for a pair that works, RFC 5534 4 */
	TRACE_RECOVERING,  /* an end has lost it: R1bis, I2bis, RFC 5533 7.17 */
	TRACE_REFUSED,     /* the peer does not know Shim6 (ICMPv6), or has answered the
			    * handshake with an Error */
	TRACE_STATE_COUNT,
};

extern const char *const trace_state_name[]; /* "begun", ... */

/* Times are microseconds since 1970. */
#define TRACE_NEVER UINT64_MAX /* it did not happen */

struct trace_outage {
	uint64_t failed_usec;  /* the last payload before it */
	uint64_t began_usec;   /* the first Probe in state Exploring */
	uint64_t resumed_usec; /* the first payload once a Probe has said Operational */
	unsigned probes;       /* from began to resumed */
};

enum { TRACE_OUTAGES_MAX = 4 }; /* of a context that are kept; the last ones */

struct trace_context {
	unsigned id;             /* from 1, in the order in which they appear */
	struct trace_end end[2]; /* 0: the initiator, if the handshake was seen */
	uint32_t fii;            /* 0: not forked, RFC 5533 5.15.7 */
	uint8_t state;           /* enum trace_state */
	bool seen_from_start;    /* its first packet was an I1 */
	bool picked;             /* by trace_pick() */
	uint64_t first_usec, established_usec, last_usec;
	unsigned outage_count;   /* all of them; those kept are the last */
	struct trace_outage outages[TRACE_OUTAGES_MAX]; /* the n-th, from 0, at n % MAX */
};

enum trace_event { /* bits: what a packet changed */
	TRACE_NEW = 1,           /* it is the context's first */
	TRACE_NOW_ESTABLISHED = 2,
	TRACE_NEW_LOCATORS = 4,  /* an end's list is new or another */
	TRACE_SWITCH = 8,        /* payload by another pair of locators than before */
	TRACE_OUTAGE = 16,       /* exploration begins */
	TRACE_RESUMED = 32,      /* payload flows again */
	TRACE_LOST = 64,         /* an end has no such context any more: R1bis, an I2bis
				  * that answers one, or a handshake begun anew */
	TRACE_NOW_REFUSED = 128, /* refused; with an Error at a later time, the message
				  * alone: then the state stays */
	TRACE_FORKED = 256,      /* it is new, of a ULID pair that has one, by its FII */
};

/*
 * What a packet is to the contexts. Those that receivers drop in silence (RFC 5533
 * 12.3: checksum, length, addresses) belong to none. A control message that the capture
 * has cut goes on with a context that is known by what its fixed fields say, tags, nonces
 * and a Probe's state; it begins none, and its options count as not shown.
 */
struct trace_mark {
	const struct trace_context *context; /* NULL: none that is known; until the next packet */
	unsigned from;   /* the end that has sent it: 0 or 1 */
	unsigned events; /* enum trace_event, or-ed */
};

struct trace;

/* max_contexts >= 1: beyond it, and beyond about 2 KiB for each in lists and
 * parameters, those unused for longest are forgotten, handshakes that nobody has
 * answered first. NULL without memory. */
struct trace *trace_new(unsigned max_contexts);
void trace_free(struct trace *t);

/* The ULIDs of a payload packet, in its direction, by its context tag; before
 * it is dissected. false: it has no payload header, or no context that is known. */
bool trace_ulids(struct trace *t, const uint8_t *packet, size_t len, struct in6_addr *src,
		 struct in6_addr *dst);

/* 0, or -ENOMEM: then nothing has changed. Where d->cut, the capture has cut it; a packet
 * that was cut by nobody and lacks octets is dropped by receivers, and not for here. */
int trace_packet(struct trace *t, const struct wire_dissection *d, uint64_t usec,
		 struct trace_mark *out);

/* The same for a packet that has no Shim6 and isn't dissected: if it is payload
 * between the ULIDs of a context, before that has moved, it counts there (RFC 5533
 * 11), and can end an outage. All others, and those of ICMPv6 but echoes, are nothing. */
void trace_plain(struct trace *t, const uint8_t *packet, size_t len, uint64_t usec,
		 struct trace_mark *out);

/* Marks one of its contexts as picked, for whoever follows: the trace itself makes
 * nothing of it. */
void trace_pick(struct trace *t, const struct trace_context *c);

/* Contexts that made room for others. */
uint64_t trace_forgotten(const struct trace *t);

/* Payload packets by a tag of no context that is known. */
uint64_t trace_strays(const struct trace *t);

/* Those that are remembered, by id. */
void trace_each(const struct trace *t, void (*visit)(void *ctx, const struct trace_context *c),
		void *ctx);

#endif
