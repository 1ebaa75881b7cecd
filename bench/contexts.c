/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A context's life is a row of scenes, a scene is a row of steps, and a step is
 * a message that one of the two ends says. The tables at the end are the play.
 */
#include "bench/contexts.h"
#include "bench/dice.h"
#include "wire/cursor.h"
#include "wire/hba.h"
#include "wire/layers.h"
#include "wire/reap.h"
#include "wire/shim6.h"

#include <stdlib.h>

enum {
	LIVE = 256,        /* contexts at a time */
	SCENES_MIN = 60,   /* of a context's life */
	SCENES_SPREAD = 120,
	PREFIXES_MIN = 2,
	PREFIXES_SPREAD = 3,
	VALIDATOR_LEN = 20,
	PROBES_MAX = 3,    /* reports of a kind in a Probe */
	TALK_LEN = 4096,   /* octets that payload is cut from */
};

struct end {
	struct hba_set set;   /* addr[0] is the ULID */
	unsigned at;          /* the locator in use */
	uint64_t tag;         /* that packets to it carry */
	uint32_t nonce;       /* of its last message that has one */
	uint32_t generation;  /* of its locator list */
	uint16_t port;
	struct reap_probe probe; /* those of this failover, the newest first */
};

struct context {
	struct dice dice;
	struct end end[2];    /* 0: the initiator */
	uint32_t fii;         /* 0: not forked, RFC 5533 5.15.7 */
	uint8_t validator[VALIDATOR_LEN];
	const uint8_t *talk;  /* borrowed from the set */

	unsigned scenes_left;
	const struct scene *scene;
	unsigned step;        /* the next one of the scene */
	unsigned actor;       /* the end that begins the scene */
	struct packet last;   /* what an Error quotes */
};

struct contexts {
	struct dice dice;
	struct context context[LIVE];
	struct draft draft;
	uint8_t talk[TALK_LEN];
};

struct saying {
	struct context *c;
	struct end *from, *to;
	const struct step *step;
	struct draft *d;
};

struct step {
	void (*say)(const struct saying *s);
	enum { ACTOR, OTHER } by; /* the end that begins the scene, or the other */
	enum reap_state state;    /* of a Probe */
	bool lost;                /* the other end never sees it */
	bool elsewhere;           /* by another pair of locators than before */
};

struct scene {
	unsigned weight; /* how often, in a thousand */
	unsigned count;
	const struct step *steps;
};

static uint64_t new_tag(struct context *c) { return dice_u64(&c->dice) & SHIM6_TAG_MASK; }

/* --- options --------------------------------------------------------------- */

static void add_validator(const struct saying *s)
{
	draft_add(s->d, &layer_validator);
	draft_octets(s->d, "octets", s->c->validator, VALIDATOR_LEN);
}

/* The whole set, and the parameters that prove it. */
static void add_locators(const struct saying *s)
{
	draft_add(s->d, &layer_locator_list);
	draft_number(s->d, "generation", s->from->generation);
	draft_octets(s->d, "locators", s->from->set.addr,
		     s->from->set.count * sizeof(struct in6_addr));
	draft_add(s->d, &layer_pds);
	draft_octets(s->d, "octets", s->from->set.pds, s->from->set.pds_len);
}

/* RFC 5533 5.15.3: flags, priority and weight of each locator. */
static void add_preferences(const struct saying *s, uint32_t generation)
{
	enum { ELEMENT_LEN = 3 };
	size_t len = ELEMENT_LEN * s->from->set.count;
	uint8_t *elements = draft_room(s->d, len);

	for (size_t i = 0; i < len; i++)
		elements[i] = i % ELEMENT_LEN ? (uint8_t)dice_below(&s->c->dice, 100) : 0;
	draft_add(s->d, &layer_preferences);
	draft_number(s->d, "generation", generation);
	draft_number(s->d, "element_len", ELEMENT_LEN);
	draft_octets(s->d, "elements", elements, len);
}

/* What names the context for a peer that has none: RFC 5533 5.4 and 5.6 want
 * the ULIDs only where the addresses of the packet are others. */
