/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet on its way through trace/: what it says, which context it belongs to
 * (find.c), and what it does to it (act.c). follow.c has the table of both.
 */
#ifndef TRACE_HEARD_H
#define TRACE_HEARD_H

#include "trace/internal.h"
#include "wire/layers.h"

struct rule;

struct heard {
	struct trace *t;
	uint64_t usec;
	struct in6_addr src, dst;
	const struct rule *rule;
	struct shim6_message m;
	struct in6_addr ulid[2]; /* the sender's and the receiver's, if the rule has them */
	struct gift gift;
	bool cut;           /* of the message only the fixed part is here */
	bool quotes_update; /* with this nonce */
	uint32_t quoted_nonce;

	struct node *n; /* NULL: none */
	unsigned from;
	unsigned events;
	bool stale_tag; /* it names a context that its addresses don't belong to */
};

enum starts { NOTHING, AS_INITIATOR, AS_RESPONDER }; /* the role of a sender */
enum whose { NOBODYS, SENDERS, RECEIVERS };

struct rule {
	const struct wire_layer *layer;
	void (*find)(struct heard *h);
	void (*act)(struct heard *h);
	uint8_t starts; /* enum starts: a context that isn't known */
	uint8_t tag;    /* enum whose: the tag at octet 6, RFC 5533 5 */
	bool ulids;     /* it tells them */
	bool active;    /* one that has no context doesn't send it */
};

/* That of a message type; NULL: none. */
const struct rule *heard_rule(unsigned type);

/* --- find.c: h->n and h->from, by what a message names its context with ----------------- */

/* By one key: the end that it is about, or -1 and no context. */
int heard_find(struct heard *h, struct key key);
/* The context of a packet that comes back, in an Error or in ICMPv6, to those
 * who sent it. Of the message, no more than 16 octets are needed. */
void heard_find_quoted(struct heard *h, const uint8_t *packet, size_t len);

void heard_by_ulids(struct heard *h);
void heard_by_nonce(struct heard *h);
void heard_by_lost_tag(struct heard *h);
void heard_by_receiver(struct heard *h);
void heard_by_quote(struct heard *h);

/* --- act.c: what a message does to the context that was found ---------------------------- */

/* The sender has the context; or the peer's stack knows no Shim6. */
void heard_working(struct heard *h);
void heard_refuse(struct heard *h);

void heard_act_i1(struct heard *h);
void heard_act_i2(struct heard *h);
void heard_act_r2(struct heard *h);
void heard_act_r1bis(struct heard *h);
void heard_act_i2bis(struct heard *h);
void heard_act_receiver(struct heard *h);
void heard_act_update(struct heard *h);
void heard_act_update_ack(struct heard *h);
void heard_act_probe(struct heard *h);
void heard_act_error(struct heard *h);
void heard_act_nothing(struct heard *h);

#endif
