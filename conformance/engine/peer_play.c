/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the peer answers by itself. A packet is taken while the target sends it
 * and answered once the target's call has returned, at the same virtual time.
 */
#include "conformance/engine/peer_talk.h"

#include "conformance/engine/show.h"
#include "wire/ipv6.h"
#include "wire/layers.h"

#include <inttypes.h>
#include <string.h>

enum {
	ANSWERS_MAX = 1000, /* in one event: no story needs as many */
	SRC_AT = 8,
	DST_AT = 24,
};

struct peer_part {
	const struct wire_layer *layer;
	const struct wire_layer *with; /* and there must be this one, too; NULL: none */
	unsigned play;                 /* enum peer_play: of what it is a part */
	bool tagged;                   /* it is for a context that the peer has */
	const char *name;
	int (*take)(struct heard *h);
};

/* RFC 5533 10.4. What the request says is taken over, and acknowledged the way it came. */
static int take_update(struct heard *h)
{
	const struct shim6_message ack = { .type = SHIM6_UPDATE_ACK,
					   .receiver_tag = h->context->target_tag,
					   .request_nonce = h->m.request_nonce };

	if (message_locators(h) < 0)
		return TRIAL_OVER;
	return message_say(h->t, &h->path, &ack, "Update Acknowledgement");
}

/* The peer has no timer that it could stop. */
static int take_keepalive(struct heard *h)
{
	(void)h;
	return 0;
}

static const struct peer_part parts[] = {
	{ &layer_update_request, NULL, PLAY_UPDATES, true, "Update Request", take_update },
	{ &layer_probe, NULL, PLAY_PROBES, true, "Probe", peer_take_probe },
	{ &layer_keepalive, NULL, PLAY_PROBES, true, "Keepalive", take_keepalive },
	{ &layer_i1, &layer_fii, PLAY_FORKS, false, "I1", peer_take_i1 },
	{ &layer_i2, &layer_fii, PLAY_FORKS, false, "I2", peer_take_i2 },
	{ &layer_i2bis, NULL, PLAY_RECOVERY, false, "I2bis", peer_take_i2bis },
	{ 0 },
};

/* What is for a context that the peer has lost, RFC 5533 7.17. A payload packet is
 * answered, and still is the case's affair. */
static const struct peer_part lost_parts[] = {
	{ &layer_payload, NULL, PLAY_RECOVERY, false, "payload", peer_say_r1bis },
	{ &layer_update_request, NULL, PLAY_RECOVERY, false, "Update Request", peer_say_r1bis },
	{ &layer_update_ack, NULL, PLAY_RECOVERY, false, "Update Acknowledgement", peer_say_r1bis },
	{ &layer_keepalive, NULL, PLAY_RECOVERY, false, "Keepalive", peer_say_r1bis },
	{ &layer_probe, NULL, PLAY_RECOVERY, false, "Probe", peer_say_r1bis },
	{ 0 },
};

/* --- while the target sends ------------------------------------------------- */

static bool has(const struct wire_dissection *d, const struct wire_layer *layer)
{
	for (unsigned i = 0; i < d->span_count; i++)
		if (d->spans[i].layer == layer)
			return true;
	return false;
}

static const struct peer_part *part_in(const struct peer_part *table, unsigned plays,
				       const struct wire_dissection *d)
{
	for (const struct peer_part *part = table; part->layer; part++)
		if (part->play & plays && has(d, part->layer) &&
		    (!part->with || has(d, part->with)))
			return part;
	return NULL;
}

/* The context whose tag a packet carries as its receiver's; NULL: none. */
static struct peer_context *context_in(struct peer *p, const struct wire_dissection *d)
{
	uint64_t tag;

	for (unsigned i = 0; i < d->span_count; i++)
		if (wire_number_get(d, i, "receiver_tag", &tag) == 0 ||
		    (d->spans[i].layer == &layer_payload &&
		     wire_number_get(d, i, "tag", &tag) == 0))
			return peer_context_tagged(p, tag);
	return NULL;
}

