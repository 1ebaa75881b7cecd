/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer's messages, out and in. In what it gets it checks what a packet says
 * by itself, the nonces and tags that must come back, and that the target's
 * locators are one HBA set.
 */
#include "conformance/engine/peer_talk.h"

#include "conformance/engine/show.h"
#include "wire/ipv6.h"

#include <inttypes.h>
#include <string.h>

int message_read(struct shim6_message *out, const uint8_t *packet, size_t len)
{
	struct ipv6_found found;
	struct rbuf r;

	if (ipv6_find(&found, packet, len, PROTO_SHIM6) < 0)
		return -ENOENT;
	r = rbuf_of(packet, len);
	r.off = found.off;
	return shim6_message_parse(out, &r);
}

const char *message_wrong(struct trial *t, const uint8_t *packet, size_t len)
{
	struct wire_dissection *w = pool_alloc(&t->brief, sizeof(*w));

	wire_dissect(w, packet, len);
	for (unsigned i = 0; i < w->finding_count && i < WIRE_FINDINGS_MAX; i++)
		if (w->findings[i].severity == WIRE_ERROR)
			return pool_text(&t->brief, "octet %u: %s (%s)", w->findings[i].off,
					 w->findings[i].text, w->findings[i].rfc);
	return NULL;
}

int message_say(struct trial *t, const struct path *path, const struct shim6_message *m,
		const char *name)
{
	struct ipv6_header ip = {
		.next_header = PROTO_SHIM6, .hop_limit = 64, .src = path->ours, .dst = path->theirs
	};
	uint8_t message[SHIM6_PACKET_MAX], packet[SHIM6_PACKET_MAX];
	struct wbuf body = wbuf_of(message, sizeof(message));
	struct wbuf whole = wbuf_of(packet, sizeof(packet));

	if (shim6_message_emit(m, &body) < 0)
		return trial_blocked(t, "the peer could not write its %s", name);
	ip.payload_len = (uint16_t)body.len;
	if (ipv6_emit(&ip, &whole) < 0)
		return trial_blocked(t, "the peer could not write its %s", name);
	wbuf_copy(&whole, message, body.len);
	return trial_deliver(t, path->link, pool_copy(&t->brief, packet, whole.len), whole.len,
			     pool_text(&t->brief, "%s, by the peer", name));
}

int message_echoes(struct trial *t, const char *field, uint64_t expected, uint64_t actual)
{
	if (expected == actual)
		return 0;
	return trial_blocked(t, "the peer: %s is 0x%" PRIx64 ", and should be 0x%" PRIx64, field,
			     actual, expected);
}

/* --- locators --------------------------------------------------------------- */

void message_add_locators(struct trial *t, struct shim6_message *m, const struct peer_context *c)
{
	const struct peer *p = &t->peer;
	uint8_t *pds = pool_alloc(&t->brief, HBA_PDS_MAX);

	peer_pds(p, &c->ours, pds);
	m->pds = (struct span){ pds, p->set.pds_len };
	m->has_locators = true;
	m->locators.generation = 1;
	m->locators.count = (uint8_t)p->set.count;
	for (unsigned i = 0; i < p->set.count; i++) {
		m->locators.method[i] = SHIM6_METHOD_HBA;
		m->locators.locator[i] = p->set.addr[i];
	}
}

/* The target's list has to be one HBA set (RFC 5535 7.2), its ULID a member.
 * A message without a list leaves what there is. */
static int check_list(const struct heard *h)
{
	struct trial *t = h->t;
	const uint8_t *pds = t->peer.target_pds;
	size_t len = t->peer.target_pds_len;
	struct in6_addr addr;

	if (!len)
		return trial_blocked(t, "the peer: %s has locators and no CGA parameters", h->name);
	if (hba_verify(&h->context->theirs, pds, len) < 0)
		return trial_blocked(t, "the peer: the ULID is not in the HBA set of %s", h->name);
	for (unsigned i = 0; i < h->m.locators.count; i++) {
		addr = h->m.locators.locator[i];
		if (h->m.locators.method[i] != SHIM6_METHOD_HBA || hba_verify(&addr, pds, len) == 0)
			continue;
		return trial_blocked(t, "the peer: %s of %s is not in its HBA set",
				     show_address(t, &addr), h->name);
	}
	return 0;
}

/* Those of the list of the same message, or of the one before: RFC 5533 10.4. */
static int check_preferences(const struct heard *h, const struct shim6_preferences *p)
{
	const struct shim6_locator_list *list =
		h->m.has_locators ? &h->m.locators : &h->context->list;

	if (p->generation != list->generation)
		return trial_blocked(h->t,
				     "the peer: the preferences of %s are for generation %u, and "
				     "the list has generation %u",
				     h->name, p->generation, list->generation);
	if (p->count != list->count)
		return trial_blocked(h->t, "the peer: %s has %u preferences for %u locators",
				     h->name, p->count, list->count);
	return 0;
}

int message_locators(struct heard *h)
{
	struct shim6_preferences preferences;

	if (h->m.has_locators && check_list(h) < 0)
		return TRIAL_OVER;
	for (unsigned i = 0; i < h->m.other_count; i++) {
		if (h->m.other[i].type != SHIM6_OPT_PREFERENCES)
			continue;
		if (shim6_preferences_parse(&preferences, &h->m.other[i]) < 0)
			return trial_blocked(h->t, "the peer: the preferences of %s can't be read",
					     h->name);
		if (check_preferences(h, &preferences) < 0)
			return TRIAL_OVER;
		h->context->preferences = preferences;
	}
	if (h->m.has_locators)
		h->context->list = h->m.locators;
	return 0;
}
