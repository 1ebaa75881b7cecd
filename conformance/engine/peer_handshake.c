/* SPDX-License-Identifier: BSD-2-Clause */
/* The four messages that establish a context (RFC 5533 7), from either side. */
#include "conformance/engine/peer_talk.h"

#include "conformance/engine/show.h"
#include "wire/ipv6.h"

#include <string.h>

/* The next packet, which must be this message on this path. It stays readable. */
static int hear(struct trial *t, const struct path *path, enum shim6_type type, const char *name,
		struct heard *out)
{
	const struct sent *s;
	const char *mistake;
	int r = timeline_settle(t);

	if (r < 0)
		return r;
	s = trial_next_sent(t);
	if (!s)
		return trial_blocked(t, "handshake: no %s came", name);
	*out = (struct heard){
		.t = t, .name = name, .octets = s->octets, .len = s->len, .path = *path
	};
	r = message_read(&out->m, s->octets, s->len);
	if (r < 0 || out->m.type != type)
		return trial_blocked(t, "handshake: %s was due, and this came: %s", name,
				     trial_line(t, s->octets, s->len));
	if (memcmp(s->octets + 8, &path->theirs, 16) || memcmp(s->octets + 24, &path->ours, 16))
		return trial_blocked(t, "handshake: %s came between other addresses: %s", name,
				     trial_line(t, s->octets, s->len));
	mistake = message_wrong(t, s->octets, s->len);
	if (mistake)
		return trial_blocked(t, "handshake: %s is wrong at %s", name, mistake);
	trial_note(t, s->number, "handshake %s, by the target", name);
	trial_take_sent(t);
	return 0;
}

/* The ULIDs of a message are those of its option, or the packet's addresses. */
static int find_context(struct heard *h)
{
	const struct in6_addr *ours = h->m.has_ulids ? &h->m.ulids.receiver : &h->path.ours;
	const struct in6_addr *theirs = h->m.has_ulids ? &h->m.ulids.sender : &h->path.theirs;

	if (peer_locator(&h->t->peer, ours) < 0)
		return trial_blocked(h->t, "handshake: %s has a ULID that is not the peer's: %s",
				     h->name, show_address(h->t, ours));
	h->context = peer_context_of(&h->t->peer, ours, theirs, h->m.has_fii ? h->m.fii : 0);
	if (!h->context)
		return trial_blocked(h->t, "handshake: more contexts than the peer can have");
	return 0;
}

/* --- the peer as responder ------------------------------------------------ */

int peer_take_i1(struct heard *h)
{
	struct shim6_message r1 = { .type = SHIM6_R1, .init_nonce = h->m.init_nonce };
	struct peer_context *c;

	if (find_context(h) < 0)
		return TRIAL_OVER;
	c = h->context;
	c->init_tag = h->m.init_tag;
	r1.validator = peer_challenge(&h->t->peer, c);
	r1.resp_nonce = c->resp_nonce;
	return message_say(h->t, &h->path, &r1, "handshake R1");
}

int peer_take_i2(struct heard *h)
{
	struct shim6_message r2 = { .type = SHIM6_R2, .init_nonce = h->m.init_nonce };
	struct trial *t = h->t;
	struct peer_context *c;

	if (find_context(h) < 0)
		return TRIAL_OVER;
	c = h->context;
	if (!c->asked)
		return trial_blocked(t, "handshake: an I2 came for which there was no I1");
	if (message_echoes(t, "I2's responder nonce", c->resp_nonce, h->m.resp_nonce) < 0 ||
	    message_echoes(t, "I2's initiator tag", c->init_tag, h->m.init_tag) < 0 ||
	    message_locators(h) < 0)
		return TRIAL_OVER;
	if (h->m.validator.len != sizeof(c->validator) ||
	    memcmp(h->m.validator.data, c->validator, sizeof(c->validator)))
		return trial_blocked(t, "handshake: I2's validator is not the one of R1");

	r2.resp_tag = c->tag;
	message_add_locators(t, &r2, c);
	peer_context_up(t, c, h->m.init_tag);
	return message_say(t, &h->path, &r2, "handshake R2");
}

static int respond(struct trial *t, const struct path *path)
{
	struct heard i1, i2;

	if (hear(t, path, SHIM6_I1, "I1", &i1) < 0 || peer_take_i1(&i1) < 0 ||
	    hear(t, path, SHIM6_I2, "I2", &i2) < 0)
		return TRIAL_OVER;
	return peer_take_i2(&i2);
}

