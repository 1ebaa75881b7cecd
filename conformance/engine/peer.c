/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer of a trial: who it is, and the four messages of RFC 5533 7 from
 * either side. In what it gets it checks the nonces and tags that must come
 * back, the checksum, and that the target's locators are one HBA set.
 */
#include "conformance/engine/peer.h"

#include "conformance/engine/show.h"
#include "conformance/engine/target.h"
#include "conformance/engine/trial.h"
#include "wire/ipv6.h"
#include "wire/shim6.h"

#include <inttypes.h>
#include <string.h>

/* --- who it is ------------------------------------------------------------ */

static const uint8_t prefixes[PEER_LOCATORS][8] = {
	{ 0x20, 0x01, 0x0d, 0xb8, 0x00, 0xf1 },
	{ 0x20, 0x01, 0x0d, 0xb8, 0x00, 0xf2 },
};

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

static void fill(struct peer *p, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)mix(&p->chance);
}

int peer_init(struct peer *p, uint64_t seed)
{
	uint8_t modifier[HBA_MODIFIER_LEN], nonce[HBA_NONCE_LEN];

	*p = (struct peer){ .chance = ~seed };
	p->tag = mix(&p->chance) & SHIM6_TAG_MASK;
	fill(p, modifier, sizeof(modifier));
	fill(p, nonce, sizeof(nonce));
	return hba_generate(&p->set, prefixes, PEER_LOCATORS, 0, modifier, nonce, 0);
}

void peer_pds(const struct peer *p, const struct in6_addr *ulid, uint8_t out[static HBA_PDS_MAX])
{
	memcpy(out, p->set.pds, p->set.pds_len);
	memcpy(out + HBA_MODIFIER_LEN, ulid, 8); /* RFC 3972 3: the prefix of this address */
}

/* Parse the Shim6 control message of a packet. 0; -ENOENT: there is none. */
static int message_of(struct shim6_message *out, const uint8_t *packet, size_t len)
{
	struct ipv6_found found;
	struct rbuf r;

	if (ipv6_find(&found, packet, len, PROTO_SHIM6) < 0)
		return -ENOENT;
	r = rbuf_of(packet, len);
	r.off = found.off;
	return shim6_message_parse(out, &r);
}

void peer_learn(struct peer *p, const void *packet, size_t len)
{
	struct shim6_message m;

	if (message_of(&m, packet, len) < 0 || !m.pds.data || m.pds.len > sizeof(p->target_pds))
		return;
	memcpy(p->target_pds, m.pds.data, m.pds.len);
	p->target_pds_len = m.pds.len;
}

/* --- messages out and in -------------------------------------------------- */

/* A handshake between two ULIDs, which are the addresses of its packets too. */
struct dialogue {
	struct trial *t;
	unsigned link;               /* of the target */
	struct in6_addr ours, theirs;
	uint32_t init_nonce, resp_nonce;
	uint64_t target_tag;
	uint8_t pds[HBA_PDS_MAX];    /* the peer's */
	uint8_t validator[20];       /* as responder */
};

static void dialogue_begin(struct dialogue *d, struct trial *t, const struct in6_addr *ours,
			   const struct in6_addr *theirs, unsigned link)
{
	*d = (struct dialogue){ .t = t, .link = link, .ours = *ours, .theirs = *theirs };
	d->init_nonce = (uint32_t)mix(&t->peer.chance);
	d->resp_nonce = (uint32_t)mix(&t->peer.chance);
	fill(&t->peer, d->validator, sizeof(d->validator));
	peer_pds(&t->peer, ours, d->pds);
}

/* All our locators, and the proof that they are one set: RFC 5533 7.9, 7.13. */
static void add_locators(struct shim6_message *m, const struct dialogue *d)
{
	const struct peer *p = &d->t->peer;

	m->pds = (struct span){ d->pds, p->set.pds_len };
	m->has_locators = true;
	m->locators.generation = 1;
	m->locators.count = (uint8_t)p->set.count;
	for (unsigned i = 0; i < p->set.count; i++) {
		m->locators.method[i] = SHIM6_METHOD_HBA;
		m->locators.locator[i] = p->set.addr[i];
	}
}

