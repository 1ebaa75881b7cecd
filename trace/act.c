/* SPDX-License-Identifier: BSD-2-Clause */
/* What a message does to its context. */
#include "trace/heard.h"

static bool at_work(const struct node *n)
{
	return n->c.state == TRACE_ESTABLISHED || n->c.state == TRACE_EXPLORING;
}

static void establish(struct heard *h)
{
	struct trace_context *c = &h->n->c;

	if (at_work(h->n))
		return;
	c->state = TRACE_ESTABLISHED;
	if (c->established_usec == TRACE_NEVER)
		c->established_usec = h->usec;
	h->events |= TRACE_NOW_ESTABLISHED;
}

static void lose(struct heard *h, unsigned end)
{
	struct node *n = h->n;

	if (n->c.state == TRACE_RECOVERING && n->lost == end)
		return;
	n->c.state = TRACE_RECOVERING;
	n->lost = (uint8_t)end;
	h->events |= TRACE_LOST;
}

void heard_refuse(struct heard *h)
{
	if (h->n->c.state != TRACE_REFUSED)
		h->events |= TRACE_NOW_REFUSED;
	h->n->c.state = TRACE_REFUSED;
}

/* Who sends with the peer's tag has the context, whatever was said before. */
void heard_working(struct heard *h)
{
	struct node *n = h->n;

	if (n->c.state != TRACE_RECOVERING || n->lost == h->from)
		establish(h);
}

static void set_tag(struct node *n, unsigned end, uint64_t tag, bool firm)
{
	struct trace_end *e = &n->c.end[end];

	if (e->has_tag && e->tag == tag && n->more[end].firm >= firm)
		return;
	e->has_tag = true;
	e->tag = tag;
	n->more[end].firm = firm;
	n->stale = true;
}

/* A question that an R2 has answered is asked again: that R2 was lost. */
static bool is_repeated(const struct heard *h)
{
	const struct trace_end *e = &h->n->c.end[h->from];
	const struct more *more = &h->n->more[h->from];

	return more->answered && more->nonce == h->m.init_nonce && e->has_tag &&
	       e->tag == h->m.init_tag && addr_equal(&more->nonce_src, &h->src) &&
	       addr_equal(&more->nonce_dst, &h->dst);
}

static void set_nonce(struct heard *h)
{
	struct more *more = &h->n->more[h->from];

	if (more->has_nonce && more->nonce == h->m.init_nonce &&
	    addr_equal(&more->nonce_src, &h->src) && addr_equal(&more->nonce_dst, &h->dst))
		return;
	more->has_nonce = true;
	more->answered = false;
	more->nonce = h->m.init_nonce;
	more->nonce_src = h->src;
	more->nonce_dst = h->dst;
	h->n->stale = true;
}

static void tell(struct heard *h, bool anew)
{
	struct more *more = &h->n->more[h->from];

	if (h->cut) /* the list may be in what isn't here */
		return;
	if (trace_tell(h->n, h->from, &h->m, anew, &h->gift))
		h->events |= TRACE_NEW_LOCATORS;
	if (!more->told && (anew || h->n->c.end[h->from].has_list)) {
		more->told = true;
		h->n->stale = true;
	}
}

/* An I1 with another tag than that of a context at work comes from one that has
 * lost it (RFC 5533 7.5, Figure 7), but anybody can send that: the tag itself
 * changes with the I2. */
void heard_act_i1(struct heard *h)
{
	struct node *n = h->n;
	const struct trace_end *e = &n->c.end[h->from];

	if (is_repeated(h))
		return;
	if (h->events & TRACE_NEW)
		n->c.seen_from_start = true;
	if (n->c.state == TRACE_REFUSED)
		n->c.state = TRACE_BEGUN;
	if (n->c.state == TRACE_BEGUN || !e->has_tag)
		set_tag(n, h->from, h->m.init_tag, false);
	else if (at_work(n) && e->tag != h->m.init_tag)
		lose(h, h->from);
	set_nonce(h);
}

void heard_act_i2(struct heard *h)
{
	struct node *n = h->n;
	const struct trace_end *e = &n->c.end[h->from];

	if (!is_repeated(h)) {
		if (at_work(n) && e->has_tag && e->tag != h->m.init_tag)
			lose(h, h->from);
		if (n->c.state == TRACE_REFUSED)
			n->c.state = TRACE_BEGUN;
		set_nonce(h);
	}
	set_tag(n, h->from, h->m.init_tag, true);
	tell(h, true);
}

void heard_act_r2(struct heard *h)
{
	struct more *peer = &h->n->more[!h->from];

	set_tag(h->n, h->from, h->m.resp_tag, true);
	if (peer->has_nonce && peer->nonce == h->m.init_nonce) {
		peer->has_nonce = false;
		peer->answered = true;
		h->n->stale = true;
	}
	tell(h, true);
	establish(h);
}

/* In a handshake of its own a host passes over an R1bis, RFC 5533 7.18. */
void heard_act_r1bis(struct heard *h)
{
	if (at_work(h->n) || h->n->c.state == TRACE_RECOVERING)
		lose(h, h->from);
}

void heard_act_i2bis(struct heard *h)
{
	struct node *n = h->n;

	if (!n->c.end[!h->from].has_tag)
		set_tag(n, !h->from, h->m.packet_tag, false);
	if (!is_repeated(h)) {
		if (h->events & TRACE_NEW || at_work(n))
			lose(h, !h->from);
		set_nonce(h);
	}
	set_tag(n, h->from, h->m.init_tag, true);
	tell(h, true);
}

void heard_act_receiver(struct heard *h)
{
	if (!h->n->c.end[!h->from].has_tag)
		set_tag(h->n, !h->from, h->m.receiver_tag, false);
	if (h->events & TRACE_NEW)
		h->n->c.state = TRACE_ESTABLISHED;
	heard_working(h);
}

void heard_act_update(struct heard *h)
{
	heard_act_receiver(h);
	tell(h, false);
}

void heard_act_update_ack(struct heard *h)
{
	heard_act_receiver(h);
	trace_tell_taken(h->n, !h->from, h->m.request_nonce);
}

void heard_act_probe(struct heard *h)
{
	heard_act_receiver(h);
	h->events |= trace_probe(h->n, h->m.probe.state, h->usec);
}

/* RFC 5533 10.4: of preferences that don't fit, the list that came with them was taken
 * before. Other Errors are for messages that were not processed (5.14, 5.15, 7.2). */
static void refuse_update(struct heard *h)
{
	uint8_t code = h->m.error.code;

	if (code == SHIM6_ERROR_GENERATION || code == SHIM6_ERROR_PREFERENCES)
		trace_tell_taken(h->n, !h->from, h->quoted_nonce);
	else
		trace_tell_refused(h->n, !h->from, h->quoted_nonce);
}

void heard_act_error(struct heard *h)
{
	if (h->quotes_update)
		refuse_update(h);
	if (h->n->c.state == TRACE_BEGUN || h->n->c.state == TRACE_RECOVERING)
		heard_refuse(h);
	else if (at_work(h->n))
		h->events |= TRACE_NOW_REFUSED;
}

void heard_act_nothing(struct heard *h)
{
	(void)h;
}
