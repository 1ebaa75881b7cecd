/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Telling the peer of other locators and other preferences, and being told:
 * RFC 5533 10.
 */
#include "refstack/core/internal.h"

enum { /* RFC 5533 14, in seconds */
	UPDATE_TIMEOUT = 4,
	MAX_UPDATE_TIMEOUT = 120,
	/* Ours. Requests have no order: one that is overtaken by the next would have
	 * the last word. So the next waits until the last can't be on its way any more. */
	UPDATE_APART = 1,
};

/* --- as the one who has changed -------------------------------------------------- */

/* RFC 5533 10.2: doubled with each copy up to a limit, and between half and one
 * and a half of that. It never ends by itself. */
static void start_timer(struct shim_host *host, struct shim_context *context)
{
	unsigned seconds = UPDATE_TIMEOUT;

	for (unsigned i = 0; i < context->update.retries && seconds < MAX_UPDATE_TIMEOUT; i++)
		seconds *= 2;
	if (seconds > MAX_UPDATE_TIMEOUT)
		seconds = MAX_UPDATE_TIMEOUT;
	context_set_timer(&host->contexts, context, TIMER_UPDATE, host_about(host, seconds));
}

static void send_request(struct shim_host *host, struct shim_context *context)
{
	struct shim_update *update = &context->update;
	struct tell tell = {
		.set = update->list ? update->offered : 0,
		.preferences = true,
	};
	struct shim6_message request = {
		.type = SHIM6_UPDATE_REQUEST,
		.receiver_tag = context->ct_peer,
		.request_nonce = update->nonce,
	};
	locator_set told = peer_tell(host, context, &context->lp_local, &context->lp_peer,
				     &request, &tell);

	update->asked |= tell.set;
	if (told) {
		update->offered = told;
		update->told = true;
	}
	update->may_change = host->now + UPDATE_APART * USEC_PER_SEC;
	start_timer(host, context);
	reap_payload_out(host, context);
}

/* RFC 5533 10.3: what is new goes together with what hasn't been acknowledged,
 * under a nonce of its own; a list also under a generation of its own. */
static void request(struct shim_host *host, struct shim_context *context, bool list)
{
	struct shim_update *update = &context->update;

	update->list = list || (update->outstanding && update->list);
	update->outstanding = true;
	update->retries = 0;
	update->nonce = random_u32(&host->random);
	if (list)
		context->ls_local_generation = random_u32(&host->random);
	send_request(host, context);
}

static void wait_until_it_may(struct shim_host *host, struct shim_context *context)
{
	usec_t may = context->update.may_change;

	context->update.waiting = true;
	context_set_timer(&host->contexts, context, TIMER_UPDATE,
			  may > host->now ? may : host->now);
}

/* A locator that is new goes into the list; one that went stays in it, and is
 * called broken, so that it can come back without any proof. One that the
 * application doesn't want in it (RFC 6316 6.10) leaves it. */
void update_consider(struct shim_host *host, struct shim_context *context)
{
	locator_set known = context->update.outstanding ? context->update.offered
							: context->ls_local;
	locator_set wanted = wish_locals(host, context);
	locator_set up = host_locators_up(host) & wanted, told_up;
	bool list;

	if (!context_is_up(context) || !identity_proves(&host->identity, &context->ulids.local))
		return;
	told_up = context->update.told_up;
	list = (up & ~(known | context->update.asked)) != 0 || !context->update.told ||
	       (known & ~wanted) != 0;
	if (!list && (up & known) == told_up && !context->update.unsure)
		return;
	if (host->now < context->update.may_change) {
		wait_until_it_may(host, context);
		return;
	}
	context->update.unsure = context->update.waiting = false;
	if (known & ~wanted)
		context->update.asked = 0; /* what leaves the list may come back */
	context->update.offered = (known | up) & wanted;
	context->update.told_up = up;
	request(host, context, list);
}