static int say(struct dialogue *d, const struct shim6_message *m, const char *name)
{
	struct trial *t = d->t;
	struct ipv6_header ip = { .next_header = PROTO_SHIM6, .hop_limit = 64, .src = d->ours,
				  .dst = d->theirs };
	uint8_t message[SHIM6_PACKET_MAX], packet[SHIM6_PACKET_MAX];
	struct wbuf body = wbuf_of(message, sizeof(message));
	struct wbuf whole = wbuf_of(packet, sizeof(packet));

	if (shim6_message_emit(m, &body) < 0)
		return trial_blocked(t, "handshake: the peer could not write its %s", name);
	ip.payload_len = (uint16_t)body.len;
	if (ipv6_emit(&ip, &whole) < 0)
		return trial_blocked(t, "handshake: the peer could not write its %s", name);
	wbuf_copy(&whole, message, body.len);
	return trial_deliver(t, d->link, pool_copy(&t->brief, packet, whole.len), whole.len,
			     pool_text(&t->brief, "handshake %s, by the peer", name));
}

/* The first thing that is wrong with a packet by itself; NULL: nothing. */
static const char *wrong(struct trial *t, const struct sent *s)
{
	struct wire_dissection *w = pool_alloc(&t->brief, sizeof(*w));

	wire_dissect(w, s->octets, s->len);
	for (unsigned i = 0; i < w->finding_count && i < WIRE_FINDINGS_MAX; i++)
		if (w->findings[i].severity == WIRE_ERROR)
			return pool_text(&t->brief, "octet %u: %s (%s)", w->findings[i].off,
					 w->findings[i].text, w->findings[i].rfc);
	return NULL;
}

/* The next packet, which must be this message. It stays readable. */
static int hear(struct dialogue *d, enum shim6_type type, const char *name,
		struct shim6_message *out)
{
	struct trial *t = d->t;
	const struct sent *s;
	struct sent taken;
	const char *mistake;
	int r = timeline_settle(t);

	if (r < 0)
		return r;
	s = trial_next_sent(t);
	if (!s)
		return trial_blocked(t, "handshake: no %s came", name);
	taken = *s;
	r = message_of(out, taken.octets, taken.len);
	if (r < 0 || out->type != type)
		return trial_blocked(t, "handshake: %s was due, and this came: %s", name,
				     trial_line(t, taken.octets, taken.len));
	if (memcmp(taken.octets + 8, &d->theirs, 16) || memcmp(taken.octets + 24, &d->ours, 16))
		return trial_blocked(t, "handshake: %s came between other addresses: %s", name,
				     trial_line(t, taken.octets, taken.len));
	mistake = wrong(t, &taken);
	if (mistake)
		return trial_blocked(t, "handshake: %s is wrong at %s", name, mistake);
	trial_note(t, taken.number, "handshake %s, by the target", name);
	trial_take_sent(t);
	return 0;
}

static int echoes(struct dialogue *d, const char *field, uint64_t expected, uint64_t actual)
{
	if (expected == actual)
		return 0;
	return trial_blocked(d->t, "handshake: %s is 0x%" PRIx64 ", and should be 0x%" PRIx64,
			     field, actual, expected);
}

/* The target's list has to be one HBA set (RFC 5535 7.2), its ULID a member.
 * A message without a list leaves the ULID as the only locator. */
static int check_locators(struct dialogue *d, const struct shim6_message *m, const char *name)
{
	struct trial *t = d->t;
	const uint8_t *pds = t->peer.target_pds;
	size_t len = t->peer.target_pds_len;
	struct in6_addr addr;

	if (!m->has_locators)
		return 0;
	if (!len)
		return trial_blocked(t, "handshake: %s has locators and no CGA parameters", name);
	if (hba_verify(&d->theirs, pds, len) < 0)
		return trial_blocked(t, "handshake: the ULID is not in the HBA set of %s", name);
	for (unsigned i = 0; i < m->locators.count; i++) {
		addr = m->locators.locator[i];
		if (m->locators.method[i] != SHIM6_METHOD_HBA || hba_verify(&addr, pds, len) == 0)
			continue;
		return trial_blocked(t, "handshake: %s of %s is not in its HBA set",
				     show_address(t, &addr), name);
	}
	return 0;
}

static void agree(struct dialogue *d)
{
	struct datum *held = d->t->variables;
	const struct datum local = { .bound = true, .number = (int64_t)d->target_tag };
	const struct datum peer = { .bound = true, .number = (int64_t)d->t->peer.tag };

	held[VARIABLE_LOCAL_TAG] = local;
	held[VARIABLE_PEER_TAG] = peer;
}

/* --- the peer as initiator ------------------------------------------------ */

