/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Telling the peer of other locators and other preferences, and being told:
 * RFC 5533 10.
 */
#include "refstack/core/internal.h"

enum { /* RFC 5533 14, in seconds */
	UPDATE_TIMEOUT = 4,
	MAX_UPDATE_TIMEOUT = 120,
};

/* --- as the one who has changed -------------------------------------------------- */

/* RFC 5533 10.2: doubled with each copy up to a limit, and between half and one
 * and a half of that. It never ends by itself. */
static void start_timer(struct shim_host *host, struct shim_context *context)
{
	unsigned seconds = UPDATE_TIMEOUT;
	usec_t nominal;

	for (unsigned i = 0; i < context->update.retries && seconds < MAX_UPDATE_TIMEOUT; i++)
		seconds *= 2;
	if (seconds > MAX_UPDATE_TIMEOUT)
		seconds = MAX_UPDATE_TIMEOUT;
	nominal = seconds * USEC_PER_SEC;
	context_set_timer(&host->contexts, context, TIMER_UPDATE,
			  host->now + nominal / 2 + random_u64(&host->random) % (nominal + 1));
}

static void send_request(struct shim_host *host, struct shim_context *context)
{
	struct shim_update *update = &context->update;
	struct tell tell = {
		.set = update->list ? update->offered : 0,
		.preferences = update->preferences,
	};
	struct shim6_message request = {
		.type = SHIM6_UPDATE_REQUEST,
		.receiver_tag = context->ct_peer,
		.request_nonce = update->nonce,
	};
	locator_set told = peer_tell(host, context, &context->lp_local, &context->lp_peer,
				     &request, &tell);

	if (told)
		update->offered = told;
	start_timer(host, context);
	reap_payload_out(host, context);
}

/* RFC 5533 10.3: what is new goes together with what hasn't been acknowledged,
 * under a nonce of its own; a list also under a generation of its own. */
static void request(struct shim_host *host, struct shim_context *context, bool list)
{
	struct shim_update *update = &context->update;

	update->list = list || (update->outstanding && update->list);
	update->preferences = true;
	update->outstanding = true;
	update->retries = 0;
	update->nonce = random_u32(&host->random);
	if (list)
		context->ls_local_generation = random_u32(&host->random);
	send_request(host, context);
}

/* A locator that is new goes into the list; one that went stays in it, and is
 * called broken, so that it can come back without any proof. */
void update_consider(struct shim_host *host, struct shim_context *context)
{
	locator_set known = context->update.outstanding ? context->update.offered
							: context->ls_local;
	locator_set up = host_locators_up(host), told_up;

	if (!context_is_up(context))
		return;
	told_up = context->update.told_up;
	if ((up & ~known) == 0 && (up & known) == told_up)
		return;
	context->update.offered = known | up;
	context->update.told_up = up;
	request(host, context, (up & ~known) != 0);
}

void update_expire(struct shim_host *host, struct shim_context *context)
{
	context->update.retries++;
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
	reap_happen(host, context, REAP_CHANGED, NULL);
	host_event(host, SHIM_EVENT_TOLD, context, NULL, NULL);
}

/* --- as the peer ------------------------------------------------------------------- */

static void send_ack(struct shim_host *host, const struct shim_context *context,
		     const struct heard *h)
{
	struct shim6_message ack = {
		.type = SHIM6_UPDATE_ACK,
		.receiver_tag = context->ct_peer,
		.request_nonce = h->m->request_nonce,
	};

	host_send_control(host, &h->rx->ip.dst, &h->rx->ip.src, &ack);
}

/* Does the peer call broken where we send to? */
static bool is_broken(const struct shim_context *context)
{
	const struct shim_locators *ls = context->ls_peer;

	for (unsigned i = 0; ls && i < ls->count; i++)
		if (IN6_ARE_ADDR_EQUAL(&ls->at[i].addr, &context->lp_peer))
			return ls->at[i].preference.flags & SHIM6_BROKEN;
	return false;
}

/* Where to look for another pair, or whether to. What the peer has no more is not
 * sent to any more, not even until another is found: the ULID alone needs no
 * proof, RFC 5533 7.2. */
static void follow_peer(struct shim_host *host, struct shim_context *context)
{
	bool broken = is_broken(context);

	if (!context_has_peer(context, &context->lp_peer)) {
		translate_switch(host, context, &context->lp_local, &context->ulids.peer);
		broken = true;
	}
	reap_happen(host, context, broken ? REAP_BROKEN : REAP_CHANGED, NULL);
}

/* RFC 5533 10.4. Everything is looked at before anything is recorded: the text
 * would keep a new list when the preferences that come with it are refused, and
 * the peer could not know. */
void update_take_request(struct shim_host *host, struct shim_context *context,
			 const struct heard *h)
{
	size_t error_at;
	const char *why = prove(context, h, &context->ulids.peer, true, &error_at);
	int code = SHIM6_ERROR_METHOD;

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
	if (peer_record(context, h)) {
		host_log(host, "no memory for what a peer has to tell");
		return;
	}
	send_ack(host, context, h);
	reap_payload_out(host, context);
	follow_peer(host, context);
	host_event(host, SHIM_EVENT_LIST, context, NULL, NULL);
}
