/* SPDX-License-Identifier: BSD-2-Clause */
/* The reports of a Probe and the Keepalive Timeout option, RFC 5534 5.2 and 5.3. */
#include "wire/reap.h"
#include "wire/shim6.h"

#include <errno.h>

static void report_get(struct rbuf *r, struct reap_report *out)
{
	rbuf_copy(r, &out->src, sizeof(out->src));
	rbuf_copy(r, &out->dst, sizeof(out->dst));
	out->nonce = rbuf_u32(r);
	out->data = rbuf_u32(r);
}

static void report_put(struct wbuf *w, const struct reap_report *report)
{
	wbuf_copy(w, &report->src, sizeof(report->src));
	wbuf_copy(w, &report->dst, sizeof(report->dst));
	wbuf_u32(w, report->nonce);
	wbuf_u32(w, report->data);
}

static bool is_probe(const struct reap_probe *p)
{
	return p->state < REAP_STATE_COUNT && p->sent_count >= 1 &&
	       p->sent_count <= REAP_REPORTS_MAX && p->received_count <= REAP_REPORTS_MAX;
}

int reap_reports_parse(struct reap_probe *p, struct rbuf *r)
{
	size_t count = (size_t)p->sent_count + p->received_count;

	if (!is_probe(p))
		return -EBADMSG;
	if (rbuf_left(r) < count * REAP_REPORT_LEN)
		return -EMSGSIZE;
	for (unsigned i = 0; i < p->sent_count; i++)
		report_get(r, &p->sent[i]);
	for (unsigned i = 0; i < p->received_count; i++)
		report_get(r, &p->received[i]);
	return 0;
}

int reap_reports_emit(const struct reap_probe *p, struct wbuf *w)
{
	size_t len = ((size_t)p->sent_count + p->received_count) * REAP_REPORT_LEN;
	struct wbuf reports;

	if (!is_probe(p))
		return -EINVAL;
	reports = wbuf_of(wbuf_reserve(w, len), len);
	if (w->bad)
		return -ENOSPC;
	for (unsigned i = 0; i < p->sent_count; i++)
		report_put(&reports, &p->sent[i]);
	for (unsigned i = 0; i < p->received_count; i++)
		report_put(&reports, &p->received[i]);
	return 0;
}

int reap_keepalive_timeout_parse(uint16_t *seconds, const struct shim6_option *o)
{
	struct rbuf r = rbuf_of(o->data, o->len);

	if (o->len != 4)
		return -EBADMSG;
	rbuf_take(&r, 2); /* Reserved */
	*seconds = rbuf_u16(&r);
	return 0;
}

int reap_keepalive_timeout_emit(uint16_t seconds, struct wbuf *w)
{
	wbuf_u16(w, 0); /* Reserved */
	wbuf_u16(w, seconds);
	return w->bad ? -ENOSPC : 0;
}
