/* SPDX-License-Identifier: BSD-2-Clause */
/* Which way a packet of a socket goes below the identifiers; the same for all kinds. */
#include "refstack/socket/ancillary.h"

/*
 * The designated locators, over what is preferred (RFC 6316 11.1): this message's
 * (7.2), or else the socket's (6.8 and 6.9) for its own peer, as long as the context
 * knows them and the peer is there.
 */
static void designate(const struct sock *s, struct ancillary *a)
{
	struct in6_addr local = in6addr_any, peer = in6addr_any;
	int rc;

	if (s->fii)
		sock_wished_pair(s, &local, &peer);
	if (!addr_any(&s->local_send) && sock_check_local(s, &s->local_send) == 0)
		local = s->local_send;
	if (!addr_any(&s->peer_send)) {
		rc = sock_check_peer(s, &s->peer_send);
		if (rc == 0)
			peer = s->peer_send;
		else if (rc == -EUNVERIFIEDLOCATOR) /* not any more */
			sock_ask_peer(s, &s->peer_send);
	}
	if (addr_any(&a->source_locator))
		a->source_locator = local;
	if (addr_any(&a->peer_locator))
		a->peer_locator = peer;
}

/* Unable to connect and unsatisfactory are both news of a failure
 * to REAP, and of either direction it can do the same. */
void way_feed_back(const struct sock *s, const struct shim_feedback *feedback)
{
	struct shim_context *context;

	if (feedback->fb_indicator == FEEDBACK_NONE)
		return;
	context = sock_context(s);
	if (context)
		shim_feedback(s->table->host, context,
			      feedback->fb_indicator == FEEDBACK_SATISFACTORY);
}

void way_choose(struct shim_send *send, struct sock *s, struct ancillary *a)
{
	bool own = sock_is_own_pair(s, &send->local, &send->peer);

	if (s->connected && s->wishes)
		sock_part(s);
	if (own)
		designate(s, a);
	if (own && s->fii && shim_fork_of(s->table->host, &send->local, &send->peer, s->fii))
		send->fii = s->fii;
	if (!addr_any(&a->source_locator))
		send->source_locator = &a->source_locator;
	if (!addr_any(&a->peer_locator))
		send->peer_locator = &a->peer_locator;
}
