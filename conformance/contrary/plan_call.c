/* SPDX-License-Identifier: BSD-2-Clause */
/* A call that could have ended otherwise: its result, its errno, what it handed out. */
#include "conformance/contrary/plan.h"

#include "conformance/engine/target.h"
#include "conformance/script/calls.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What a sample program calls, its event looks at. */
static bool is_sample(const struct planning *p)
{
	return p->event->call->id == CALL_SAMPLE;
}

static bool wants_error(const struct outcome *o)
{
	return o->result->kind == VALUE_NUMBER && o->result->number == -1;
}

/* The outcome that the clean run had; NULL: any success is right. */
static const struct outcome *outcome_seen(const struct planning *p, size_t call)
{
	const struct call *c = p->event->call;
	size_t seen = p->notes->calls[call].outcome;

	return seen < c->outcome_count ? &c->outcomes[seen] : NULL;
}

static const char *result_text(struct planning *p, int64_t result)
{
	char text[TARGET_WHY_MAX];

	if (result >= 0)
		return plan_text(p, "%" PRId64, result);
	return plan_text(p, "-1 %s", target_errno(p->who.description, (int)-result, text));
}

/* also: a statement that belongs to it, or "". */
static void change_result(struct planning *p, size_t call, int64_t result, const char *also)
{
	int64_t before = p->notes->calls[call].result;

	if (result == before)
		return;
	plan_add(p, NULL, plan_text(p, "call %zu result %" PRId64 "%s", call, result, also),
		 "result %s -> %s", result_text(p, before), result_text(p, result));
}

/* --- a call that failed, and rightly --------------------------------------- */

static void change_errno(struct planning *p, size_t call, int number)
{
	int before = (int)-p->notes->calls[call].result;
	char from[TARGET_WHY_MAX], to[TARGET_WHY_MAX];

	if (number == before)
		return;
	target_errno(p->who.description, before, from);
	target_errno(p->who.description, number, to);
	plan_add(p, NULL, plan_text(p, "call %zu result %d", call, -number), "errno %s -> %s", from,
		 to);
}

/* What stacks mistake for each other, and RFC 6316's own. */
static void change_errnos(struct planning *p, size_t call)
{
	static const int usual[] = { EINVAL, EOPNOTSUPP, ENOENT, ENOPROTOOPT, EIO };
	json_t *numbers = json_object_get(p->who.description, "numbers"), *number;
	const char *name;

	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		change_errno(p, call, usual[i]);
	json_object_foreach(json_object_get(numbers, "errnos"), name, number) {
		if (json_is_integer(number))
			change_errno(p, call, (int)json_integer_value(number));
	}
}

/* Success; of an option, with a value of the right size. */
static void succeed(struct planning *p, size_t call)
{
	const struct call *c = p->event->call;
	const char *value = "";

	if (c->id == CALL_GETSOCKOPT && c->type) {
		const uint8_t *zero = pool_alloc(&p->who.brief, c->type->size);

		value = plan_text(p, ";call %zu value %zu %s", call, c->type->size,
				  plan_octets(p, zero, c->type->size));
	}
	change_result(p, call, 0, value);
	if (c->id != CALL_GETSOCKOPT)
		change_result(p, call, 1, "");
}

/* --- a call that succeeded -------------------------------------------------- */

static void change_length(struct planning *p, size_t call, enum region r, int by)
{
	const struct noted_piece *piece = &p->notes->calls[call].pieces[r];
	struct region_at at = { call, r, 0, piece->len };
	size_t len = piece->len + (size_t)by;

	if (!piece->there || (by < 0 && !piece->len))
		return;
	plan_region(p, &at, NULL, piece->octets, piece->held, len,
		    plan_text(p, "%s length %zu -> %zu", region_name[r], piece->len, len));
}

/* A value in one piece. */
static void change_piece(struct planning *p, size_t call, const struct outcome *o, enum region r,
			 const struct type *type)
{
	struct region_at at = { call, r, 0, p->notes->calls[call].pieces[r].held };

	plan_value(p, at, o->out, type, region_name[r]);
	if (r == REGION_DATA || (o->out->kind == VALUE_ANY && !o->out_len))
		return; /* its length is the result, or anything */
	change_length(p, call, r, -1);
	change_length(p, call, r, 1);
}

static void change_out(struct planning *p, size_t call, const struct outcome *o)
{
	const struct call *c = p->event->call;

	switch (call_shapes[c->id].out) {
	case OUT_NOTHING:
		return;
	case OUT_VALUE:
		change_piece(p, call, o, REGION_VALUE, c->type);
		return;
	case OUT_ADDRESS:
		change_piece(p, call, o, REGION_NAME, NULL);
		return;
	case OUT_DATA:
		change_piece(p, call, o, REGION_DATA, NULL);
		return;
	case OUT_MESSAGE:
		if (o->out->kind == VALUE_MESSAGE)
			plan_message(p, call, o->out->message);
		return;
	}
}

static void change_success(struct planning *p, size_t call, const struct outcome *o)
{
	int64_t before = p->notes->calls[call].result;

	if (o->result->kind == VALUE_ANY)
		return;
	change_result(p, call, -EIO, "");
	if (plan_excuse(o->result))
		return;
	if (is_sample(p)) /* which asks whether the call has failed, as in the RFC */
		return;
	change_result(p, call, before + 1, "");
	if (before > 0)
		change_result(p, call, before - 1, "");
}

/* Octets. Of a buffer that is said to be longer there is no more than that, so
 * behind the length that was said there are no fences, and maybe no memory. */
enum { BUFFER_MAX = 65536 };

/* Whatever a case says, memory that is not the target's stays as it was. */
static void overrun(struct planning *p, size_t call)
{
	const struct noted_piece *pieces = p->notes->calls[call].pieces;

	for (int r = 0; r < REGION_COUNT; r++)
		if (pieces[r].there && pieces[r].room <= BUFFER_MAX)
			plan_add(p, NULL,
				 plan_text(p, "call %zu overruns %s", call, region_name[r]),
				 "%s: an octet behind the buffer", region_name[r]);
}

void plan_call(struct planning *p, size_t call)
{
	const struct outcome *o = outcome_seen(p, call);

	if (!is_sample(p)) /* whose buffers are its own */
		overrun(p, call);
	if (!o) {
		change_result(p, call, -EIO, "");
	} else if (wants_error(o)) {
		succeed(p, call);
		if (o->error && o->error->kind == VALUE_SYMBOLS)
			change_errnos(p, call);
	} else {
		change_success(p, call, o);
		if (o->out && p->notes->calls[call].result >= 0)
			change_out(p, call, o);
	}
}