static void add_names(const struct saying *s)
{
	if (s->from->at || s->to->at) {
		draft_add(s->d, &layer_ulid_pair);
		draft_octets(s->d, "sender", &s->from->set.addr[0], sizeof(struct in6_addr));
		draft_octets(s->d, "receiver", &s->to->set.addr[0], sizeof(struct in6_addr));
	}
	if (s->c->fii) {
		draft_add(s->d, &layer_fii);
		draft_number(s->d, "fii", s->c->fii);
	}
}

static void add_timeout(const struct saying *s)
{
	draft_add(s->d, &layer_keepalive_timeout);
	draft_number(s->d, "timeout", 15);
}

/* --- the handshake, and what recovers a context: RFC 5533 5.4 to 5.9 ---------- */

static void say_i1(const struct saying *s)
{
	s->from->nonce = dice_u32(&s->c->dice);
	draft_add(s->d, &layer_i1);
	draft_number(s->d, "init_tag", s->from->tag);
	draft_number(s->d, "init_nonce", s->from->nonce);
	add_names(s);
}

static void say_r1(const struct saying *s)
{
	s->from->nonce = dice_u32(&s->c->dice);
	dice_fill(&s->c->dice, s->c->validator, VALIDATOR_LEN);
	draft_add(s->d, &layer_r1);
	draft_number(s->d, "init_nonce", s->to->nonce);
	draft_number(s->d, "resp_nonce", s->from->nonce);
	add_validator(s);
}

/* What I2 and I2bis have in common. */
static void say_i2_as(const struct saying *s, const struct wire_layer *layer)
{
	draft_add(s->d, layer);
	draft_number(s->d, "init_tag", s->from->tag);
	draft_number(s->d, "init_nonce", s->from->nonce);
	draft_number(s->d, "resp_nonce", s->to->nonce);
	if (layer == &layer_i2bis)
		draft_number(s->d, "packet_tag", s->to->tag);
	add_validator(s);
	add_locators(s);
	add_names(s);
	add_timeout(s);
}

static void say_i2(const struct saying *s) { say_i2_as(s, &layer_i2); }

/* The responder allocates its tag now; one that has lost the context, anew. */
static void say_r2(const struct saying *s)
{
	s->from->tag = new_tag(s->c);
	draft_add(s->d, &layer_r2);
	draft_number(s->d, "resp_tag", s->from->tag);
	draft_number(s->d, "init_nonce", s->to->nonce);
	add_locators(s);
	add_timeout(s);
}

static void say_r1bis(const struct saying *s)
{
	s->from->nonce = dice_u32(&s->c->dice);
	dice_fill(&s->c->dice, s->c->validator, VALIDATOR_LEN);
	draft_add(s->d, &layer_r1bis);
	draft_number(s->d, "packet_tag", s->from->tag);
	draft_number(s->d, "resp_nonce", s->from->nonce);
	add_validator(s);
}

static void say_i2bis(const struct saying *s)
{
	s->from->nonce = dice_u32(&s->c->dice);
	say_i2_as(s, &layer_i2bis);
}

/* --- an established context: RFC 5533 5.2, 5.10, 5.11, 5.14; RFC 5534 5 -------- */

/* Most payload that is left to Shim6 to carry is small here, so that headers,
 * and not copying, are what reading such a capture costs. */
static void say_payload(const struct saying *s)
{
	static const struct dice_sizes sizes[] = {
		{ 72, 11, 24 }, { 24, 32, 80 }, { 4, 120, 160 },
	};
	size_t len = dice_size(&s->c->dice, sizes);

	draft_add(s->d, &layer_payload);
	draft_number(s->d, "tag", s->to->tag);
	draft_add(s->d, &layer_udp);
	draft_number(s->d, "src", s->from->port);
	draft_number(s->d, "dst", s->to->port);
	draft_add(s->d, &layer_data);
	draft_octets(s->d, "octets", s->c->talk + dice_below(&s->c->dice, TALK_LEN - 512), len);
}

static void say_keepalive(const struct saying *s)
{
	draft_add(s->d, &layer_keepalive);
	draft_number(s->d, "receiver_tag", s->to->tag);
}

static void remember(struct reap_report *list, uint8_t *count, const struct reap_report *report)
{
	memmove(&list[1], &list[0], (PROBES_MAX - 1) * sizeof(*list));
	list[0] = *report;
	if (*count < PROBES_MAX)
		++*count;
}

