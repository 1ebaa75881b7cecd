/* SPDX-License-Identifier: BSD-2-Clause */
/* Beside back_to_back.h, for contexts that one side has lost: RFC 5533 7.5. */
#ifndef REFSTACK_BACK_TO_BACK_LOSS_H
#define REFSTACK_BACK_TO_BACK_LOSS_H

#include "refstack/core/back_to_back.h"

/* Where the packets are in the order of figure 6, behind the handshake's four. */
enum { PAYLOAD = 4, R1BIS, I2BIS, R2 };

static inline void lose(struct pair *p, unsigned side)
{
	context_remove(&p->host[side]->contexts, context_of(p, side));
}

/* B has lost the context, and A's payload with its tag is in the air. */
static inline uint64_t be_stale(struct pair *p)
{
	uint64_t tag;

	establish(p);
	tag = context_of(p, B)->ct_local;
	lose(p, B);
	assert_int_equal(send_payload(p, A, 2), 0);
	return tag;
}

/* As above, up to the first message of a type, which is taken out of the air. */
static inline struct flight caught(struct pair *p, uint8_t type)
{
	be_stale(p);
	while (control_type(&p->flight[p->landed]) != type)
		land_one(p);
	return p->flight[p->landed++];
}

/* An honest message of RFC 5533 10 or RFC 5534 5 with some tag, from the first
 * locator to the first; it doesn't land. */
static inline struct flight control(struct pair *p, unsigned from, uint8_t type, uint64_t tag)
{
	const struct in6_addr src = locator_of(p, from, 1), dst = locator_of(p, !from, 1);
	const struct shim6_message m = {
		.type = type,
		.receiver_tag = tag,
		.request_nonce = 0x01020304,
		.probe = {
			.state = REAP_OPERATIONAL,
			.sent_count = 1,
			.sent = { { .src = src, .dst = dst, .nonce = 5 } },
		},
	};
	struct flight f;

	assert_int_equal(host_send_control(p->host[from], &src, &dst, &m), 0);
	f = p->flight[--p->count];
	return f;
}

#endif
