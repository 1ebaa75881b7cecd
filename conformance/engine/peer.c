/* SPDX-License-Identifier: BSD-2-Clause */
/* The peer of a trial: who it is, and which contexts it has. */
#include "conformance/engine/peer_talk.h"

#include <string.h>

/* --- who it is ------------------------------------------------------------ */

/* P1 is in 2001:db8:f1::/64, and so on. */
static const uint8_t prefix[8] = { 0x20, 0x01, 0x0d, 0xb8, 0x00, 0xf1 };
enum { PREFIX_NUMBER = 5 };

/* The splitmix64 step: well mixed, and good enough for numbers that only have
 * to differ from each other. */
static uint64_t mix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t peer_seed(uint64_t seed, const char *id)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (; *id; id++)
		hash = (hash ^ (uint8_t)*id) * UINT64_C(0x100000001b3);
	hash ^= mix(&seed);
	return mix(&hash);
}

uint64_t peer_random(struct peer *p)
{
	return mix(&p->chance);
}

void peer_fill(struct peer *p, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)mix(&p->chance);
}

int peer_init(struct peer *p, uint64_t seed, unsigned locators)
{
	uint8_t modifier[HBA_MODIFIER_LEN], nonce[HBA_NONCE_LEN];
	uint8_t prefixes[PEER_LOCATORS_MAX][8];

	*p = (struct peer){ .chance = ~seed };
	p->tag = mix(&p->chance) & SHIM6_TAG_MASK;
	peer_fill(p, modifier, sizeof(modifier));
	peer_fill(p, nonce, sizeof(nonce));
	for (unsigned i = 0; i < locators && i < PEER_LOCATORS_MAX; i++) {
		memcpy(prefixes[i], prefix, sizeof(prefix));
		prefixes[i][PREFIX_NUMBER] += (uint8_t)i;
	}
	return hba_generate(&p->set, prefixes, locators, 0, modifier, nonce, 0);
}

void peer_pds(const struct peer *p, const struct in6_addr *ulid, uint8_t out[static HBA_PDS_MAX])
{
	memcpy(out, p->set.pds, p->set.pds_len);
	memcpy(out + HBA_MODIFIER_LEN, ulid, 8); /* RFC 3972 3: the prefix of this address */
}

int peer_locator(const struct peer *p, const void *addr)
{
	for (unsigned i = 0; i < p->set.count; i++)
		if (!memcmp(addr, &p->set.addr[i], sizeof(p->set.addr[i])))
			return (int)i;
	return -1;
}

void peer_learn(struct peer *p, const void *packet, size_t len)
{
	struct shim6_message m;

	if (message_read(&m, packet, len) < 0 || !m.pds.data || m.pds.len > sizeof(p->target_pds))
		return;
	memcpy(p->target_pds, m.pds.data, m.pds.len);
	p->target_pds_len = m.pds.len;
}

/* --- contexts --------------------------------------------------------------- */

/* Never a tag that it has, or had, for another one: RFC 5533 7.15. */
static uint64_t fresh_tag(struct peer *p)
{
	uint64_t tag;

	do
		tag = peer_random(p) & SHIM6_TAG_MASK;
	while (peer_context_tagged(p, tag) || peer_context_formerly(p, tag));
	return tag;
}

void peer_context_renew(struct peer *p, struct peer_context *c)
{
	c->former = c->tag;
	c->tag = fresh_tag(p);
	c->lost = false;
}

struct peer_context *peer_context_of(struct peer *p, const struct in6_addr *ours,
				     const struct in6_addr *theirs, uint32_t fii)
{
	struct peer_context *c = p->contexts;

	for (; c < p->contexts + p->context_count; c++)
		if (IN6_ARE_ADDR_EQUAL(&c->ours, ours) && IN6_ARE_ADDR_EQUAL(&c->theirs, theirs) &&
		    c->fii == fii) {
			if (c->lost)
				peer_context_renew(p, c);
			return c;
		}
	if (p->context_count == PEER_CONTEXTS_MAX)
		return NULL;
	*c = (struct peer_context){ .ours = *ours, .theirs = *theirs, .fii = fii };
	c->tag = p->context_count > 0 ? fresh_tag(p) : p->tag;
	p->context_count++;
	return c;
}

struct peer_context *peer_context_tagged(struct peer *p, uint64_t tag)
{
	for (size_t i = 0; i < p->context_count; i++)
		if (p->contexts[i].tag == tag)
			return &p->contexts[i];
	return NULL;
}

struct peer_context *peer_context_formerly(struct peer *p, uint64_t tag)
{
	for (size_t i = 0; i < p->context_count; i++)
		if (p->contexts[i].former && p->contexts[i].former == tag)
			return &p->contexts[i];
	return NULL;
}

struct span peer_challenge(struct peer *p, struct peer_context *c)
{
	if (!c->asked) {
		c->resp_nonce = (uint32_t)peer_random(p);
		peer_fill(p, c->validator, sizeof(c->validator));
	}
	c->asked = true;
	return (struct span){ c->validator, sizeof(c->validator) };
}

static void tell(struct trial *t, unsigned variable, uint64_t number)
{
	t->variables[variable] = (struct datum){ .bound = true, .number = (int64_t)number };
}

void peer_context_up(struct trial *t, struct peer_context *c, uint64_t target_tag)
{
	c->target_tag = target_tag;
	c->up = true;
	c->lost = c->asked = false;
	c->state = REAP_OPERATIONAL;
	c->report_count = 0;
	tell(t, c->fii ? VARIABLE_FORK_LOCAL_TAG : VARIABLE_LOCAL_TAG, target_tag);
	tell(t, c->fii ? VARIABLE_FORK_PEER_TAG : VARIABLE_PEER_TAG, c->tag);
}

void peer_forget(struct peer *p)
{
	for (size_t i = 0; i < p->context_count; i++) {
		p->contexts[i].lost |= p->contexts[i].up;
		p->contexts[i].up = false;
	}
}