static int recover(struct trial *t, const struct path *path)
{
	struct heard i2bis;

	if (hear(t, path, SHIM6_I2BIS, "I2bis", &i2bis) < 0)
		return TRIAL_OVER;
	return peer_take_i2bis(&i2bis);
}

int peer_answer(struct trial *t)
{
	struct shim6_message m;
	const struct sent *s;
	struct path path;
	int r = timeline_settle(t);

	if (r < 0)
		return r;
	s = trial_next_sent(t);
	if (!s || s->len < IPV6_HEADER_LEN)
		return trial_blocked(t, "handshake: no I1 came");
	path.link = s->link;
	memcpy(&path.theirs, s->octets + 8, sizeof(path.theirs));
	memcpy(&path.ours, s->octets + 24, sizeof(path.ours));
	if (peer_locator(&t->peer, &path.ours) < 0)
		return trial_blocked(t, "handshake: the next packet is not for the peer: %s",
				     trial_line(t, s->octets, s->len));
	if (message_read(&m, s->octets, s->len) == 0 && m.type == SHIM6_I2BIS)
		return recover(t, &path);
	return respond(t, &path);
}

/* --- the peer as initiator ------------------------------------------------ */

/* The ULIDs of a socket; L1 and P1 for what it doesn't tell. */
static int socket_path(struct trial *t, int s, struct path *out)
{
	struct sockaddr_in6 addr = { 0 };
	socklen_t len = sizeof(addr);

	out->ours = t->peer.set.addr[0];
	if (t->target.getpeername &&
	    t->target.getpeername(t->instance, s, (struct sockaddr *)&addr, &len) == 0 &&
	    peer_locator(&t->peer, &addr.sin6_addr) >= 0)
		out->ours = addr.sin6_addr;

	out->theirs = t->locators[0].addr;
	out->link = t->locators[0].link;
	len = sizeof(addr);
	if (t->target.getsockname &&
	    t->target.getsockname(t->instance, s, (struct sockaddr *)&addr, &len) == 0)
		for (unsigned i = 0; i < t->locator_count; i++)
			if (!memcmp(&addr.sin6_addr, &t->locators[i].addr, 16)) {
				out->theirs = addr.sin6_addr;
				out->link = t->locators[i].link;
			}
	return trial_complaints(t);
}

static int initiate(struct trial *t, const struct path *path, struct peer_context *c)
{
	struct shim6_message i1 = { .type = SHIM6_I1,
				    .init_tag = c->tag,
				    .fii = c->fii,
				    .has_fii = c->fii != 0,
				    .init_nonce = (uint32_t)peer_random(&t->peer) };
	struct shim6_message i2 = { .type = SHIM6_I2,
				    .init_tag = c->tag,
				    .fii = c->fii,
				    .has_fii = c->fii != 0,
				    .init_nonce = i1.init_nonce };
	struct heard r1, r2;

	if (message_say(t, path, &i1, "handshake I1") < 0 ||
	    hear(t, path, SHIM6_R1, "R1", &r1) < 0 ||
	    message_echoes(t, "R1's initiator nonce", i1.init_nonce, r1.m.init_nonce) < 0)
		return TRIAL_OVER;

	i2.resp_nonce = r1.m.resp_nonce;
	i2.validator = r1.m.validator;
	message_add_locators(t, &i2, c);
	if (message_say(t, path, &i2, "handshake I2") < 0 ||
	    hear(t, path, SHIM6_R2, "R2", &r2) < 0 ||
	    message_echoes(t, "R2's initiator nonce", i1.init_nonce, r2.m.init_nonce) < 0)
		return TRIAL_OVER;
	r2.context = c;
	if (message_locators(&r2) < 0)
		return TRIAL_OVER;
	peer_context_up(t, c, r2.m.resp_tag);
	return 0;
}

/* RFC 5533 5.15.7: any number but 0. */
static uint32_t fresh_fii(struct peer *p)
{
	return (uint32_t)peer_random(p) | 1;
}

int peer_establish(struct trial *t, int s, bool fork)
{
	struct peer_context *c;
	struct path path;
	int r;

	if (trial_next_sent(t))
		return trial_unexpected(t, "before this handshake");
	r = socket_path(t, s, &path);
	if (r < 0)
		return r;
	c = peer_context_of(&t->peer, &path.ours, &path.theirs, fork ? fresh_fii(&t->peer) : 0);
	if (!c)
		return trial_blocked(t, "handshake: more contexts than the peer can have");
	return initiate(t, &path, c);
}
