/* SPDX-License-Identifier: BSD-2-Clause */
/* What REAP (RFC 5534) and payload say of a context's way through the network. */
#include "trace/internal.h"

static struct trace_outage *outage_last(struct trace_context *c)
{
	return &c->outages[(c->outage_count - 1) % TRACE_OUTAGES_MAX];
}

static unsigned outage_begin(struct node *n, uint64_t usec)
{
	n->c.outage_count++;
	*outage_last(&n->c) = (struct trace_outage){
		.failed_usec = n->payload_usec,
		.began_usec = usec,
		.resumed_usec = TRACE_NEVER,
	};
	n->outage_open = true;
	return TRACE_OUTAGE;
}

/* A node that hears Operational has heard that its own probes arrive and goes
 * there, too (RFC 5534 4.3), so one Probe that says so speaks for both. */
unsigned trace_probe(struct node *n, unsigned state, uint64_t usec)
{
	bool exploring = state == REAP_EXPLORING;
	unsigned events = 0;

	if (exploring && !n->outage_open)
		events = outage_begin(n, usec);
	if (!n->outage_open)
		return events;
	outage_last(&n->c)->probes++;
	if (state == REAP_INBOUND_OK)
		return events;
	n->outage_settled = !exploring;
	if (n->c.state == TRACE_ESTABLISHED || n->c.state == TRACE_EXPLORING)
		n->c.state = exploring ? TRACE_EXPLORING : TRACE_ESTABLISHED;
	return events;
}

/* Before any payload, what there was went by the ULIDs, RFC 5533 11. */
static bool is_switch(const struct trace_end *e, const struct in6_addr *src,
		      const struct in6_addr *dst)
{
	if (e->payload == 0 && !e->has_ulid)
		return false;
	return !addr_equal(&e->src, src) || !addr_equal(&e->dst, dst);
}

unsigned trace_payload(struct node *n, unsigned from, const struct in6_addr *src,
		       const struct in6_addr *dst, uint64_t usec)
{
	struct trace_end *e = &n->c.end[from];
	unsigned events = is_switch(e, src, dst) ? TRACE_SWITCH : 0;

	if (n->outage_open && n->outage_settled) {
		outage_last(&n->c)->resumed_usec = usec;
		n->outage_open = n->outage_settled = false;
		events |= TRACE_RESUMED;
	}
	e->src = *src;
	e->dst = *dst;
	e->payload++;
	n->payload_usec = usec;
	return events;
}