static void keep(struct peer *p, const struct sent *s, const struct peer_part *part,
		 struct peer_context *context)
{
	if (p->inbox_count == PEER_INBOX_MAX)
		p->choked = true;
	else
		p->inbox[p->inbox_count++] = (struct peer_letter){
			part, context, s->link, s->octets, s->len,
		};
}

bool peer_takes(struct trial *t, const struct sent *s)
{
	struct peer *p = &t->peer;
	const struct peer_part *part = NULL;
	struct peer_context *context;
	struct wire_dissection d;
	int locator;

	if (!p->plays || s->len < IPV6_HEADER_LEN)
		return false;
	locator = peer_locator(p, s->octets + DST_AT);
	if (locator < 0)
		return false;
	wire_dissect(&d, s->octets, s->len);
	context = context_in(p, &d);
	if (context && context->lost)
		part = part_in(lost_parts, p->plays, &d);
	if (!part)
		part = part_in(parts, p->plays, &d);
	if (!part)
		return false;
	if (!p->down[locator])
		keep(p, s, part, context);
	if (part->layer == &layer_payload)
		return false;
	trial_note(t, s->number, "taken by the peer: %s%s", part->name,
		   p->down[locator] ? ", which is lost: the locator is down" : "");
	return true;
}

/* --- when it is the runner's turn again -------------------------------------- */

static bool is_told(const struct peer_context *c, const struct in6_addr *locator)
{
	for (unsigned i = 0; i < c->list.count; i++)
		if (IN6_ARE_ADDR_EQUAL(&c->list.locator[i], locator))
			return true;
	return IN6_ARE_ADDR_EQUAL(&c->theirs, locator);
}

/* RFC 5533 12.3 and RFC 5534 5: the context is there, and the locators are its. */
static int check_context(const struct heard *h)
{
	if (!h->context || !h->context->up)
		return trial_blocked(
			h->t, "the peer: %s has a tag of which the peer has no context", h->name);
	if (!is_told(h->context, &h->path.theirs))
		return trial_blocked(h->t,
				     "the peer: %s came from %s, which the target has not told it",
				     h->name, show_address(h->t, &h->path.theirs));
	return 0;
}

static int play(struct trial *t, const struct peer_letter *l)
{
	const char *mistake = message_wrong(t, l->octets, l->len);
	struct heard h = { .t = t,
			   .name = l->part->name,
			   .octets = l->octets,
			   .len = l->len,
			   .path = { .link = l->link },
			   .context = l->context };

	if (mistake)
		return trial_blocked(t, "the peer: %s is wrong at %s", h.name, mistake);
	if (l->part->layer != &layer_payload && message_read(&h.m, l->octets, l->len) < 0)
		return trial_blocked(t, "the peer: %s can't be read: %s", h.name,
				     trial_line(t, l->octets, l->len));
	memcpy(&h.path.theirs, l->octets + SRC_AT, sizeof(h.path.theirs));
	memcpy(&h.path.ours, l->octets + DST_AT, sizeof(h.path.ours));
	if (l->part->tagged && check_context(&h) < 0)
		return TRIAL_OVER;
	return l->part->take(&h);
}

int peer_play(struct trial *t)
{
	struct peer *p = &t->peer;

	if (p->during != t->event)
		p->answers = 0;
	p->during = t->event;
	while (p->inbox_count > 0) {
		const struct peer_letter next = p->inbox[0];

		p->inbox_count--;
		memmove(p->inbox, p->inbox + 1, p->inbox_count * sizeof(p->inbox[0]));
		if (p->choked || ++p->answers > ANSWERS_MAX)
			return trial_blocked(t,
					     "the target sends the peer more than it can answer");
		if (play(t, &next) < 0)
			return TRIAL_OVER;
	}
	return 0;
}
