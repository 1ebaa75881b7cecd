/* SPDX-License-Identifier: BSD-2-Clause */
/* Which options does a target know? */
#include "conformance/engine/survey.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LIST_ROOM = 32, /* locators: SHIM_MAX_LOCATORS, RFC 6316 13 */
	SLACK = 1024,   /* octets behind what is offered: overruns are for the cases */
};

/* --- the questions ---------------------------------------------------------- */

static bool is_denied(const json_t *description, const char *word)
{
	return json_is_false(json_object_get(json_object_get(description, "supports"), word));
}

static bool is_asked(const struct survey_questions *q, const json_t *description, int64_t number)
{
	int64_t other;

	for (unsigned i = 0; i < q->count; i++)
		if (target_number(description, q->options[i], &other) == 0 && other == number)
			return true;
	return false;
}

void survey_prepare(struct survey_questions *q, const json_t *description)
{
	int64_t number;

	*q = (struct survey_questions){ 0 };
	for (const struct symbol *s = symbols; s->name && q->count < SURVEY_MAX; s++)
		if (s->class == SYMBOL_OPTION && s->from_target &&
		    !is_denied(description, s->name) &&
		    target_number(description, s, &number) == 0 &&
		    !is_asked(q, description, number))
			q->options[q->count++] = s;
}

/* --- asking, in the child --------------------------------------------------- */

const struct scenario *survey_scenario(void)
{
	static const struct scenario nothing = { .id = "survey", .title = "survey",
						 .links = 2, .peer = 2 };

	return &nothing;
}

static size_t room_of(const struct symbol *option)
{
	return option->type->array ? LIST_ROOM * option->type->size : option->type->size;
}

static void ask(struct trial *t, int s, int level, const struct symbol *option, unsigned nth)
{
	uint8_t value[LIST_ROOM * 32 + SLACK] = { 0 };
	struct record answer = { .kind = RECORD_ANSWER, .number = { nth, -ENOPROTOOPT } };
	socklen_t len = (socklen_t)room_of(option);
	int64_t name;

	if (target_number(t->description, option, &name) < 0)
		return;
	if (t->target.getsockopt)
		answer.number[1] =
			t->target.getsockopt(t->instance, s, level, (int)name, value, &len);
	memset(value, 0, sizeof(value));
	if (answer.number[1] == -ENOPROTOOPT && t->target.setsockopt)
		answer.number[1] = t->target.setsockopt(t->instance, s, level, (int)name, value,
							(socklen_t)room_of(option));
	ledger_put(t->ledger, &answer, NULL);
}

static void ask_all(struct trial *t, int s)
{
	struct survey_questions q;
	int64_t level;

	if (target_number(t->description, symbol_named("SOL_SHIM", SYMBOL_LEVEL), &level) < 0)
		return;
	survey_prepare(&q, t->description);
	for (unsigned i = 0; i < q.count; i++)
		ask(t, s, (int)level, q.options[i], i);
}

static bool goes_to(struct trial *t, int s,
		    int (*call)(struct shimproof_instance *, int, const struct sockaddr *,
				socklen_t),
		    const struct in6_addr *addr, in_port_t port)
{
	const struct sockaddr_in6 to = { .sin6_family = AF_INET6,
					 .sin6_addr = *addr,
					 .sin6_port = htons(port) };

	return call && call(t->instance, s, (const struct sockaddr *)&to, sizeof(to)) == 0;
}

/* From state to state, as far as the target goes along. */
int survey_ask(struct trial *t)
{
	int s = t->target.socket ? t->target.socket(t->instance, AF_INET6, SOCK_DGRAM, IPPROTO_UDP)
				 : -ENOSYS;

	if (s < 0 || (!t->target.getsockopt && !t->target.setsockopt))
		return 0;
	ask_all(t, s);
	if (!goes_to(t, s, t->target.bind, &t->locators[0].addr, OWN_PORT) ||
	    !goes_to(t, s, t->target.connect, &t->peer.set.addr[0], PEER_PORT))
		return 0;
	ask_all(t, s);
	if (peer_establish(t, s, false) < 0)
		return TRIAL_OVER;
	ask_all(t, s);
	return 0;
}

/* --- what the answers come to ------------------------------------------------ */

static int add(struct absence *a, const char *name)
{
	char **longer = realloc(a->names, (a->count + 1) * sizeof(*longer));

	if (!longer)
		return -ENOMEM;
	a->names = longer;
	longer[a->count] = strdup(name);
	if (!longer[a->count])
		return -ENOMEM;
	a->count++;
	return 0;
}

/* Ancillary data can't be asked for. A stack for which SOL_SHIM is no level at
 * all has none of it, either. */
static int add_ancillary(struct survey *out)
{
	bool all = out->options.asked && out->options.count == out->options.asked;
	int r = 0;

	for (const struct symbol *s = symbols; s->name && r == 0; s++) {
		if (s->class != SYMBOL_CMSG || !s->from_target)
			continue;
		out->ancillary.asked++;
		if (all)
			r = add(&out->ancillary, s->name);
	}
	return r;
}

int survey_read(struct survey *out, const struct survey_questions *q, const uint8_t *records,
		size_t len)
{
	bool answered[SURVEY_MAX] = { false }, known[SURVEY_MAX] = { false };
	struct survey found = { 0 };
	const uint8_t *content;
	struct record rec;
	size_t off = 0;
	int r = 0;

	while (record_next(records, len, &off, &rec, &content)) {
		if (rec.kind != RECORD_ANSWER || rec.number[0] < 0 || rec.number[0] >= q->count)
			continue;
		answered[rec.number[0]] = true;
		known[rec.number[0]] |= rec.number[1] != -ENOPROTOOPT;
	}
	for (unsigned i = 0; i < q->count && r == 0; i++) {
		found.options.asked += answered[i];
		if (answered[i] && !known[i])
			r = add(&found.options, q->options[i]->name);
	}
	if (r == 0)
		r = add_ancillary(&found);
	if (r < 0)
		survey_free(&found);
	*out = found;
	return r;
}

/* --- cases ------------------------------------------------------------------- */

/* One number can have two names, of which the survey knows the first. */
static bool is_same(const json_t *description, const char *name, const char *word)
{
	const struct symbol *a = symbol_named(name, SYMBOL_OPTION);
	const struct symbol *b = symbol_named(word, SYMBOL_OPTION);
	int64_t first, second;

	if (!strcmp(name, word))
		return true;
	return a && b && target_number(description, a, &first) == 0 &&
	       target_number(description, b, &second) == 0 && first == second;
}

static bool lacks_word(const struct absence *a, const json_t *description, const char *word)
{
	for (size_t i = 0; i < a->count; i++)
		if (is_same(description, a->names[i], word))
			return true;
	return false;
}

bool survey_lacks(const struct survey *s, const json_t *description, const struct scenario *c,
		  char why[static TARGET_WHY_MAX])
{
	for (size_t i = 0; i < c->need_count; i++) {
		const char *word = c->needs[i];

		if (!lacks_word(&s->options, description, word) &&
		    !lacks_word(&s->ancillary, description, word))
			continue;
		snprintf(why, TARGET_WHY_MAX, "%s is missing: the target %s", word,
			 target_supports(description, word) ? "claims it, and does not know it"
							    : "does not know it");
		return true;
	}
	return false;
}