static void say_probe(const struct saying *s)
{
	enum { ROOM = 2 * PROBES_MAX * REAP_REPORT_LEN };
	struct wbuf w = wbuf_of(draft_room(s->d, ROOM), ROOM);
	struct reap_probe *said = &s->from->probe, *heard = &s->to->probe;
	struct reap_report self = {
		.src = s->from->set.addr[s->from->at],
		.dst = s->to->set.addr[s->to->at],
		.nonce = dice_u32(&s->c->dice),
	};

	remember(said->sent, &said->sent_count, &self);
	if (!s->step->lost)
		remember(heard->received, &heard->received_count, &self);
	said->state = (uint8_t)s->step->state;
	if (reap_reports_emit(said, &w))
		abort();

	draft_add(s->d, &layer_probe);
	draft_number(s->d, "receiver_tag", s->to->tag);
	draft_number(s->d, "received_count", said->received_count);
	draft_number(s->d, "sent_count", said->sent_count);
	draft_number(s->d, "state", said->state);
	draft_octets(s->d, "reports", w.data, w.len);
}

static void add_update_request(const struct saying *s)
{
	s->from->nonce = dice_u32(&s->c->dice);
	draft_add(s->d, &layer_update_request);
	draft_number(s->d, "receiver_tag", s->to->tag);
	draft_number(s->d, "request_nonce", s->from->nonce);
}

static void say_update_request(const struct saying *s)
{
	s->from->generation++;
	add_update_request(s);
	add_locators(s);
	add_preferences(s, s->from->generation);
}

/* Preferences for a list that the other end has never had. */
static void say_stale_request(const struct saying *s)
{
	add_update_request(s);
	add_preferences(s, s->from->generation + 7);
}

static void say_update_ack(const struct saying *s)
{
	draft_add(s->d, &layer_update_ack);
	draft_number(s->d, "receiver_tag", s->to->tag);
	draft_number(s->d, "request_nonce", s->to->nonce);
}

/* Points to the generation of the Preferences in a stale request. */
static void say_error(const struct saying *s)
{
	draft_add(s->d, &layer_error);
	draft_number(s->d, "code", SHIM6_ERROR_GENERATION);
	draft_number(s->d, "pointer", layer_ipv6.fixed + layer_update_request.fixed + 4);
	draft_octets(s->d, "packet", s->c->last.octets, s->c->last.len);
}

/* --- the play ---------------------------------------------------------------- */

static const struct step talk[] = {
	{ .say = say_payload },
	{ .say = say_payload },
	{ .say = say_payload, .by = OTHER },
};

static const struct step silence[] = { { .say = say_keepalive, .by = OTHER } };

/* RFC 5534 4: the first pair that is tried does not work, the second does. */
static const struct step failover[] = {
	{ .say = say_probe, .state = REAP_EXPLORING, .lost = true, .elsewhere = true },
	{ .say = say_probe, .state = REAP_EXPLORING, .elsewhere = true },
	{ .say = say_probe, .state = REAP_INBOUND_OK, .by = OTHER },
	{ .say = say_probe, .state = REAP_OPERATIONAL },
};

static const struct step update[] = {
	{ .say = say_update_request },
	{ .say = say_update_ack, .by = OTHER },
};

static const struct step refusal[] = {
	{ .say = say_stale_request },
	{ .say = say_error, .by = OTHER },
};

/* RFC 5533 7.17 and on: the other end no longer knows the tag. */
static const struct step loss[] = {
	{ .say = say_payload },
	{ .say = say_r1bis, .by = OTHER },
	{ .say = say_i2bis },
	{ .say = say_r2, .by = OTHER },
};

static const struct step handshake[] = {
	{ .say = say_i1 },
	{ .say = say_r1, .by = OTHER },
	{ .say = say_i2 },
	{ .say = say_r2, .by = OTHER },
};

#define SCENE(weight, steps) { weight, sizeof(steps) / sizeof((steps)[0]), steps }

/* Weights add up to 1000. */
static const struct scene scenes[] = {
	SCENE(840, talk), SCENE(100, silence), SCENE(30, failover),
	SCENE(15, update), SCENE(8, loss), SCENE(7, refusal),
};

static const struct scene opening = SCENE(0, handshake);
static const struct scene first_failover = SCENE(0, failover);