/* The ULIDs of a socket; L1 and P1 for what it doesn't tell. */
static int socket_ulids(struct trial *t, int s, struct in6_addr *ours, struct in6_addr *theirs,
			unsigned *link)
{
	struct sockaddr_in6 addr = { 0 };
	socklen_t len = sizeof(addr);

	*ours = t->peer.set.addr[0];
	if (t->target.getpeername &&
	    t->target.getpeername(t->instance, s, (struct sockaddr *)&addr, &len) == 0)
		for (unsigned i = 0; i < t->peer.set.count; i++)
			if (!memcmp(&addr.sin6_addr, &t->peer.set.addr[i], 16))
				*ours = addr.sin6_addr;

	*theirs = t->locators[0].addr;
	*link = t->locators[0].link;
	len = sizeof(addr);
	if (t->target.getsockname &&
	    t->target.getsockname(t->instance, s, (struct sockaddr *)&addr, &len) == 0)
		for (unsigned i = 0; i < t->locator_count; i++)
			if (!memcmp(&addr.sin6_addr, &t->locators[i].addr, 16)) {
				*theirs = addr.sin6_addr;
				*link = t->locators[i].link;
			}
	return trial_complaints(t);
}

static int initiate(struct dialogue *d)
{
	struct shim6_message i1 = { .type = SHIM6_I1, .init_tag = d->t->peer.tag,
				    .init_nonce = d->init_nonce };
	struct shim6_message i2 = { .type = SHIM6_I2, .init_tag = d->t->peer.tag,
				    .init_nonce = d->init_nonce };
	struct shim6_message r1, r2;

	if (say(d, &i1, "I1") < 0 || hear(d, SHIM6_R1, "R1", &r1) < 0 ||
	    echoes(d, "R1's initiator nonce", d->init_nonce, r1.init_nonce) < 0)
		return TRIAL_OVER;

	i2.resp_nonce = r1.resp_nonce;
	i2.validator = r1.validator;
	add_locators(&i2, d);
	if (say(d, &i2, "I2") < 0 || hear(d, SHIM6_R2, "R2", &r2) < 0 ||
	    echoes(d, "R2's initiator nonce", d->init_nonce, r2.init_nonce) < 0 ||
	    check_locators(d, &r2, "R2") < 0)
		return TRIAL_OVER;
	d->target_tag = r2.resp_tag;
	agree(d);
	return 0;
}

int peer_establish(struct trial *t, int s)
{
	struct in6_addr ours, theirs;
	struct dialogue d;
	unsigned link;
	int r;

	if (trial_next_sent(t))
		return trial_unexpected(t, "before this handshake");
	r = socket_ulids(t, s, &ours, &theirs, &link);
	if (r < 0)
		return r;
	dialogue_begin(&d, t, &ours, &theirs, link);
	return initiate(&d);
}

/* --- the peer as responder ------------------------------------------------ */

static int respond(struct dialogue *d)
{
	struct shim6_message r1 = { .type = SHIM6_R1, .resp_nonce = d->resp_nonce };
	struct shim6_message r2 = { .type = SHIM6_R2, .resp_tag = d->t->peer.tag };
	struct shim6_message i1, i2;

	if (hear(d, SHIM6_I1, "I1", &i1) < 0)
		return TRIAL_OVER;
	r1.init_nonce = i1.init_nonce;
	r1.validator = (struct span){ d->validator, sizeof(d->validator) };
	if (say(d, &r1, "R1") < 0 || hear(d, SHIM6_I2, "I2", &i2) < 0 ||
	    echoes(d, "I2's responder nonce", d->resp_nonce, i2.resp_nonce) < 0 ||
	    echoes(d, "I2's initiator tag", i1.init_tag, i2.init_tag) < 0 ||
	    check_locators(d, &i2, "I2") < 0)
		return TRIAL_OVER;
	if (i2.validator.len != sizeof(d->validator) ||
	    memcmp(i2.validator.data, d->validator, sizeof(d->validator)))
		return trial_blocked(d->t, "handshake: I2's validator is not the one of R1");

	d->target_tag = i2.init_tag;
	r2.init_nonce = i2.init_nonce;
	add_locators(&r2, d);
	if (say(d, &r2, "R2") < 0)
		return TRIAL_OVER;
	agree(d);
	return 0;
}

int peer_answer(struct trial *t)
{
	const struct sent *s;
	struct in6_addr ours, theirs;
	struct dialogue d;
	int r = timeline_settle(t);

	if (r < 0)
		return r;
	s = trial_next_sent(t);
	if (!s || s->len < IPV6_HEADER_LEN)
		return trial_blocked(t, "handshake: no I1 came");
	memcpy(&theirs, s->octets + 8, sizeof(theirs));
	memcpy(&ours, s->octets + 24, sizeof(ours));
	for (unsigned i = 0; i < t->peer.set.count; i++) {
		if (memcmp(&ours, &t->peer.set.addr[i], sizeof(ours)))
			continue;
		dialogue_begin(&d, t, &ours, &theirs, s->link);
		return respond(&d);
	}
	return trial_blocked(t, "handshake: the next packet is not for the peer: %s",
			     trial_line(t, s->octets, s->len));
}
