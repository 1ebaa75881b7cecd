/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer has lost a context, and the target hasn't: R1bis, I2bis and R2 of
 * RFC 5533 7.17 to 7.20 make it anew, with another tag of the peer's. The R1bis may
 * also be the case's own; then its nonce and validator are the case's affair.
 */
#include "conformance/engine/peer_talk.h"

#include <string.h>

int peer_say_r1bis(struct heard *h)
{
	struct peer_context *c = h->context;
	struct shim6_message r1bis = { .type = SHIM6_R1BIS, .packet_tag = c->tag };

	if (!c->lost)
		return 0; /* an I2bis was faster than this packet's turn */
	r1bis.validator = peer_challenge(&h->t->peer, c);
	r1bis.resp_nonce = c->resp_nonce;
	return message_say(h->t, &h->path, &r1bis, "R1bis");
}

static int check_ulids(const struct heard *h)
{
	const struct in6_addr *ours = h->m.has_ulids ? &h->m.ulids.receiver : &h->path.ours;
	const struct in6_addr *theirs = h->m.has_ulids ? &h->m.ulids.sender : &h->path.theirs;
	const struct peer_context *c = h->context;

	if (IN6_ARE_ADDR_EQUAL(ours, &c->ours) && IN6_ARE_ADDR_EQUAL(theirs, &c->theirs) &&
	    c->fii == (h->m.has_fii ? h->m.fii : 0))
		return 0;
	return trial_blocked(h->t, "the peer: I2bis is for other ULIDs than its context, or for "
				   "another fork of it");
}

int peer_take_i2bis(struct heard *h)
{
	struct shim6_message r2 = { .type = SHIM6_R2, .init_nonce = h->m.init_nonce };
	struct trial *t = h->t;
	struct peer_context *c = peer_context_tagged(&t->peer, h->m.packet_tag);
	bool again = !c; /* a copy: the R2 of the one before will do */

	if (again)
		c = peer_context_formerly(&t->peer, h->m.packet_tag);
	h->context = c;
	if (!c || !(c->up || c->lost))
		return trial_blocked(t, "the peer: I2bis is for a tag that the peer never had");
	if (check_ulids(h) < 0 ||
	    message_echoes(t, "I2bis' initiator tag", c->target_tag, h->m.init_tag) < 0 ||
	    message_locators(h) < 0)
		return TRIAL_OVER;
	if (c->asked &&
	    message_echoes(t, "I2bis' responder nonce", c->resp_nonce, h->m.resp_nonce) < 0)
		return TRIAL_OVER;
	if (c->asked && (h->m.validator.len != sizeof(c->validator) ||
			 memcmp(h->m.validator.data, c->validator, sizeof(c->validator))))
		return trial_blocked(t, "the peer: I2bis' validator is not the one of R1bis");

	if (!again)
		peer_context_renew(&t->peer, c);
	r2.resp_tag = c->tag;
	message_add_locators(t, &r2, c);
	peer_context_up(t, c, h->m.init_tag);
	return message_say(t, &h->path, &r2, "handshake R2");
}