void update_refused(struct shim_host *host, struct shim_context *context, uint32_t nonce)
{
	struct shim_update *update = &context->update;

	if (!update->outstanding || update->nonce != nonce || update->list)
		return;
	request(host, context, true);
}

void update_expire(struct shim_host *host, struct shim_context *context)
{
	struct shim_update *update = &context->update;

	if (update->waiting) {
		update->waiting = false;
		update_consider(host, context);
		if (context->deadline[TIMER_UPDATE] != USEC_NEVER)
			return; /* else it has all changed back */
	}
	if (!update->outstanding)
		return;
	update->retries++;
	send_request(host, context);
}

void update_stop(struct shim_host *host, struct shim_context *context)
{
	context->update = (struct shim_update){ .nonce = 0 };
	context_set_timer(&host->contexts, context, TIMER_UPDATE, USEC_NEVER);
}

/* RFC 5533 10.5. From here on the new locators can be sources. */
void update_take_ack(struct shim_host *host, struct shim_context *context, const struct heard *h)
{
	struct shim_update *update = &context->update;

	reap_payload_in(host, context);
	if (!update->outstanding || h->m->request_nonce != update->nonce) {
		host_drop(host, h->rx, "an acknowledgement of no update of ours");
		return;
	}
	update->outstanding = false;
	if (update->list)
		context->ls_local = update->offered;
	context_set_timer(&host->contexts, context, TIMER_UPDATE, USEC_NEVER);
	if (update->waiting)
		wait_until_it_may(host, context);
	reap_happen(host, context, REAP_CHANGED, NULL);
	host_event(host, SHIM_EVENT_TOLD, context, NULL, NULL);
}

/* --- as the peer ------------------------------------------------------------------- */

/* Back the way that the request came; and, if that isn't how we send, that way, too:
 * either may be the only one that works. */
static void send_ack(struct shim_host *host, const struct shim_context *context,
		     const struct heard *h)
{
	const struct in6_addr *src = &h->rx->ip.dst, *dst = &h->rx->ip.src;
	struct shim6_message ack = {
		.type = SHIM6_UPDATE_ACK,
		.receiver_tag = context->ct_peer,
		.request_nonce = h->m->request_nonce,
	};

	host_send_control(host, src, dst, &ack);
	if (context_has_peer(context, &context->lp_peer) &&
	    (!IN6_ARE_ADDR_EQUAL(src, &context->lp_local) ||
	     !IN6_ARE_ADDR_EQUAL(dst, &context->lp_peer)))
		host_send_control(host, &context->lp_local, &context->lp_peer, &ack);
}

/* RFC 5533 10.4. Everything is looked at before anything is recorded: the text
 * would keep a new list when the preferences that come with it are refused, and
 * the peer could not know. */
void update_take_request(struct shim_host *host, struct shim_context *context,
			 const struct heard *h)
{
	size_t error_at;
	const char *why = prove(host, context, h, &context->ulids.peer, true, &error_at);
	int code = SHIM6_ERROR_METHOD;
	bool news;

	if (!why) {
		code = peer_check_preferences(context, h, &error_at);
		if (code)
			why = "preferences that don't fit the Locator List";
	}
	if (why) {
		host_drop(host, h->rx, why);
		if (error_at)
			control_error(host, h->rx, (uint8_t)code, error_at);
		return;
	}
	reap_payload_in(host, context);
	/* A copy tells nothing new. */
	news = !context->update.has_taken || context->update.taken != h->m->request_nonce;
	if (news && peer_record(context, h)) {
		host_log(host, "no memory for what a peer has to tell");
		return;
	}
	context->update.has_taken = true;
	context->update.taken = h->m->request_nonce;
	send_ack(host, context, h);
	reap_payload_out(host, context);
	if (news) {
		peer_follow(host, context, h);
		host_event(host, SHIM_EVENT_LIST, context, NULL, NULL);
	}
}