/* Another pair than the one in use, and not the ULIDs: payload between those
 * has no Shim6 header. */
static void move(struct context *c)
{
	struct end *a = &c->end[0], *b = &c->end[1];
	unsigned was_a = a->at, was_b = b->at;

	do {
		a->at = dice_below(&c->dice, a->set.count);
		b->at = dice_below(&c->dice, b->set.count);
	} while ((a->at == was_a && b->at == was_b) || (a->at == 0 && b->at == 0));
}

static void scene_begin(struct context *c, const struct scene *scene)
{
	c->scene = scene;
	c->step = 0;
	for (unsigned i = 0; i < 2; i++)
		c->end[i].probe.sent_count = c->end[i].probe.received_count = 0;
}

/* Any of the table, begun by either end. */
static void scene_draw(struct context *c)
{
	unsigned draw = dice_below(&c->dice, 1000), i = 0;

	for (; draw >= scenes[i].weight; i++)
		draw -= scenes[i].weight;
	c->actor = dice_below(&c->dice, 2);
	scene_begin(c, &scenes[i]);
}

static void end_settle(struct context *c, struct end *e)
{
	uint8_t prefixes[HBA_PREFIXES_MAX][8], modifier[HBA_MODIFIER_LEN], nonce[HBA_NONCE_LEN];
	unsigned count = PREFIXES_MIN + dice_below(&c->dice, PREFIXES_SPREAD);

	for (unsigned i = 0; i < count; i++) {
		dice_fill(&c->dice, prefixes[i], 8);
		memcpy(prefixes[i], "\x20\x01\x0d\xb8", 4);
	}
	dice_fill(&c->dice, modifier, sizeof(modifier));
	dice_fill(&c->dice, nonce, sizeof(nonce));
	if (hba_generate(&e->set, prefixes, count, 0, modifier, nonce, 0))
		abort();
	e->port = (uint16_t)(49152 + dice_below(&c->dice, 16384));
}

/* One in eight forks the context that was here before, RFC 5533 5.15.7, and one
 * in four of the others is begun when the ULIDs no longer work. */
static void context_begin(struct context *c)
{
	bool forks = c->scene && dice_below(&c->dice, 8) == 0;

	c->fii = forks ? dice_u32(&c->dice) | 1 : 0;
	for (unsigned i = 0; i < 2; i++) {
		if (!forks)
			end_settle(c, &c->end[i]);
		c->end[i].tag = new_tag(c);
		c->end[i].generation = dice_u32(&c->dice) >> 1;
		c->end[i].at = 0;
	}
	if (dice_below(&c->dice, 4) == 0)
		move(c);
	c->scenes_left = SCENES_MIN + dice_below(&c->dice, SCENES_SPREAD);
	c->actor = 0;
	scene_begin(c, &opening);
}

static void context_step(struct context *c, struct draft *d, struct packet *out)
{
	const struct step *step = &c->scene->steps[c->step++];
	struct end *from = &c->end[c->actor ^ step->by];
	struct end *to = &c->end[c->actor ^ step->by ^ 1];

	if (step->elsewhere)
		move(c);
	draft_begin(d, &from->set.addr[from->at], &to->set.addr[to->at]);
	step->say(&(struct saying){ c, from, to, step, d });
	draft_build(d, &from->set.addr[0], &to->set.addr[0], out);
	c->last = *out;
}

void contexts_next(struct contexts *set, struct packet *out)
{
	struct context *c = &set->context[dice_below(&set->dice, LIVE)];

	if (!c->scene || (c->step == c->scene->count && c->scenes_left-- == 0))
		context_begin(c);
	else if (c->step == c->scene->count && c->scene == &opening)
		scene_begin(c, &first_failover);
	else if (c->step == c->scene->count)
		scene_draw(c);
	context_step(c, &set->draft, out);
}

struct contexts *contexts_new(uint64_t seed)
{
	struct contexts *set = calloc(1, sizeof(*set));

	if (!set)
		return NULL;
	set->dice.state = seed;
	dice_fill(&set->dice, set->talk, sizeof(set->talk));
	for (unsigned i = 0; i < LIVE; i++) {
		set->context[i].dice.state = dice_u64(&set->dice);
		set->context[i].talk = set->talk;
	}
	return set;
}

void contexts_free(struct contexts *set) { free(set); }
